// The receiving side of the connection: decodes messages, keeps their order, and remembers where to resume.

import type { Clock } from "../dom/clock";
import { decode, type Frame } from "./frames";
import { Inbox } from "./inbox";
import type { Scene, ServerMessage } from "./protocol.gen";
import { Resumption } from "./resumption";

/** Milliseconds that messages may be held: a hidden window draws nothing, and would hold them forever. */
export const PATIENCE = 500;

export class Receiver {
  private readonly inbox = new Inbox();
  private readonly resumption = new Resumption();
  private timer: unknown = null;

  constructor(
    private readonly message: (message: ServerMessage) => void,
    private readonly frame: (frame: Frame) => void,
    private readonly clock: Clock,
  ) {}

  text(data: string): void {
    const message = JSON.parse(data) as ServerMessage;
    if (message.type === "welcome") this.resumption.welcome(message); // the frames that follow are counted from here
    this.inbox.put(() => this.message(message));
  }

  /** Decode a frame. Throws when it is unreadable or out of order; the next connection then starts from scratch. */
  binary(data: ArrayBuffer): void {
    const frame = this.read(data);
    this.inbox.put(() => this.frame(frame));
  }

  private read(data: ArrayBuffer): Frame {
    try {
      const frame = decode(data);
      this.resumption.arrive(frame.seq);
      return frame;
    } catch (error) {
      this.resumption.tear();
      throw error;
    }
  }

  /** A scene has begun: the next connection resumes it. */
  began(scene: Scene): void {
    this.resumption.scene(scene);
  }

  /** A frame was taken in: the next connection continues after it. */
  took({ seq }: Frame): void {
    this.resumption.take(seq);
  }

  /** The query with which the next connection resumes. */
  get query(): string {
    return this.resumption.query;
  }

  /** Hold `act` and all messages after it until the next release, or for PATIENCE. */
  hold(act: () => void): void {
    this.inbox.hold(act);
    this.clock.cancel(this.timer);
    this.timer = this.clock.after(PATIENCE, () => this.inbox.release());
  }

  /** Process the held messages, until one holds again. */
  release(): void {
    this.inbox.release();
  }

  /** Drop the held messages: the connection has ended. */
  clear(): void {
    this.inbox.clear();
  }
}
