// New points fade in over a few pictures.

/** Milliseconds of a fade. */
const DURATION = 120;

export class Fade {
  /** Index of the first point of the fade; it includes all points after it. */
  first = 0;
  /** Progress of the fade, 0..1. */
  share = 1;
  private since = -Infinity;

  /** With `still` nothing fades. */
  constructor(private readonly still: boolean) {}

  /** Points from this index on are new. Points that arrive during a fade join it. */
  begin(first: number): void {
    if (this.still) return this.end();
    if (this.share < 1) return;
    this.since = performance.now();
    this.first = first;
    this.share = 0;
  }

  /** End the fade at once. */
  end(): void {
    this.since = -Infinity;
    this.first = 0;
    this.share = 1;
  }

  /** Advance to a time in milliseconds; returns whether the fade continues. */
  step(now: number): boolean {
    this.share = Math.min(1, Math.max(0, (now - this.since) / DURATION));
    return this.share < 1;
  }
}
