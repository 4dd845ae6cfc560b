// How many points to ask for: as many as this device draws at the rate aimed at, found by its own frame times.
//
// Frame times are judged by the median of a few frames, so that one hiccup says nothing. While they miss the target the
// budget moves towards it, by at most `step`; every change of direction halves the step, so the search narrows and ends.
// Then the budget rests, and only a load that has clearly changed opens it again. Within a band about the target nothing
// moves: a display with a fixed rate shows no time between one period and two.

import { LEAST_BUDGET, MOST_BUDGET } from "../wire/protocol.gen";

/** Frames that are judged together. */
export const WINDOW = 9;
/** Frames after a change that still show what was before. */
export const SETTLING = 3;
/** Largest change at once, as a share; the search is over when a reversal makes it smaller than LEAST_STEP. */
const FIRST_STEP = 0.5;
const LEAST_STEP = 0.05;
/** Median frame time over target that is good enough while searching, and that is left alone afterwards. */
const BAND = [0.75, 1.1] as const;
const WIDE = [0.5, 1.5] as const;
/** Windows outside the wide band that open a budget at rest, and within the other that end a search. */
const PATIENCE = 3;

export class Governor {
  /** Points to ask for. */
  budget: number;
  private step = FIRST_STEP;
  private direction = 0;
  private strikes = 0;
  private calm = 0;
  private skip = 0;
  private readonly times: number[] = [];

  /** `target` in milliseconds a frame; the budget begins at `most` and stays within `least` and `most`. */
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

  /** Take in the time of one frame, in which `drawn` points were drawn; returns whether the budget changed. */
  frame(milliseconds: number, drawn: number): boolean {
    if (this.skip > 0) return (this.skip--, false);
    this.times.push(milliseconds);
    if (this.times.length < WINDOW) return false;
    const ratio = this.times.sort((a, b) => a - b)[WINDOW >> 1]! / this.target;
    this.times.length = 0;
    return this.judge(ratio, drawn);
  }

  /** Frames stop for a while: those collected do not belong to what comes. */
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

  /** Nothing to change: after some windows the budget rests. */
  private keep(): false {
    this.strikes = 0;
    if (++this.calm >= PATIENCE) this.step = 0;
    return false;
  }

  /** Whether a budget at rest is searched for again. */
  private opens(): boolean {
    if (++this.strikes < PATIENCE) return false;
    this.strikes = 0;
    this.step = FIRST_STEP;
    this.direction = 0;
    return true;
  }

  /** Drawing takes time in proportion to the points, about: go to where the target would be met, a step at most. */
  private move(ratio: number, from: number): boolean {
    const wanted = Math.min(1 + this.step, Math.max(1 - this.step, 1 / ratio));
    const next = Math.round(Math.min(this.most, Math.max(this.least, from * wanted)));
    if (next === this.budget) return false;
    this.budget = next;
    this.skip = SETTLING;
    return true;
  }
}
