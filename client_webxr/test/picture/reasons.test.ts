import { expect, test } from "vitest";
import { Reasons, Slowness } from "../../src/picture/reasons";

test("the first reason is shown; when it ends, the next", () => {
  const reasons = new Reasons();
  expect(reasons.first).toBeNull();
  reasons.set("chosen", "by choice");
  reasons.set("lost", "lost");
  expect(reasons.first).toEqual({ reason: "lost", line: "lost" });
  reasons.set("lost", null);
  expect(reasons.first?.reason).toBe("chosen");
  reasons.set("chosen", null);
  expect(reasons.first).toBeNull();
});

function after(...times: number[]): (number | null)[] {
  const slowness = new Slowness();
  return times.map((each) => slowness.took(each));
}

test("pictures are too slow by the median of several", () => {
  expect(after(...Array<number>(12).fill(400)).at(-1)).toBe(400);
  expect(after(...Array<number>(11).fill(400)).every((each) => each === null)).toBe(true);
});

test("fast pictures are kept, and one slow picture has no effect", () => {
  expect(after(...Array<number>(60).fill(40)).every((each) => each === null)).toBe(true);
  const stalled = [2000, ...Array<number>(11).fill(40), 2000, ...Array<number>(11).fill(40)];
  expect(after(...stalled).every((each) => each === null)).toBe(true);
});
