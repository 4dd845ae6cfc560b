import { describe, expect, test } from "vitest";
import { Governor } from "../../src/picture/governor";
import { LEAST_BUDGET, MOST_BUDGET } from "../../src/wire/protocol.gen";

/** A device that takes so many milliseconds a frame and a million points, with noise and perhaps a fixed display rate. */
interface Device {
  fixed: number;
  perMillion: number;
  noise?: number;
  period?: number;
  cloud?: number;
}

/** Numbers between 0 and 1, the same in every run. */
function chance(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 16807) % 2147483647) / 2147483647;
}

/** Draw frames on a device; the budgets after each change. */
function draw(governor: Governor, device: Device, frames: number, random = chance(7)): number[] {
  const budgets: number[] = [];
  for (let i = 0; i < frames; i++) {
    const drawn = Math.min(governor.budget, device.cloud ?? Infinity);
    let time = device.fixed + (device.perMillion * drawn) / 1e6;
    time *= 1 + (device.noise ?? 0) * (2 * random() - 1);
    if (random() < 0.03 && device.noise) time += 80; // a hiccup
    if (device.period !== undefined) time = Math.ceil(time / device.period) * device.period;
    if (governor.frame(time, drawn)) budgets.push(governor.budget);
  }
  return budgets;
}

const time = (device: Device, budget: number) => device.fixed + (device.perMillion * budget) / 1e6;

describe.each([
  ["linear", { fixed: 2, perMillion: 20 }],
  ["slow", { fixed: 5, perMillion: 200 }],
  ["noisy", { fixed: 3, perMillion: 30, noise: 0.3 }],
  ["very noisy", { fixed: 3, perMillion: 60, noise: 0.6 }],
] as [string, Device][])("on a %s device", (_, device) => {
  test("the budget settles near the target and stays", () => {
    const governor = new Governor(25);
    draw(governor, device, 1500);
    const settled = governor.budget;
    expect(time(device, settled) / 25).toBeGreaterThan(0.6);
    expect(time(device, settled) / 25).toBeLessThan(1.3);
    expect(draw(governor, device, 5000, chance(99))).toEqual([]);
  });

  test("the budget changes a bounded number of times", () => {
    expect(draw(new Governor(25), device, 10_000).length).toBeLessThan(25);
  });
});

test("with frame times in whole display periods the budget does not oscillate", () => {
  const device = { fixed: 2, perMillion: 20, period: 1000 / 60 };
  const governor = new Governor(20);
  draw(governor, device, 3000);
  expect(time(device, governor.budget)).toBeLessThan(1000 / 60);
  expect(draw(governor, device, 10_000)).toEqual([]);
});

test("a fast device gets the largest budget, a slow one keeps the least", () => {
  const [fast, hopeless] = [new Governor(25), new Governor(25)];
  draw(fast, { fixed: 1, perMillion: 0.5 }, 2000);
  draw(hopeless, { fixed: 300, perMillion: 10 }, 4000);
  expect(fast.budget).toBe(MOST_BUDGET);
  expect(hopeless.budget).toBe(LEAST_BUDGET);
});

test("a cloud smaller than the budget does not raise it, and reductions start from its size", () => {
  const governor = new Governor(25);
  const small = { fixed: 1, perMillion: 200, cloud: 300_000 };
  const budgets = draw(governor, small, 500);
  expect(budgets[0]).toBeLessThan(300_000);
  expect(budgets[0]).toBeGreaterThanOrEqual(0.4 * 300_000);
});

test("a clear change of load restarts the search, a short one does not", () => {
  const governor = new Governor(25);
  const device = { fixed: 2, perMillion: 20 };
  draw(governor, device, 2000);
  const before = governor.budget;
  expect(governor.rests).toBe(true);
  draw(governor, { fixed: 2, perMillion: 200 }, 15);
  expect(draw(governor, device, 200)).toEqual([]);
  expect(governor.budget).toBe(before);
  const slower = { fixed: 2, perMillion: 80 };
  draw(governor, slower, 2000);
  expect(time(slower, governor.budget) / 25).toBeLessThan(1.3);
  draw(governor, device, 3000);
  expect(time(device, governor.budget) / 25).toBeGreaterThan(0.5);
});

test("custom bounds hold, and frames before a pause do not count", () => {
  const governor = new Governor(25, 100_000, 400_000);
  expect(governor.budget).toBe(400_000);
  for (let i = 0; i < 8; i++) governor.frame(500, 400_000);
  governor.pause();
  for (let i = 0; i < 9; i++) expect(governor.frame(20, 400_000)).toBe(false);
  draw(governor, { fixed: 300, perMillion: 10 }, 1000);
  expect(governor.budget).toBe(100_000);
});
