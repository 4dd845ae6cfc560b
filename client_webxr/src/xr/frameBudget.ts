// The point budget in the headset: as many points as the display's rate allows.
//
// A late frame is noticeable at once, a few missing points are not, so the budget falls quickly and grows slowly. It is
// judged over a window of frames by the share of late ones: the times themselves are multiples of the display's period.
// A budget that was too large is remembered, so that the search does not oscillate between two budgets forever.

/** The first budget, for a Quest 3 and similar devices. */
export const FIRST_BUDGET = 200_000;
export const LEAST_BUDGET = 20_000;
export const MOST_BUDGET = 2_000_000;

/** Frames that are judged together: one second at 90 Hz. */
export const WINDOW = 90;
/** Share of late frames above which the budget falls, and below which it grows. */
const BAD = 0.1;
const GOOD = 0.02;
const LESS = 0.7;
const MORE = 1.15;
/** Good windows before a budget that was too large is tried again. */
const FORGIVE = 60;

export class FrameBudget {
  budget = FIRST_BUDGET;
  /** Frames per second over the last window; 0 before the first. */
  rate = 0;
  private period = 1000 / 72;
  private last = NaN;
  private since = NaN;
  private frames = 0;
  private late = 0;
  private good = 0;
  private tooMuch = Infinity;

  /** A session begins, with the display's rate in Hz if it is known. */
  begin(rate: number | undefined): void {
    this.period = 1000 / (rate ?? 72);
    this.last = NaN;
    this.restart();
  }

  /** Take in the time of a frame in milliseconds; returns whether the budget changed. */
  frame(now: number): boolean {
    const gap = now - this.last;
    this.last = now;
    if (!(gap > 0 && gap < 500)) return (this.restart(), false); // the first, or the headset was put down
    if (this.frames === 0) this.since = now - gap;
    this.frames++;
    if (gap > 1.5 * this.period) this.late++;
    if (this.frames < WINDOW) return false;
    this.rate = (1000 * this.frames) / (now - this.since);
    const before = this.budget;
    this.judge(this.late / this.frames);
    this.restart();
    return this.budget !== before;
  }

  private judge(late: number): void {
    if (late > BAD) {
      this.tooMuch = this.budget;
      this.good = 0;
      this.budget = Math.max(LEAST_BUDGET, Math.round(this.budget * LESS));
    } else if (late < GOOD) {
      if (++this.good >= FORGIVE) this.tooMuch = Infinity;
      const next = Math.min(MOST_BUDGET, Math.round(this.budget * MORE));
      if (next < this.tooMuch) this.budget = next;
    }
  }

  private restart(): void {
    this.frames = this.late = 0;
  }
}
