// The point budget: as many points as this device draws at the target rate, found from its frame times.
//
// The median of a few frames is judged, so that a single slow frame has no effect. While the median misses the target, the
// budget moves towards it by at most `step`; every change of direction halves the step, so the search converges. Then the
// budget rests, and only a clear change of load restarts the search. Within a band about the target the budget stays: a
// display with a fixed rate shows no frame time between one period and two.

import { LEAST_BUDGET, MOST_BUDGET } from "../wire/protocol.gen";

/** Frames that are judged together. */
export const WINDOW = 9;
/** Frames after a change that still show the old budget. */
export const SETTLING = 3;
/** Largest change, as a share; the search ends when a reversal makes it smaller than LEAST_STEP. */
const FIRST_STEP = 0.5;
const LEAST_STEP = 0.05;
/** Accepted ratios of median frame time to target: during the search, and afterwards. */
const BAND = [0.75, 1.1] as const;
const WIDE = [0.5, 1.5] as const;
/** Windows outside the wide band that restart a search, and windows within the narrow one that end it. */
const PATIENCE = 3;

export class Governor {
  /** Points to request. */
  budget: number;
  private step = FIRST_STEP;
  private direction = 0;
  private strikes = 0;
  private calm = 0;
  private skip = 0;
  private readonly times: number[] = [];

  /** `target` is in milliseconds for each frame; the budget starts at `most` and stays within `least` and `most`. */
  constructor(
    private readonly target: number,
    private readonly least: number = LEAST_BUDGET,
    private readonly most: number = MOST_BUDGET,
  ) {
    this.budget = most;
  }

  /** Whether the search is over. */
  get rests(): boolean {
    return this.step < LEAST_STEP;
  }

  /** Take in the time of a frame with `drawn` points; returns whether the budget changed. */
  frame(milliseconds: number, drawn: number): boolean {
    if (this.skip > 0) return (this.skip--, false);
    this.times.push(milliseconds);
    if (this.times.length < WINDOW) return false;
    const ratio = this.times.sort((a, b) => a - b)[WINDOW >> 1]! / this.target;
    this.times.length = 0;
    return this.judge(ratio, drawn);
  }

  /** Frames stop for a while: drop the collected times. */
  pause(): void {
    this.times.length = 0;
    this.skip = 1;
  }

  private judge(ratio: number, drawn: number): boolean {
    const [low, high] = this.rests ? WIDE : BAND;
    const direction = ratio > high ? -1 : ratio < low ? 1 : 0;
    if (direction === 0 || (direction > 0 && drawn < 0.9 * this.budget)) return this.keep();
    if (this.rests && !this.opens()) return false;
    this.calm = 0;
    if (this.direction === -direction) this.step /= 2;
    this.direction = direction;
    if (this.rests) return false;
    return this.move(ratio, direction > 0 ? this.budget : Math.min(this.budget, drawn));
  }

  /** Keep the budget; after some windows it rests. */
  private keep(): false {
    this.strikes = 0;
    if (++this.calm >= PATIENCE) this.step = 0;
    return false;
  }

  /** Whether to restart the search of a resting budget. */
  private opens(): boolean {
    if (++this.strikes < PATIENCE) return false;
    this.strikes = 0;
    this.step = FIRST_STEP;
    this.direction = 0;
    return true;
  }

  /** Move towards the budget that meets the target, by a step at most: drawing time is about proportional to points. */
  private move(ratio: number, from: number): boolean {
    const wanted = Math.min(1 + this.step, Math.max(1 - this.step, 1 / ratio));
    const next = Math.round(Math.min(this.most, Math.max(this.least, from * wanted)));
    if (next === this.budget) return false;
    this.budget = next;
    this.skip = SETTLING;
    return true;
  }
}
