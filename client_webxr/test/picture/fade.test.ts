import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Fade } from "../../src/picture/fade";

let now = 0;
beforeEach(() => {
  now = 1000;
  vi.spyOn(performance, "now").mockImplementation(() => now);
});
afterEach(() => vi.restoreAllMocks());

test("points that arrive during a fade join it", () => {
  const fade = new Fade(false);
  fade.begin(100);
  expect(fade.step(1060)).toBe(true);
  expect([fade.first, fade.share]).toEqual([100, 0.5]);
  now = 1060;
  fade.begin(200);
  expect([fade.first, fade.share]).toEqual([100, 0.5]);
  expect(fade.step(1120)).toBe(false);
  expect(fade.share).toBe(1);
  fade.begin(300);
  expect([fade.first, fade.share]).toEqual([300, 0]);
});

test("a fade that has ended stays complete", () => {
  const fade = new Fade(false);
  fade.begin(100);
  fade.end();
  expect(fade.step(1001)).toBe(false);
  expect(fade.share).toBe(1);
});

test("nothing fades with reduced motion", () => {
  const fade = new Fade(true);
  fade.begin(100);
  expect([fade.step(1001), fade.share]).toEqual([false, 1]);
});
