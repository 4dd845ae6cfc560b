// Requests of the page to its server: relative to the page's own address, with this browser's key.

import { Key } from "./key";

/** Milliseconds after which a server that does not answer counts as gone. */
const PATIENCE = 5000;

/** The folder of the page, which is the server's root, also below a path prefix. */
const root = (): URL => new URL("./", document.baseURI);

export const key = new Key(`murmuration-key:${typeof document === "undefined" ? "" : root().pathname}`, () => localStorage);

/** The whole address of a path of the server, without a leading slash. */
export function address(path: string): URL {
  return new URL(path, root());
}

/** Fetch a path of the server with the key of this browser, if it has one. */
export function ask(path: string, options: RequestInit = {}): Promise<Response> {
  const headers = new Headers(options.headers);
  if (key.value !== null) headers.set("Murmuration-Key", key.value);
  return fetch(address(path), { cache: "no-store", ...options, headers });
}

/** Post JSON; rejects when the server does not answer in time. */
export function post(path: string, body: unknown): Promise<Response> {
  return ask(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(PATIENCE),
  });
}

/** A ticket for one path of the server (with its leading slash), or the status and words of the refusal. */
export async function ticket(path: string): Promise<{ status: number; text: string }> {
  const answer = await post("ticket", { path });
  if (!answer.ok) return { status: answer.status, text: await answer.text() };
  return { status: answer.status, text: ((await answer.json()) as { ticket: string }).ticket };
}

/** Have the browser save a file of the server. Rejects with the server's words when it refuses. */
export async function download(path: string): Promise<void> {
  const given = await ticket(`/${path}`);
  if (given.status !== 200) throw new Error(given.text.trim());
  const target = address(path);
  target.searchParams.set("ticket", given.text);
  const link = document.createElement("a");
  link.href = target.href;
  link.download = "";
  link.click();
}
