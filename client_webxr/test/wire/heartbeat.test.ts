import { expect, test } from "vitest";
import { Presence, type World } from "../../src/wire/heartbeat";

/** A clock that tests turn. */
class Clock implements World {
  time = 1000;
  private due: { at: number; then: () => void } | null = null;

  now(): number {
    return this.time;
  }

  after(milliseconds: number, then: () => void): unknown {
    return (this.due = { at: this.time + milliseconds, then });
  }

  cancel(timer: unknown): void {
    if (timer === this.due) this.due = null;
  }

  run(milliseconds: number): void {
    const end = this.time + milliseconds;
    while (this.due !== null && this.due.at <= end) {
      const { at, then } = this.due;
      [this.time, this.due] = [at, null];
      then();
    }
    this.time = end;
  }
}

function presence() {
  const [clock, sent] = [new Clock(), [] as number[]];
  const one = new Presence(() => sent.push(clock.time) > 0, clock);
  return { clock, sent, one };
}

test("while the eye moves, at most ten words a second", () => {
  const { clock, sent, one } = presence();
  for (let i = 0; i < 100; i++) {
    one.moved();
    clock.run(10);
  }
  expect(sent.length).toBeGreaterThanOrEqual(9);
  expect(sent.length).toBeLessThanOrEqual(11);
  expect(sent.every((at, i) => i === 0 || at >= sent[i - 1]! + 100)).toBe(true);
});

test("at rest a sign of life every four seconds", () => {
  const { clock, sent, one } = presence();
  one.moved();
  clock.run(12_500);
  expect(sent.length).toBe(4);
});
