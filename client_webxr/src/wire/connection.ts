// The connection as an explicit state machine. Time, sockets and requests are handed in, so that tests control them.
//
// A socket cannot carry this browser's key, so each attempt begins with a ticket, whose refusal also states the reason: a
// missing access (401, 403, 429) is an error to show; not ready (503), any other answer or none leads to another attempt.

import { browserClock, type Clock } from "../dom/clock";
import { address, ticket } from "./ask";
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
  /** Another attempt would not help: `text` is the server's reason; with 401 and 429 a code helps. */
  | { kind: "error"; status: number; text: string };

/** Sockets, requests and time, as the connection needs them. */
export interface Network extends Clock {
  /** Open a socket with a query ("" for none) and a ticket. */
  open(protocol: string, query: string, ticket: string): Socket;
  /** A ticket (200), or the status and words of the refusal; rejects when the server does not answer. */
  ticket(): Promise<{ status: number; text: string }>;
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
/** Answers that another attempt would not change: no valid key, a foreign address, too many wrong codes. */
const REFUSED = new Set([401, 403, 429]);
/** Close codes that need no report: normal, going away, none, abnormal. */
const ORDINARY = new Set([1000, 1001, 1005, 1006]);

export class Connection {
  state: ConnectionState = { kind: "connecting" };
  private socket: Socket | null = null;
  /** Whether a ticket is being asked for. */
  private asking = false;
  private timer: unknown = null;
  private wait = FIRST_WAIT;

  constructor(
    private readonly listener: ConnectionListener,
    private readonly network: Network,
  ) {}

  /** Open a socket now instead of waiting for the next attempt. */
  connect(): void {
    if (this.socket !== null || this.asking) return;
    this.network.cancel(this.timer);
    this.become(this.state.kind === "lost" ? { kind: "lost", retryAt: null } : { kind: "connecting" });
    this.asking = true;
    void this.open();
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

  private async open(): Promise<void> {
    const answer = await this.network.ticket().catch(() => null);
    this.asking = false;
    if (answer === null) return this.retry();
    if (answer.status !== 200) {
      const text = answer.text.trim().split("\n")[0] ?? "";
      if (REFUSED.has(answer.status)) return this.become({ kind: "error", status: answer.status, text });
      if (answer.status !== 503) return this.retry();
      this.wait = Math.min(this.wait, UNREADY_WAIT);
      return this.retry(text);
    }
    const socket = this.network.open(PROTOCOL, this.listener.query(), answer.text);
    this.socket = socket;
    socket.onopen = () => this.become({ kind: "live" });
    socket.onmessage = ({ data }) => this.receive(socket, data);
    socket.onclose = ({ code, reason }) => this.ended(socket, code, reason);
  }

  private ended(socket: Socket, code: number, reason: string): void {
    if (socket !== this.socket) return;
    this.socket = null;
    if (reason !== "" && code !== 4000 && !ORDINARY.has(code)) this.listener.closed(reason);
    this.retry();
  }

  /** Try again after a while; `text`: the words of a server that is not ready. */
  private retry(text?: string): void {
    const retryAt = this.network.now() + this.wait;
    this.become(text === undefined ? { kind: "lost", retryAt } : { kind: "lost", retryAt, text });
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
  open(protocol, query, ticket) {
    const url = address(`ws${query}`);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    url.searchParams.set("pane", String(pane));
    url.searchParams.set("ticket", ticket);
    return openSocket(url.href, protocol);
  },
  ticket: () => ticket("/ws"),
  ...browserClock,
});
