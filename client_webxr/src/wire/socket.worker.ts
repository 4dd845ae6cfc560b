// The sockets of a page, in a worker: messages are received also while the page draws or waits for its graphics card, and
// are handed over without a copy.

/** From the page to the worker, about the socket `id`. */
export type ToSocket =
  | { id: number; do: "open"; url: string; protocol: string }
  | { id: number; do: "send"; text: string }
  | { id: number; do: "close"; code?: number | undefined; reason?: string | undefined };

/** From the worker to the page. */
export type FromSocket =
  | { id: number; is: "open" }
  | { id: number; is: "message"; data: string | ArrayBuffer }
  | { id: number; is: "closed"; code: number; reason: string };

const open = new Map<number, WebSocket>();
const scope = self as unknown as { postMessage(said: FromSocket, moved: Transferable[]): void; onmessage: unknown };

scope.onmessage = ({ data }: MessageEvent<ToSocket>) => {
  const { id } = data;
  if (data.do === "open") begin(id, data.url, data.protocol);
  else if (data.do === "send") open.get(id)?.send(data.text);
  else open.get(id)?.close(data.code, data.reason);
};

function begin(id: number, url: string, protocol: string): void {
  const socket = new WebSocket(url, protocol);
  socket.binaryType = "arraybuffer";
  socket.onopen = () => scope.postMessage({ id, is: "open" }, []);
  socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) =>
    scope.postMessage({ id, is: "message", data }, typeof data === "string" ? [] : [data]);
  socket.onclose = ({ code, reason }) => {
    open.delete(id);
    scope.postMessage({ id, is: "closed", code, reason }, []);
  };
  open.set(id, socket);
}
