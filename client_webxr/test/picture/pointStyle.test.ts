import { expect, test } from "vitest";
import { pointStyle, pointStyleFrom } from "../../src/picture/pointStyle";

test("few points are large with a rim, many are smaller, and never below a share", () => {
  const sizes = [1000, 24_000, 100_000, 10_000_000, 100_000_000].map((points) => pointStyle(points, 1, 3).scale);
  expect(sizes[0]).toBe(sizes[1]);
  expect(sizes[2]).toBeLessThan(sizes[1]!);
  expect(sizes[3]).toBe(sizes[4]);
  expect(sizes[4]! / sizes[0]!).toBeCloseTo(0.45);
});

test("the rim vanishes when no point is larger than two pixels", () => {
  expect(pointStyle(1000, 1, 3).rim).toBe(1);
  expect(pointStyle(1000, 9, 12).rim).toBe(0);
  const between = pointStyle(1000, 8, 12).rim;
  expect(between).toBeGreaterThan(0);
  expect(between).toBeLessThan(1);
});

test("fog reaches from the near face of the cube to beyond the far one, also from inside", () => {
  expect(pointStyleFrom(5, 1000)).toMatchObject({ near: 4, far: 7 });
  expect(pointStyleFrom(0.5, 1000)).toMatchObject({ near: 0, far: 2.5 });
});
