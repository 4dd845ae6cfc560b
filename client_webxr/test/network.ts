// A network whose sockets a test opens, closes and speaks through.

import type { Network } from "../src/wire/connection";
import type { Socket } from "../src/wire/socket";
import { browserClock } from "../src/dom/clock";

class FakeSocket implements Socket {
  onopen: Socket["onopen"] = null;
  onmessage: Socket["onmessage"] = null;
  onclose: Socket["onclose"] = null;

  constructor(
    private readonly texts: string[],
    private readonly codes: number[],
  ) {}

  send(text: string): void {
    this.texts.push(text);
  }
  close(code = 1000): void {
    this.codes.push(code);
  }
}

export class FakeNetwork implements Network {
  readonly queries: string[] = [];
  /** Close codes that the client gave. */
  readonly closed: number[] = [];
  /** The answer to the request for a ticket; null for none. */
  answer: { status: number; text: string } | null = { status: 200, text: "a-ticket" };
  private readonly sockets: FakeSocket[] = [];
  private readonly texts: string[] = [];
  readonly now = browserClock.now;
  readonly after = browserClock.after;
  readonly cancel = browserClock.cancel;

  open(_protocol: string, query: string): Socket {
    this.queries.push(query);
    this.sockets.push(new FakeSocket(this.texts, this.closed));
    return this.socket;
  }
  ticket() {
    return this.answer === null ? Promise.reject(new Error("no answer")) : Promise.resolve(this.answer);
  }
  /** The newest socket. */
  get socket(): FakeSocket {
    return this.sockets.at(-1)!;
  }
  /** Every message that the client sent. */
  sent(): (Record<string, unknown> & { type: string })[] {
    return this.texts.map((text) => JSON.parse(text));
  }
  /** Let promises settle. */
  async settle(): Promise<void> {
    for (let i = 0; i < 10; i++) await Promise.resolve();
  }
}
