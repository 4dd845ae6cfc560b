// New points come up over a few pictures instead of popping into one.

/** Milliseconds in which they do. */
const DURATION = 120;

export class Fade {
  /** Place of the first point that is coming up; all after it are, too. */
  first = 0;
  /** How far these have come, 0..1. */
  share = 1;
  private since = -Infinity;

  /** `still`: nothing fades. */
  constructor(private readonly still: boolean) {}

  /** Points from this place on are new. Those that come meanwhile join them. */
  begin(first: number): void {
    if (this.still) return this.end();
    if (this.share < 1) return;
    this.since = performance.now();
    this.first = first;
    this.share = 0;
  }

  /** All points are there. */
  end(): void {
    this.since = -Infinity;
    this.first = 0;
    this.share = 1;
  }

  /** Go on to a time in milliseconds; returns whether some are still coming up. */
  step(now: number): boolean {
    this.share = Math.min(1, Math.max(0, (now - this.since) / DURATION));
    return this.share < 1;
  }
}
