import { describe, expect, test } from "vitest";
import { linear, nearest, ticks, tickText } from "../../src/picture/scales";

test("a linear scale may be inverted or of no extent", () => {
  const x = linear(1, 1000, 34, 334);
  expect([x(1), x(1000)]).toEqual([34, 334]);
  expect(x(500.5)).toBeCloseTo(184, 9);
  expect(linear(-10, 10, 200, 0)(5)).toBe(50);
  expect(linear(3, 3, 0, 100)(3)).toBe(0);
});

describe("ticks", () => {
  test.each([
    [-12.5, 6.2, 5, [-10, -5, 0, 5]],
    [-4.9, 4.9, 4, [-4, -2, 0, 2, 4]],
    [0, 1000, 5, [0, 200, 400, 600, 800, 1000]],
    [0, 7919, 5, [0, 2000, 4000, 6000]],
    [-0.31, 0.29, 5, [-0.3, -0.2, -0.1, 0, 0.1, 0.2]],
    [1e6, 3e6, 4, [1e6, 1.5e6, 2e6, 2.5e6, 3e6]],
  ])("%f to %f, about %i", (low, high, wanted, expected) => {
    const found = ticks(low, high, wanted);
    expect(found.length).toBe(expected.length);
    found.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 9));
  });

  test("zero is zero, never minus zero or a remainder", () => {
    expect(ticks(-1, 1, 4).some((value) => Object.is(value, 0))).toBe(true);
  });

  test("a range of no extent has one tick", () => {
    expect(ticks(5, 5, 4)).toEqual([5]);
    expect(ticks(NaN, 1, 4)).toEqual([NaN]);
  });
});

test("texts of ticks have the digits of their step and a true minus", () => {
  expect(tickText(-2, 2)).toBe("−2");
  expect(tickText(0.5, 0.5)).toBe("0.5");
  expect(tickText(0, 0.05)).toBe("0.00");
  expect(tickText(6000, 2000)).toBe("6,000");
});

test("the nearest of ascending values", () => {
  const primes = [2, 3, 5, 7, 11];
  expect([-5, 2.4, 2.6, 4, 9.5, 99].map((value) => primes[nearest(primes, value)])).toEqual([2, 2, 3, 3, 11, 11]);
});
