import { expect, test } from "vitest";
import { Filter } from "../../src/xr/filter";

const RATE = 90;

test("a hand at rest does not tremble", () => {
  const filter = new Filter();
  let [least, most] = [Infinity, -Infinity];
  for (let i = 0; i < 360; i++) {
    filter.update(Float64Array.of(0.001 * Math.sin(2 * Math.PI * 12 * (i / RATE)), 1, 0), i / RATE); // 1 mm at 12 Hz
    if (i < 90) continue;
    least = Math.min(least, filter.value[0]!);
    most = Math.max(most, filter.value[0]!);
  }
  expect(most - least).toBeLessThan(0.0012); // of 2 mm from top to bottom
});

test("a drawing hand is followed with little lag: within 4 mm at 0.5 m/s", () => {
  const filter = new Filter();
  let off = 0;
  for (let i = 0; i < 90; i++) {
    filter.update(Float64Array.of((0.5 * i) / RATE, 0, 0), i / RATE);
    if (i > 45) off = Math.max(off, Math.abs(filter.value[0]! - (0.5 * i) / RATE));
  }
  expect(off).toBeLessThan(0.004);
});

test("the filter starts at the hand's position, also after the hand was lost", () => {
  const filter = new Filter();
  filter.update(Float64Array.of(1, 2, 3), 0);
  filter.reset();
  filter.update(Float64Array.of(5, 6, 7), 0.01);
  expect([...filter.value]).toEqual([5, 6, 7]);
});

test("the same time twice changes nothing", () => {
  const filter = new Filter();
  filter.update(Float64Array.of(1, 2, 3), 0);
  filter.update(Float64Array.of(9, 9, 9), 0);
  expect([...filter.value]).toEqual([1, 2, 3]);
});
