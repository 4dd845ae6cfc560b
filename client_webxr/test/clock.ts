// A clock that moves when told to, with the timers that the code under test sets.

export class Clock {
  time = 0;
  private timers: { at: number; then: () => void }[] = [];

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

  /** Let time pass, and do what is due by then. */
  forward(milliseconds: number): void {
    this.time += milliseconds;
    const due = this.timers.filter((each) => each.at <= this.time);
    this.timers = this.timers.filter((each) => each.at > this.time);
    for (const { then } of due) then();
  }
}
