import { beforeEach, describe, expect, test } from "vitest";
import { Cloud } from "../../src/cloud/cloud";
import { combine } from "../../src/cloud/flags";
import { Selection } from "../../src/cloud/selection";
import type { MaskFrame } from "../../src/wire/frames";
import type { Selected } from "../../src/wire/protocol.gen";
import { points } from "./points";

let cloud: Cloud;
let selection: Selection;

function mask(chunk: number, version: number, flags: number[]): MaskFrame {
  const bits = new Uint8Array(Math.ceil(flags.length / 8));
  flags.forEach((flag, i) => (bits[i >> 3]! |= flag << (i & 7)));
  return { kind: "mask", seq: 1, epoch: 1, chunk, points: flags.length, slot: 0, version, bits };
}

function selected(id: number, version: number, count: number): Selected {
  return { type: "selected", id, version, count, counts: [count, 0], milliseconds: 1, undo: "", redo: "" };
}

beforeEach(() => {
  cloud = new Cloud();
  selection = new Selection(cloud);
  cloud.add(points(0, 100, 3));
  cloud.add(points(1, 200, 10));
});

describe("masks", () => {
  test("of the newest version are shown, and counted by class", () => {
    selection.hear(selected(0, 4, 5));
    expect(selection.settled).toBe(false);
    expect(selection.mask(mask(0, 4, [1, 0, 1]))?.index).toBe(0);
    selection.mask(mask(1, 4, [0, 1, 0, 0, 0, 0, 0, 0, 1, 1]));
    expect(cloud.selectedRows()).toEqual([100, 102, 201, 208, 209]);
    expect(cloud.tally(2)).toEqual([3, 2]);
    expect(selection.settled).toBe(true);
  });

  test("of another version are not shown", () => {
    selection.hear(selected(0, 4, 5));
    expect(selection.mask(mask(0, 3, [1, 1, 1]))).toBeNull();
    expect(selection.mask(mask(0, 5, [1, 1, 1]))).toBeNull();
    expect(cloud.selectedRows()).toEqual([]);
  });

  test("that do not fit their chunk are an error", () => {
    selection.hear(selected(0, 4, 5));
    expect(() => selection.mask(mask(0, 4, [1, 0, 1, 1]))).toThrow("expected a mask of 3 points for chunk 0, got 4");
  });

  test("a selection of nothing needs none", () => {
    selection.hear(selected(0, 4, 2));
    selection.mask(mask(0, 4, [1, 0, 1]));
    expect(selection.hear(selected(0, 5, 0))).toBe(true);
    expect(cloud.selectedRows()).toEqual([]);
    expect(selection.settled).toBe(true);
  });

  test("an older count does not replace a newer one", () => {
    selection.hear(selected(0, 4, 2));
    expect(selection.hear(selected(0, 3, 9))).toBe(false);
    expect(selection.word.count).toBe(2);
  });
});

describe("a stroke", () => {
  const [first, second] = [() => cloud.chunks[0]!, () => cloud.chunks[1]!];

  test("is shown at once, then replaced by the server's answer without a state between", () => {
    const id = selection.request();
    combine(first().flags, Uint8Array.of(1, 1, 0), "replace");
    expect(cloud.selectedRows()).toEqual([100, 101]);
    selection.hear(selected(id, 1, 1));
    expect(cloud.selectedRows()).toEqual([100, 101]); // until the mask is here
    selection.mask(mask(0, 1, [0, 1, 0]));
    expect(cloud.selectedRows()).toEqual([101]);
  });

  test("that was guessed right changes nothing more: the answer needs no new picture", () => {
    const id = selection.request();
    combine(first().flags, Uint8Array.of(0, 1, 0), "replace");
    expect(selection.hear(selected(id, 1, 1))).toBe(false);
    expect(selection.mask(mask(0, 1, [0, 1, 0]))).toBeNull();
    expect(selection.mask(mask(1, 1, [0, 0, 0, 0, 0, 0, 0, 0, 0, 1]))).toBe(second()); // here the guess was wrong
    expect([cloud.selectedRows(), selection.settled]).toEqual([[101, 209], true]);
    expect(selection.hear(selected(0, 2, 0))).toBe(true);
    expect(selection.hear(selected(0, 3, 0))).toBe(false);
  });

  test("does not fall back to the answer to an earlier one", () => {
    const earlier = selection.request();
    combine(first().flags, Uint8Array.of(1, 0, 0), "replace");
    selection.request();
    combine(second().flags, Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0, 0), "add");
    selection.hear(selected(earlier, 1, 1));
    selection.mask(mask(0, 1, [1, 0, 0]));
    expect(selection.mask(mask(1, 1, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]))).toBeNull();
    expect(cloud.selectedRows()).toEqual([100, 200]);
    expect(selection.settled).toBe(false);
  });

  test("that is refused gives way to the server's selection", () => {
    selection.hear(selected(0, 7, 1));
    selection.mask(mask(0, 7, [0, 0, 1]));
    selection.mask(mask(1, 7, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
    const id = selection.request();
    combine(first().flags, Uint8Array.of(1, 1, 1), "replace");
    expect(selection.refuse(id + 1)).toBe(false);
    expect(selection.refuse(id)).toBe(true);
    expect(cloud.selectedRows()).toEqual([102]);
    expect(selection.settled).toBe(true);
  });

  test("masks that came while it was waiting are not lost", () => {
    const id = selection.request();
    selection.guessNothing();
    selection.hear(selected(0, 2, 1)); // someone else's
    selection.mask(mask(0, 2, [1, 0, 0]));
    expect(cloud.selectedRows()).toEqual([]);
    selection.refuse(id);
    expect(cloud.selectedRows()).toEqual([100]);
  });
});
