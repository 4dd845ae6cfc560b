import { Frustum, Matrix4, PerspectiveCamera } from "three";
import { expect, test } from "vitest";
import { measure, meets } from "../../src/xr/culling";

const camera = new PerspectiveCamera(90, 1, 0.1, 100);
const frustum = new Frustum().setFromProjectionMatrix(new Matrix4().copy(camera.projectionMatrix));

test("the bounding box of a chunk is tight", () => {
  const position = Uint16Array.from([5, 60, 7, 0, 2, 80, 9, 1]);
  expect([...measure({ position, size: 2 })]).toEqual([2, 60, 7, 5, 80, 9]);
});

test("a box in the view is visible, one behind the eye or outside the view is not", () => {
  const box = (x: number, z: number) => Float64Array.of(x - 1, -1, z - 1, x + 1, 1, z + 1);
  expect(meets(frustum, box(0, -10))).toBe(true);
  expect(meets(frustum, box(10.5, -10))).toBe(true); // its edge reaches in
  expect(meets(frustum, box(0, 10))).toBe(false);
  expect(meets(frustum, box(30, -10))).toBe(false);
});
