// Telling the others where one looks from: while it changes at most ten times a second, at rest every few seconds as a
// sign of life.

import type { Clock } from "../dom/clock";

/** Milliseconds between two words while moving, and at rest: the server forgets who is silent for ten seconds. */
const [MOVING, RESTING] = [100, 4000];

export class Heartbeat {
  private said = -Infinity;
  private timer: unknown = null;

  /** `tell` says where one is; it returns whether that was sent. */
  constructor(
    private readonly tell: () => boolean,
    private readonly clock: Clock,
  ) {}

  /** The eye moved, or a connection is there again. */
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
