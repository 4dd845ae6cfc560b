import { expect, test } from "vitest";
import { Cloud } from "../../src/cloud/cloud";
import { pick, place } from "../../src/cloud/pick";

// x and y 0..100 to -1..1; cw grows with z, so a larger z is farther away.
const matrix = [0.02, 0, 0, 0, 0, 0.02, 0, 0, 0, 0, 0, 0.0001, -1, -1, 0, 1];
const size = { width: 200, height: 100 };

function cloud(points: number[][]): Cloud {
  const made = new Cloud();
  const row = Uint32Array.from(points, (_, i) => 10 + i);
  made.add({
    kind: "points",
    seq: 1,
    epoch: 1,
    chunk: 0,
    level: 0,
    last: true,
    position: Uint16Array.from(points.flat()),
    row,
  });
  return made;
}

test("a point is found where it is drawn", () => {
  expect(place(matrix, [50, 50, 0], 200, 100)).toEqual([100, 50]);
  expect(place(matrix, [100, 100, 0], 200, 100)).toEqual([200, 0]);
  expect(
    place(
      matrix.map((value) => -value),
      [50, 50, 0],
      200,
      100,
    ),
  ).toBeNull();
});

test("the nearest point within eight pixels is found", () => {
  const points = cloud([
    [50, 50, 0, 0],
    [53, 50, 0, 0],
  ]);
  expect(pick(points, matrix, { x: 96, y: 50, ...size }, new Set())?.row).toBe(10);
  expect(pick(points, matrix, { x: 110, y: 50, ...size }, new Set())?.row).toBe(11);
  expect(pick(points, matrix, { x: 100, y: 58.5, ...size }, new Set())).toBeNull();
});

test("of two touched points the front-most is found", () => {
  const points = cloud([
    [50, 50, 900, 0],
    [50, 50, 10, 0],
    [50, 50, 400, 0],
  ]);
  expect(pick(points, matrix, { x: 100, y: 50, ...size }, new Set())?.row).toBe(11);
});

test("of points at one place the last is found, but a selected one before all others", () => {
  const points = cloud([
    [50, 50, 0, 0],
    [50, 50, 0, 0],
    [50, 50, 0, 0],
  ]);
  expect(pick(points, matrix, { x: 100, y: 50, ...size }, new Set())?.row).toBe(12);
  points.chunks[0]!.flags[1] = 1;
  expect(pick(points, matrix, { x: 100, y: 50, ...size }, new Set())?.row).toBe(11);
});

test("points of hidden classes are not found", () => {
  const points = cloud([
    [50, 50, 0, 1],
    [52, 50, 0, 0],
  ]);
  expect(pick(points, matrix, { x: 100, y: 50, ...size }, new Set([1]))?.row).toBe(11);
});
