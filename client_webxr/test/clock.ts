// A clock that a test turns, with the timers that the code under test sets.

import type { Clock as ClockLike } from "../src/dom/clock";

export class Clock implements ClockLike {
  private timers: { at: number; then: () => void }[] = [];

  constructor(public time = 0) {}

  now(): number {
    return this.time;
  }

  after(milliseconds: number, then: () => void): unknown {
    const timer = { at: this.time + milliseconds, then };
    this.timers.push(timer);
    return timer;
  }

  cancel(timer: unknown): void {
    this.timers = this.timers.filter((each) => each !== timer);
  }

  /** Let time pass: every timer that falls due fires at its own time, those that it sets included. */
  forward(milliseconds: number): void {
    const end = this.time + milliseconds;
    for (let next = this.first(end); next !== undefined; next = this.first(end)) {
      this.cancel(next);
      this.time = Math.max(this.time, next.at);
      next.then();
    }
    this.time = end;
  }

  private first(end: number) {
    return this.timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
  }
}
