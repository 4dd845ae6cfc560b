import { describe, expect, test } from "vitest";
import { begin } from "../../src/input/shapes";

describe("a box", () => {
  test("has four corners, for every direction of drawing", () => {
    const shape = begin("box", [90, 80], 0, 200, 100);
    shape.extend([50, 10]);
    shape.extend([40, 20]);
    expect(shape.polygon()).toEqual([
      [90, 80],
      [40, 80],
      [40, 20],
      [90, 20],
    ]);
  });

  test("of no area was a click", () => {
    const shape = begin("box", [90, 80], 0, 200, 100);
    shape.extend([40, 82]);
    expect(shape.polygon()).toEqual([]);
  });
});

describe("a lasso", () => {
  test("keeps the corners of the line and drops the points between them", () => {
    const shape = begin("lasso", [0, 0], 0, 200, 100);
    for (let x = 1; x <= 50; x++) shape.extend([x, 0]);
    for (let y = 1; y <= 50; y++) shape.extend([50, y]);
    expect(shape.polygon()).toEqual([
      [0, 0],
      [50, 0],
      [50, 50],
    ]);
    expect(shape.outline().closing).toBe("M50,50L0,0");
  });

  test("that went nowhere was a click", () => {
    const shape = begin("lasso", [10, 10], 0, 200, 100);
    shape.extend([11, 12]);
    shape.extend([12, 10]);
    expect(shape.polygon()).toEqual([]);
  });
});

test("a brush selects with its first touch, and shows what it sends", () => {
  const shape = begin("brush", [100, 50], 10, 200, 100);
  expect(shape.polygon().length).toBeGreaterThan(20);
  expect(shape.outline().area).toContain("Z");
});
