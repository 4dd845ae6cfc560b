import { expect, test } from "vitest";
import { FIRST_BUDGET, LEAST_BUDGET, Pace, WINDOW } from "../../src/xr/frameBudget";

/** Run windows of frames of so many milliseconds. */
function run(pace: Pace, gap: number, windows: number, start = 0): number {
  let now = start;
  for (let i = 0; i < windows * WINDOW; i++) pace.frame((now += gap));
  return now;
}

function begun(rate = 90): Pace {
  const pace = new Pace();
  pace.begin(rate);
  pace.frame(0);
  return pace;
}

test("it starts at 200,000 and grows while every frame is in time", () => {
  const pace = begun();
  expect(pace.budget).toBe(FIRST_BUDGET);
  run(pace, 1000 / 90, 3);
  expect(pace.budget).toBeGreaterThan(FIRST_BUDGET);
  expect(pace.rate).toBeCloseTo(90, 3);
});

test("late frames take points away, down to the least", () => {
  const pace = begun();
  run(pace, 1000 / 45, 1);
  expect(pace.budget).toBe(0.7 * FIRST_BUDGET);
  run(pace, 1000 / 45, 20, 3000);
  expect(pace.budget).toBe(LEAST_BUDGET);
});

test("it does not go back and forth over what was too much", () => {
  const pace = begun();
  let now = 0;
  const changes: number[] = [];
  for (let i = 0; i < 40; i++) {
    const gap = 1000 / (pace.budget > 180_000 ? 45 : 90); // a device that can draw 180,000
    for (let k = 0; k < WINDOW; k++) if (pace.frame((now += gap))) changes.push(pace.budget);
  }
  expect(changes.filter((budget) => budget > 180_000)).toHaveLength(1); // tried once between what was good and what was not
  expect(pace.budget).toBeGreaterThan(150_000);
});

test("a pause is no late frame", () => {
  const pace = begun();
  for (let i = 1; i < WINDOW; i++) pace.frame((i * 1000) / 90);
  pace.frame(60_000);
  expect(pace.budget).toBe(FIRST_BUDGET);
});
