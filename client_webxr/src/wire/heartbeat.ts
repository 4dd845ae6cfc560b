// This member's presence for the others in the session: at most ten messages a second while the camera moves, one every
// few seconds at rest as a heartbeat.

import type { Clock } from "../dom/clock";

/** Milliseconds between messages while moving, and at rest: the server drops members after ten seconds of silence. */
const [MOVING, RESTING] = [100, 4000];

export class Heartbeat {
  private said = -Infinity;
  private timer: unknown = null;

  /** `tell` sends the pose; it returns whether that was possible. */
  constructor(
    private readonly tell: () => boolean,
    private readonly clock: Clock,
  ) {}

  /** The camera moved, or a connection has begun. */
  moved(): void {
    this.plan(Math.max(0, this.said + MOVING - this.clock.now()));
  }

  private plan(wait: number): void {
    this.clock.cancel(this.timer);
    this.timer = this.clock.after(wait, () => this.say());
  }

  private say(): void {
    if (this.tell()) this.said = this.clock.now();
    this.plan(RESTING);
  }
}
