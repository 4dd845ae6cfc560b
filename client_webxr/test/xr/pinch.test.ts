import { expect, test } from "vitest";
import { CLOSES, OPENS, Pinch } from "../../src/xr/pinch";

test("a pinch begins near and ends far: in between it keeps its state", () => {
  const pinch = new Pinch();
  const between = (CLOSES + OPENS) / 2;
  const held = [0.08, between, 0.01, between, OPENS + 0.001, between].map((distance) => (pinch.update(distance), pinch.held));
  expect(held).toEqual([false, false, true, true, false, false]);
});

test("an unknown distance ends the pinch", () => {
  const pinch = new Pinch();
  pinch.update(0);
  pinch.update(NaN);
  expect(pinch.held).toBe(false);
});
