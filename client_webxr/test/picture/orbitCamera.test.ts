import { Vector3 } from "three";
import { beforeEach, expect, test } from "vitest";
import { OrbitCamera } from "../../src/picture/orbitCamera";
import { byId, openPage } from "../dom";

let orbit: OrbitCamera;

beforeEach(() => {
  openPage();
  orbit = new OrbitCamera(byId("picture") as unknown as HTMLElement);
});

/** The corners of the cube on the screen, in normalised device coordinates. */
function corners(): Vector3[] {
  orbit.camera.updateMatrixWorld();
  return [-1, 1].flatMap((x) => [-1, 1].flatMap((y) => [-1, 1].map((z) => new Vector3(x, y, z).project(orbit.camera))));
}

test("home shows the whole cube, also in a narrow or covered picture", () => {
  const fits = () => corners().every(({ x, y }) => Math.abs(x) < 1 && Math.abs(y) < 1);
  expect(fits()).toBe(true);
  orbit.cover(500); // 300 pixels are free at the left
  expect(fits()).toBe(false);
  orbit.home();
  expect(corners().every(({ x }) => x > -1 && x < -1 + (2 * 300) / 800)).toBe(true);
});

test("the cloud's middle is the middle of the free part", () => {
  orbit.cover(200);
  orbit.camera.updateMatrixWorld();
  const { x, y } = new Vector3().project(orbit.camera);
  expect(((x + 1) / 2) * 800).toBeCloseTo(300);
  expect(y).toBeCloseTo(0);
});

test("the matrix takes drawn integers to clip space", () => {
  orbit.model.makeScale(2 / 65535, 2 / 65535, 2 / 65535).setPosition(-1, -1, -1);
  const m = orbit.matrix();
  const point = [65535, 0, 32768];
  const clip = (row: number) => m[row]! * point[0]! + m[row + 4]! * point[1]! + m[row + 8]! * point[2]! + m[row + 12]!;
  const wanted = new Vector3(1, -1, 0).project(orbit.camera);
  expect(clip(0) / clip(3)).toBeCloseTo(wanted.x, 3);
  expect(clip(1) / clip(3)).toBeCloseTo(wanted.y, 3);
});

test("two axes are seen from the front, and a camera that was moved stays when the number of axes does", () => {
  orbit.lay(2);
  const { x, y, z } = orbit.camera.position;
  expect([Math.abs(x) < 1e-6, Math.abs(y) < 1e-6, z > 0]).toEqual([true, true, true]);
  orbit.camera.position.set(1, 2, 3);
  orbit.lay(1);
  expect(orbit.camera.position.toArray()).toEqual([1, 2, 3]);
});

test("movements and sizes are reported", () => {
  const heard: string[] = [];
  orbit.onMove(() => heard.push("move"));
  orbit.onResize(() => heard.push("resize"));
  orbit.controls.dispatchEvent({ type: "change" });
  orbit.cover(10);
  expect(heard).toEqual(["move", "resize"]);
});
