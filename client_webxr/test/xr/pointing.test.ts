import { Matrix4, Vector3 } from "three";
import { expect, test } from "vitest";
import { Cloud } from "../../src/cloud/cloud";
import { Pointing, STEP } from "../../src/xr/pointing";

/** A cloud of points x, y, z, class, whose rows count from 100. */
function cloud(...points: number[][]): Cloud {
  const made = new Cloud();
  const row = Uint32Array.from(points, (_, i) => 100 + i);
  made.add({ kind: "points", seq: 1, epoch: 1, chunk: 0, level: 0, last: true, position: Uint16Array.from(points.flat()), row });
  return made;
}

const RAY = new Matrix4().lookAt(new Vector3(0, 0, 0), new Vector3(100, 100, -1000), new Vector3(0, 1, 0));
// The integers are metres here, but the third axis runs away from the viewer.
const PLACE = new Matrix4().makeScale(1, 1, -1);

test("the point nearest to the ray by angle is found, others beyond reach are not", () => {
  const pointing = new Pointing(cloud([100, 100, 1000, 0], [101, 100, 1000, 0], [130, 100, 1000, 0]));
  expect(pointing.search(RAY, PLACE, new Set())).toBe(true);
  expect(pointing.found?.row).toBe(100);
  const away = new Pointing(cloud([130, 130, 1000, 0]));
  away.search(RAY, PLACE, new Set());
  expect(away.found).toBeNull();
});

test("points of hidden classes are not found", () => {
  const pointing = new Pointing(cloud([100, 100, 1000, 2]));
  pointing.search(RAY, PLACE, new Set([2]));
  expect(pointing.found).toBeNull();
});

test("a search over many points takes several frames, and the answer comes at the end", () => {
  const points = Array.from({ length: 4 * STEP + 10 }, () => [0, 500, 900, 0]);
  points[4 * STEP + 5] = [100, 100, 1000, 0];
  let now = 0;
  const pointing = new Pointing(cloud(...points), () => (now += 0.2)); // two steps fit into a frame's share
  const looks = [1, 2, 3].map(() => pointing.search(RAY, PLACE, new Set()));
  expect(looks).toEqual([false, false, true]);
  expect(pointing.found?.row).toBe(100 + 4 * STEP + 5);
});
