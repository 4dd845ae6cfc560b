// Telling the others where one looks from: while it changes at most ten times a second, at rest every few seconds as a
// sign of life.

/** Milliseconds between two words while moving, and at rest: the server forgets who is silent for ten seconds. */
const [MOVING, RESTING] = [100, 4000];

/** What it needs of the world. */
export interface World {
  now(): number;
  after(milliseconds: number, then: () => void): unknown;
  cancel(timer: unknown): void;
}

export class Presence {
  private said = -Infinity;
  private timer: unknown = null;

  /** `tell` says where one is; it returns whether that was sent. */
  constructor(
    private readonly tell: () => boolean,
    private readonly world: World,
  ) {}

  /** The eye moved, or a connection is there again. */
  moved(): void {
    this.plan(Math.max(0, this.said + MOVING - this.world.now()));
  }

  private plan(wait: number): void {
    this.world.cancel(this.timer);
    this.timer = this.world.after(wait, () => this.say());
  }

  private say(): void {
    if (this.tell()) this.said = this.world.now();
    this.plan(RESTING);
  }
}
