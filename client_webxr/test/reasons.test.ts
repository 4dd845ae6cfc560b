import { expect, test } from "vitest";
import { Reasons, Slowness } from "../src/reasons";

test("the first reason that holds is said; when it goes, the next", () => {
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

const SWIFT = "ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (Subzero)), SwiftShader driver)";

function after(renderer: string, ...times: number[]): (number | null)[] {
  const slowness = new Slowness(renderer);
  return times.map((each) => slowness.took(each));
}

test("too slow is what was measured to be, over some pictures, where no graphics card draws", () => {
  expect(after(SWIFT, ...Array<number>(12).fill(400)).at(-1)).toBe(400);
  expect(after("llvmpipe (LLVM 15.0.7, 256 bits)", ...Array<number>(12).fill(300)).at(-1)).toBe(300);
  expect(after(SWIFT, ...Array<number>(11).fill(400)).every((each) => each === null)).toBe(true);
});

test("a software renderer that is fast enough stays, and one slow picture says nothing", () => {
  expect(after(SWIFT, ...Array<number>(60).fill(40)).every((each) => each === null)).toBe(true);
  const stalled = [2000, ...Array<number>(11).fill(40), 2000, ...Array<number>(11).fill(40)];
  expect(after(SWIFT, ...stalled).every((each) => each === null)).toBe(true);
});

test("a graphics card that is busy is not given up", () => {
  const card = "ANGLE (NVIDIA Corporation, NVIDIA GeForce RTX 4090/PCIe/SSE2, OpenGL 4.5.0)";
  expect(after(card, ...Array<number>(60).fill(900)).every((each) => each === null)).toBe(true);
});
