// The connection as an explicit state machine. Time, sockets and requests are handed in, so that tests control them.
//
// A browser hides the reason why a socket could not be opened: a wrong token and a dead server look alike. So whenever
// a socket closes, `/session` is requested: a refusal (401, 403, 429) is an error to show; not ready (503), any other
// answer or none leads to another attempt.

import { browserClock, type Clock } from "../dom/clock";
import { PROTOCOL, type ClientMessage } from "./protocol.gen";
import { openSocket, type Socket } from "./socket";

export type ConnectionState =
  | { kind: "connecting" }
  | { kind: "live" }
  /**
   * No socket. The next attempt is at `retryAt` (the clock's milliseconds), or is running when that is null. `text` is
   * the server's reason when it answers but is not ready.
   */
  | { kind: "lost"; retryAt: number | null; text?: string }
  /** Another attempt would not help: `text` is the server's reason. */
  | { kind: "error"; text: string };

/** Sockets, requests and time, as the connection needs them. */
export interface Network extends Clock {
  /** Open a socket to `/ws` with a query ("" for none). */
  open(protocol: string, query: string): Socket;
  /** Request `/session`: status and text of the answer. Rejects when there is none. */
  session(): Promise<{ status: number; text: string }>;
}

export interface ConnectionListener {
  /** The query of a new socket's address: how to resume the connection before. */
  query(): string;
  state(state: ConnectionState): void;
  text(data: string): void;
  /** Take in a binary message. An error closes the socket, since client and server no longer agree. */
  binary(data: ArrayBuffer): void;
  /** The reason for closing, in one line. */
  closed(reason: string): void;
}

const FIRST_WAIT = 250;
const LONGEST_WAIT = 5000;
/** A server that answers and still reads its data will be ready soon. */
const UNREADY_WAIT = 1000;
/** Answers that another attempt would not change: missing or wrong token, foreign origin, too many wrong tokens. */
const REFUSED = new Set([401, 403, 429]);
/** Close codes that need no report: normal, going away, none, abnormal. */
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

  /** Open a socket now instead of waiting for the next attempt. */
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
      // Private close codes are 4000 to 4999. The longest wait follows, so a server that always sends this is not flooded.
      this.wait = LONGEST_WAIT;
      this.listener.closed(`A message of the server could not be read, so this page reconnects: ${error instanceof Error ? error.message : String(error)}.`);
      socket.close(4000, "unreadable message");
    }
  }

  private async ended(socket: Socket, code: number, reason: string): Promise<void> {
    if (socket !== this.socket) return;
    this.socket = null;
    if (reason !== "" && code !== 4000 && !ORDINARY.has(code)) this.listener.closed(reason);
    this.become({ kind: "lost", retryAt: null });
    const answer = await this.network.session().catch(() => null);
    if (this.socket !== null) return; // connect() was called in the meantime
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
