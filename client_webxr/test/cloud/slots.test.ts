import { beforeEach, expect, test } from "vitest";
import { Cloud } from "../../src/cloud/cloud";
import { combine } from "../../src/cloud/flags";
import { Selection } from "../../src/cloud/selection";
import { Slots } from "../../src/cloud/slots";
import type { MaskFrame } from "../../src/wire/frames";
import type { Named, Selections } from "../../src/wire/protocol.gen";

let cloud: Cloud;
let slots: Slots;

function named(name: string, slot: number): Named {
  return { name, count: 2, colour: "#56b4e9", slot };
}

function list(version: number, ...items: Named[]): Selections {
  return { type: "selections", version, items };
}

function mask(slot: number, version: number, bits: number): MaskFrame {
  return { kind: "mask", seq: 1, epoch: 1, chunk: 0, points: 4, slot, version, bits: Uint8Array.of(bits) };
}

beforeEach(() => {
  cloud = new Cloud();
  slots = new Slots(cloud);
  const [position, row] = [new Uint16Array(16), Uint32Array.of(10, 11, 12, 13)];
  cloud.add({ kind: "points", seq: 1, epoch: 1, chunk: 0, level: 0, last: true, position, row });
});

test("the mask of a slot sets the flag of that slot only", () => {
  const selection = new Selection(cloud);
  slots.hear(list(3, named("left", 1), named("right", 2)));
  slots.mask(mask(1, 3, 0b0011));
  slots.mask(mask(2, 3, 0b0110));
  combine(cloud.chunks[0]!.flags, Uint8Array.of(0, 0, 1, 1), "replace");
  expect(cloud.selectedRows(1)).toEqual([10, 11]);
  expect(cloud.selectedRows(2)).toEqual([11, 12]);
  expect(cloud.selectedRows()).toEqual([12, 13]);
  combine(cloud.chunks[0]!.flags, Uint8Array.of(0, 0, 0, 1), "intersect");
  expect(cloud.selectedRows()).toEqual([13]);
  selection.guessNothing();
  expect(cloud.selectedRows()).toEqual([]);
  expect(cloud.selectedRows(2)).toEqual([11, 12]);
});

test("a mask of the slot's former owner is dropped", () => {
  slots.hear(list(3, named("left", 1)));
  slots.mask(mask(1, 3, 0b0011));
  expect(slots.hear(list(4, named("left", 0), named("right", 1)))).toBe(true);
  expect(cloud.selectedRows(1)).toEqual([]);
  expect(slots.mask(mask(1, 3, 0b0011))).toBeNull();
  expect(slots.mask(mask(1, 4, 0b1000))).not.toBeNull();
  expect(cloud.selectedRows(1)).toEqual([13]);
});

test("an owner keeps its points when another comes or goes", () => {
  slots.hear(list(3, named("left", 1)));
  slots.mask(mask(1, 3, 0b0011));
  expect(slots.hear(list(5, named("left", 1), named("right", 2)))).toBe(false);
  expect(cloud.selectedRows(1)).toEqual([10, 11]);
  expect(slots.colours.filter((colour) => colour !== null).length).toBe(2);
});

test("a mask of an empty slot is dropped, and one of the wrong size is an error", () => {
  expect(slots.mask(mask(3, 9, 0b1))).toBeNull();
  slots.hear(list(3, named("left", 3)));
  expect(() => slots.mask({ ...mask(3, 3, 0b1), points: 5 })).toThrow("expected a mask of 4 points");
});
