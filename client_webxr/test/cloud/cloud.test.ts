import { beforeEach, expect, test } from "vitest";
import { Cloud, total } from "../../src/cloud/cloud";
import { SELECTED, slotBit } from "../../src/cloud/flags";
import { scene } from "../messages";
import { points } from "./points";

let cloud: Cloud;

beforeEach(() => {
  cloud = new Cloud();
  cloud.add(points(0, 100, 3));
  cloud.add(points(1, 200, 10));
});

test("chunks follow each other, each taken once", () => {
  expect(cloud.size).toBe(13);
  expect(cloud.chunks.map((chunk) => chunk.start)).toEqual([0, 3]);
  expect(cloud.add(points(1, 900, 10))).toBeNull();
  expect(cloud.size).toBe(13);
  expect(cloud.level).toBe(1);
});

test("dropped chunks make room, and the chunks after them move up", () => {
  cloud.add(points(2, 300, 4));
  cloud.chunks[2]!.flags[1] = SELECTED;
  const moved = cloud.drop([1, 99]);
  expect(moved.map((chunk) => [chunk.index, chunk.start])).toEqual([[2, 3]]);
  expect(cloud.size).toBe(7);
  expect(cloud.selectedRows()).toEqual([301]);
  expect(cloud.find(201)).toBeNull();
  expect(cloud.drop([99])).toEqual([]);
  expect(cloud.add(points(1, 200, 10))?.start).toBe(7); // it may come again
});

test("the cloud is complete at the last frame, or with the granted number of points", () => {
  expect(cloud.complete).toBe(false);
  cloud.promised = 13;
  expect(cloud.complete).toBe(true);
  cloud.promised = 12;
  expect(cloud.complete).toBe(false);
  cloud.reset();
  cloud.add({ ...points(0, 1, 2), last: true });
  expect(cloud.complete).toBe(true);
});

test("a row is found with its four integers", () => {
  expect(Array.from(cloud.find(201)!)).toEqual([4, 5, 6, 1]);
  expect(cloud.find(103)).toBeNull();
});

test("selected points are counted by class, and listed by slot", () => {
  const { flags } = cloud.chunks[1]!;
  flags.set([SELECTED, SELECTED | slotBit(3), SELECTED, slotBit(3)]);
  expect(cloud.tally(2)).toEqual([2, 1]);
  expect(cloud.selectedRows()).toEqual([200, 201, 202]);
  expect(cloud.selectedRows(3)).toEqual([201, 203]);
});

test("a mask finds its chunk, unless that was dropped", () => {
  const mask = { kind: "mask", seq: 1, epoch: 1, chunk: 1, points: 10, slot: 0, version: 1, bits: new Uint8Array(2) } as const;
  expect(cloud.masked(mask)).toBe(cloud.chunks[1]);
  expect(cloud.masked({ ...mask, chunk: 7 })).toBeNull();
  expect(() => cloud.masked({ ...mask, points: 9 })).toThrow("expected a mask of 10 points for chunk 1, got 9");
  expect(() => cloud.masked({ ...mask, bits: new Uint8Array(1) })).toThrow("expected a mask of 10 points");
});

test("the points of a scene are those of all its levels", () => {
  expect(total(scene({ levels: [10, 20, 30] }))).toBe(60);
});
