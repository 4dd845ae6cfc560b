// A WebSocket in a worker (socket.worker.ts), with the part of its interface that is used here.

import type { FromSocket, ToSocket } from "./socket.worker";

export interface Socket {
  onopen: (() => void) | null;
  /** A text or an ArrayBuffer has arrived. */
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
  send(text: string): void;
  close(code?: number, reason?: string): void;
}

/** The close code of a connection that broke off. */
const ABNORMAL = 1006;

const sockets = new Map<number, ThreadSocket>();
let last = 0;
let thread: Worker | null = null;

/** Open a socket. The worker starts with the first one and stays. */
export function openSocket(url: string, protocol: string): Socket {
  thread ??= begin();
  return new ThreadSocket(thread, url, protocol);
}

function begin(): Worker {
  const worker = new Worker(new URL("./socket.worker.ts", import.meta.url), { type: "module" });
  worker.onmessage = ({ data }: MessageEvent<FromSocket>) => sockets.get(data.id)?.hear(data);
  worker.onerror = () => {
    worker.terminate();
    thread = null; // its script could not be fetched: the next socket tries again
    for (const [id, each] of [...sockets]) each.hear({ id, is: "closed", code: ABNORMAL, reason: "" });
  };
  return worker;
}

class ThreadSocket implements Socket {
  onopen: Socket["onopen"] = null;
  onmessage: Socket["onmessage"] = null;
  onclose: Socket["onclose"] = null;
  private readonly id = ++last;

  constructor(
    private readonly worker: Worker,
    url: string,
    protocol: string,
  ) {
    sockets.set(this.id, this);
    this.tell({ id: this.id, do: "open", url, protocol });
  }

  send(text: string): void {
    this.tell({ id: this.id, do: "send", text });
  }

  close(code?: number, reason?: string): void {
    this.tell({ id: this.id, do: "close", code, reason });
  }

  hear(said: FromSocket): void {
    if (said.is === "open") this.onopen?.();
    else if (said.is === "message") this.onmessage?.(said);
    else {
      sockets.delete(this.id);
      this.onclose?.(said);
    }
  }

  private tell(message: ToSocket): void {
    this.worker.postMessage(message);
  }
}
