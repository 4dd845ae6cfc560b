import { beforeEach, expect, test } from "vitest";
import { Cloud, type Chunk } from "../../src/cloud/cloud";
import { Guess } from "../../src/cloud/guess";
import type { Inside } from "../../src/cloud/polygon";

/** Points with an odd x are inside. */
const odd: Inside = (position) => Uint8Array.from({ length: position.length >> 2 }, (_, i) => position[4 * i]! & 1);

let cloud: Cloud;

beforeEach(() => {
  cloud = new Cloud();
  for (const [chunk, size] of [5, 3, 8].entries()) {
    const position = Uint16Array.from({ length: 4 * size }, (_, i) => (i % 4 === 0 ? i >> 2 : 0));
    const row = Uint32Array.from({ length: size }, (_, i) => 100 * chunk + i);
    cloud.add({ kind: "points", seq: 1, epoch: 1, chunk, level: chunk, last: false, position, row });
  }
});

const indices = (chunks: readonly Chunk[]) => chunks.map((chunk) => chunk.index);

test("a guess in parts equals a guess at once", () => {
  const guess = new Guess(cloud.chunks, odd, "replace");
  expect(indices(guess.go(4))).toEqual([0]);
  expect(cloud.selectedRows()).toEqual([1, 3]);
  expect(indices(guess.go(6))).toEqual([0, 1, 2]);
  expect(cloud.selectedRows()).toEqual([1, 3, 101, 201]);
  expect([guess.done, guess.hits]).toEqual([false, 4]);
  expect(indices(guess.go(6))).toEqual([2]);
  expect(cloud.selectedRows()).toEqual([1, 3, 101, 201, 203, 205, 207]);
  expect([guess.done, guess.hits]).toEqual([true, 7]);
  expect(guess.go(6)).toEqual([]);
});

test("points that are not tested yet keep their flags", () => {
  for (const { flags } of cloud.chunks) flags.fill(1);
  const guess = new Guess(cloud.chunks, odd, "subtract");
  guess.go(5);
  expect(cloud.selectedRows()).toEqual([0, 2, 4, 100, 101, 102, 200, 201, 202, 203, 204, 205, 206, 207]);
  guess.go(Infinity);
  expect(cloud.selectedRows()).toEqual([0, 2, 4, 100, 102, 200, 202, 204, 206]);
});

test("chunks that arrive or are dropped during a guess do not disturb it", () => {
  const guess = new Guess(cloud.chunks, odd, "replace");
  guess.go(6);
  cloud.drop([0]);
  guess.go(Infinity);
  expect(cloud.selectedRows()).toEqual([101, 201, 203, 205, 207]);
});
