import { expect, test } from "vitest";
import { FIRST_BUDGET, LEAST_BUDGET, FrameBudget, WINDOW } from "../../src/xr/frameBudget";

/** Run windows of frames of so many milliseconds. */
function run(frameBudget: FrameBudget, gap: number, windows: number, start = 0): number {
  let now = start;
  for (let i = 0; i < windows * WINDOW; i++) frameBudget.frame((now += gap));
  return now;
}

function begun(rate = 90): FrameBudget {
  const frameBudget = new FrameBudget();
  frameBudget.begin(rate);
  frameBudget.frame(0);
  return frameBudget;
}

test("it starts at 200,000 and grows while every frame is in time", () => {
  const frameBudget = begun();
  expect(frameBudget.budget).toBe(FIRST_BUDGET);
  run(frameBudget, 1000 / 90, 3);
  expect(frameBudget.budget).toBeGreaterThan(FIRST_BUDGET);
  expect(frameBudget.rate).toBeCloseTo(90, 3);
});

test("late frames lower the budget, down to the least", () => {
  const frameBudget = begun();
  run(frameBudget, 1000 / 45, 1);
  expect(frameBudget.budget).toBe(0.7 * FIRST_BUDGET);
  run(frameBudget, 1000 / 45, 20, 3000);
  expect(frameBudget.budget).toBe(LEAST_BUDGET);
});

test("the budget does not oscillate about a value that was too large", () => {
  const frameBudget = begun();
  let now = 0;
  const changes: number[] = [];
  for (let i = 0; i < 40; i++) {
    const gap = 1000 / (frameBudget.budget > 180_000 ? 45 : 90); // a device that can draw 180,000
    for (let k = 0; k < WINDOW; k++) if (frameBudget.frame((now += gap))) changes.push(frameBudget.budget);
  }
  expect(changes.filter((budget) => budget > 180_000)).toHaveLength(1); // tried once between what was good and what was not
  expect(frameBudget.budget).toBeGreaterThan(150_000);
});

test("a pause does not count as a late frame", () => {
  const frameBudget = begun();
  for (let i = 1; i < WINDOW; i++) frameBudget.frame((i * 1000) / 90);
  frameBudget.frame(60_000);
  expect(frameBudget.budget).toBe(FIRST_BUDGET);
});
