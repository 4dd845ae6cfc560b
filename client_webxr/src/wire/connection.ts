// The socket's life as an explicit state machine, with time, sockets and requests handed in, so that tests own them.
//
// A browser does not say why a socket could not be opened: a wrong token and a dead server look alike. So whenever one
// ends, `/session` is asked: refused (401, 403, 429) is an error to be shown; not ready (503), another answer or silence
// means trying again.

import { browserClock, type Clock } from "../dom/clock";
import { PROTOCOL, type ClientMessage } from "./protocol.gen";
import { openSocket, type Socket } from "./socket";

export type ConnectionState =
  | { kind: "connecting" }
  | { kind: "live" }
  /**
   * No socket; the next attempt is at `retryAt` (the clock's milliseconds), or under way when that is null. `text` is
   * what the server said, when it is there but not ready.
   */
  | { kind: "lost"; retryAt: number | null; text?: string }
  /** Trying again would not help: `text` is what the server said. */
  | { kind: "error"; text: string };

/** What the connection needs of the world; the browser's is below. */
export interface Network extends Clock {
  /** Open a socket to `/ws` with a query ("" for none). */
  open(protocol: string, query: string): Socket;
  /** Ask `/session`: its status and text; rejects when nobody answers. */
  session(): Promise<{ status: number; text: string }>;
}

export interface ConnectionListener {
  /** What a new socket's address says of the connection before: a query. */
  query(): string;
  state(state: ConnectionState): void;
  text(data: string): void;
  /** Take in a binary message; what it throws ends this socket, since the two sides no longer agree. */
  binary(data: ArrayBuffer): void;
  /** One line that the other side gave for closing. */
  closed(reason: string): void;
}

const FIRST_WAIT = 250;
const LONGEST_WAIT = 5000;
/** A server that is there and reading its data will be ready soon. */
const UNREADY_WAIT = 1000;
/** Answers that another attempt would not change: no or a wrong token, a foreign address, too many wrong tokens. */
const REFUSED = new Set([401, 403, 429]);
/** Close codes that carry no news: normal, going away, none, abnormal. */
const ORDINARY = new Set([1000, 1001, 1005, 1006]);

export class Connection {
  state: ConnectionState = { kind: "connecting" };
  private socket: Socket | null = null;
  private timer: unknown = null;
  private wait = FIRST_WAIT;

  constructor(
    private readonly listener: ConnectionListener,
    private readonly network: Network,
  ) {}

  /** Open a socket now, also in place of waiting for the next attempt. */
  connect(): void {
    if (this.socket !== null) return;
    this.network.cancel(this.timer);
    this.become(this.state.kind === "lost" ? { kind: "lost", retryAt: null } : { kind: "connecting" });
    const socket = this.network.open(PROTOCOL, this.listener.query());
    this.socket = socket;
    socket.onopen = () => this.become({ kind: "live" });
    socket.onmessage = ({ data }) => this.receive(socket, data);
    socket.onclose = ({ code, reason }) => void this.ended(socket, code, reason);
  }

  /** Send a message if the socket is open; returns whether it was sent. */
  send(message: ClientMessage): boolean {
    if (this.state.kind !== "live" || this.socket === null) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  private receive(socket: Socket, data: unknown): void {
    if (socket !== this.socket) return;
    this.wait = FIRST_WAIT;
    if (typeof data === "string") return this.listener.text(data);
    try {
      this.listener.binary(data as ArrayBuffer);
    } catch (error) {
      // Close codes of one's own are 4000 to 4999. Waiting grows, so a server that always sends this is not hammered.
      this.wait = LONGEST_WAIT;
      this.listener.closed(`A message could not be read: ${error instanceof Error ? error.message : String(error)}.`);
      socket.close(4000, "unreadable message");
    }
  }

  private async ended(socket: Socket, code: number, reason: string): Promise<void> {
    if (socket !== this.socket) return;
    this.socket = null;
    if (reason !== "" && code !== 4000 && !ORDINARY.has(code)) this.listener.closed(reason);
    this.become({ kind: "lost", retryAt: null });
    const answer = await this.network.session().catch(() => null);
    if (this.socket !== null) return; // connect() was called meanwhile
    const text = answer?.text.trim().split("\n")[0] ?? "";
    if (answer !== null && REFUSED.has(answer.status)) return this.become({ kind: "error", text });
    const unready = answer?.status === 503;
    if (unready) this.wait = Math.min(this.wait, UNREADY_WAIT);
    const retryAt = this.network.now() + this.wait;
    this.become(unready ? { kind: "lost", retryAt, text } : { kind: "lost", retryAt });
    this.timer = this.network.after(this.wait, () => this.connect());
    this.wait = Math.min(2 * this.wait, LONGEST_WAIT);
  }

  private become(state: ConnectionState): void {
    this.state = state;
    this.listener.state(state);
  }
}

/** The browser's network; `pane` is the pane of the session that this page shows. */
export const browserNetwork = (pane: number): Network => ({
  open(protocol, query) {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const parameters = `${query === "" ? "?" : `${query}&`}pane=${pane}`;
    return openSocket(`${scheme}://${location.host}/ws${parameters}`, protocol);
  },
  async session() {
    const answer = await fetch("/session", { cache: "no-store", signal: AbortSignal.timeout(5000) });
    return { status: answer.status, text: await answer.text() };
  },
  ...browserClock,
});
