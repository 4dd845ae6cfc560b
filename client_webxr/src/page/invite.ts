// A code for other browsers, made from this page: `devshell vr link` without a terminal.

import { post } from "../wire/ask";
import { notice } from "./notice";

interface Link {
  code: string;
  seconds: number;
  address: string;
}

/** Make a code that lets browsers in to edit, or to look, and show it with its address. */
export async function invite(scope: "editor" | "viewer"): Promise<void> {
  const answer = await post("link", { scope, seconds: 600 }).catch(() => null);
  if (answer === null) return notice("The server does not answer; no code was made.");
  if (!answer.ok) return notice((await answer.text()).trim());
  const { code, seconds, address } = (await answer.json()) as Link;
  const use = scope === "editor" ? "edit" : "look";
  notice(`The code ${code.slice(0, 4)} ${code.slice(4)} lets browsers in to ${use}, for ${seconds / 60} minutes: ${address}`);
}
