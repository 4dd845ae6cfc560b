import { expect, test } from "vitest";
import { CLASS_BITS, combine, slotBit, surfaceOf, unpack, wipe } from "../../src/cloud/flags";

test("a fourth integer holds a class, and for a contour a surface", () => {
  const word = (1 << 8) | 5;
  expect([word & CLASS_BITS, surfaceOf(word)]).toEqual([5, 1]);
});

test("each operation combines hits with the selection, and keeps the other flags", () => {
  const after = (operation: "replace" | "add" | "subtract" | "intersect") => {
    const flags = Uint8Array.of(0, 0, 1, 1).map((flag) => flag | slotBit(4));
    combine(flags, Uint8Array.of(0, 1, 0, 1), operation);
    expect(flags.every((flag) => flag & slotBit(4))).toBe(true);
    return Array.from(flags, (flag) => flag & 1);
  };
  expect(after("replace")).toEqual([0, 1, 0, 1]);
  expect(after("add")).toEqual([0, 1, 1, 1]);
  expect(after("subtract")).toEqual([0, 0, 1, 0]);
  expect(after("intersect")).toEqual([0, 0, 0, 1]);
});

test("a mask sets one flag, lowest bit first, and reports a change", () => {
  const flags = new Uint8Array(10).fill(slotBit(1));
  expect(unpack(flags, Uint8Array.of(0b00000101, 0b10))).toBe(true);
  expect(Array.from(flags, (flag) => flag & 1)).toEqual([1, 0, 1, 0, 0, 0, 0, 0, 0, 1]);
  expect(unpack(flags, Uint8Array.of(0b00000101, 0b10))).toBe(false);
  expect(flags.every((flag) => flag & slotBit(1))).toBe(true);
});

test("clearing a flag keeps the others, and reports whether any point had it", () => {
  const flags = Uint8Array.of(slotBit(2) | 1, 1);
  expect(wipe(flags, 2)).toBe(true);
  expect(Array.from(flags)).toEqual([1, 1]);
  expect(wipe(flags, 2)).toBe(false);
});
