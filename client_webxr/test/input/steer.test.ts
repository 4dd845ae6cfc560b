import { PerspectiveCamera, Vector3 } from "three";
import { expect, test } from "vitest";
import { orbit, pan, zoom } from "../../src/input/steer";
import type { Viewpoint } from "../../src/picture/orbitCamera";

/** As much of a viewpoint as steering needs. */
function viewpoint(): Viewpoint {
  const camera = new PerspectiveCamera();
  camera.position.set(0, 0, 4);
  const target = new Vector3();
  const controls = { target, minDistance: 1, maxDistance: 10, update: () => camera.lookAt(target) };
  return { camera, controls } as unknown as Viewpoint;
}

test("turning keeps the distance and stops short of the poles", () => {
  const one = viewpoint();
  orbit(one, 3, 0);
  expect(one.camera.position.x).toBeGreaterThan(0);
  for (let i = 0; i < 100; i++) orbit(one, 0, 1);
  expect(one.camera.position.length()).toBeCloseTo(4);
  expect(one.camera.position.y).toBeLessThan(4);
  expect(one.camera.position.y).toBeGreaterThan(3.9);
});

test("zooming ends at the limits of the controls", () => {
  const one = viewpoint();
  zoom(one, 1);
  expect(one.camera.position.length()).toBeCloseTo(3.4);
  zoom(one, 100);
  expect(one.camera.position.length()).toBeCloseTo(1);
  zoom(one, -100);
  expect(one.camera.position.length()).toBeCloseTo(10);
});

test("panning moves the eye and what it looks at alike", () => {
  const one = viewpoint();
  pan(one, 1, 0);
  expect(one.controls.target.x).toBeCloseTo(0.32);
  expect(one.camera.position.clone().sub(one.controls.target).length()).toBeCloseTo(4);
});
