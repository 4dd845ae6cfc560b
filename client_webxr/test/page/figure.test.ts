import { expect, test } from "vitest";
import type { Series } from "../../src/wire/frames";
import { chance, dots, errors, extent, polyline } from "../../src/page/figure";
import { linear } from "../../src/picture/scales";

function series(mean: number[], stderr: number[], count = 9): Series {
  const prime = Int32Array.of(2, 3, 5).subarray(0, mean.length);
  const counts = new Float64Array(mean.length).fill(count);
  return { index: -1, at: prime, mean: Float64Array.from(mean), stderr: Float64Array.from(stderr), count, counts };
}

const at = (i: number) => 10 * i;
const y = linear(-10, 10, 200, 0);

test("a dot for every prime", () => {
  expect(dots(Float64Array.of(0, 10, -10), at, y)).toBe("M0.0,100.0h0M10.0,0.0h0M20.0,200.0h0");
});

test("a line through all means", () => {
  expect(polyline(Float64Array.of(0, 10), at, y)).toBe("M0.0,100.0L10.0,0.0");
});

test("error bars are two standard errors on both sides; an unknown error has no extent", () => {
  expect(errors(Float64Array.of(0, 5), Float64Array.of(1, NaN), at, y)).toBe("M0.0,120.0V80.0M10.0,50.0V50.0");
});

test("the range holds every mean and zero", () => {
  expect(extent([series([3, 8, 5], [1, 1, 1]), null])).toEqual([-0.32, 8.32]);
  const [low, high] = extent([series([-3], [1]), series([2], [1])]);
  expect(low).toBeLessThan(-3);
  expect(high).toBeGreaterThan(2);
  expect(extent([])).toEqual([-1, 1]);
});

test("the band of chance is the spread of the means of all subsets", () => {
  const values = [1, -3, 4, 0, 7];
  const variance = (of: number[], less: number) => {
    const middle = of.reduce((sum, v) => sum + v, 0) / of.length;
    return of.reduce((sum, v) => sum + (v - middle) ** 2, 0) / (of.length - less);
  };
  const pairs = values.flatMap((a, i) => values.slice(i + 1).map((b) => (a + b) / 2));
  const cloud = series([1.8], [Math.sqrt(variance(values, 1) / values.length)], values.length);
  expect(chance(cloud, series([0], [0], 2))[0]).toBeCloseTo(Math.sqrt(variance(pairs, 0)), 12);
  expect(chance(cloud, series([1.8], [0], 5))[0]).toBe(0);
  expect(chance(cloud, series([0], [0], 0))[0]).toBeNaN();
});
