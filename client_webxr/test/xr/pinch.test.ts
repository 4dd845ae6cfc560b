import { expect, test } from "vitest";
import { CLOSES, OPENS, Pinch } from "../../src/xr/pinch";

test("a pinch closes near and opens far: in between it stays what it was", () => {
  const pinch = new Pinch();
  const between = (CLOSES + OPENS) / 2;
  const held = [0.08, between, 0.01, between, OPENS + 0.001, between].map((distance) => (pinch.update(distance), pinch.held));
  expect(held).toEqual([false, false, true, true, false, false]);
});

test("a distance that is not known opens it", () => {
  const pinch = new Pinch();
  pinch.update(0);
  pinch.update(NaN);
  expect(pinch.held).toBe(false);
});
