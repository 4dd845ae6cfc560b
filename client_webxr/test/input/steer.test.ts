import { PerspectiveCamera, Vector3 } from "three";
import { expect, test } from "vitest";
import { orbitBy, panBy, zoomBy } from "../../src/input/steer";
import type { OrbitCamera } from "../../src/picture/orbitCamera";

/** As much of a viewpoint as steering needs. */
function orbit(): OrbitCamera {
  const camera = new PerspectiveCamera();
  camera.position.set(0, 0, 4);
  const target = new Vector3();
  const controls = { target, minDistance: 1, maxDistance: 10, update: () => camera.lookAt(target) };
  return { camera, controls } as unknown as OrbitCamera;
}

test("turning keeps the distance and stops short of the poles", () => {
  const one = orbit();
  orbitBy(one, 3, 0);
  expect(one.camera.position.x).toBeGreaterThan(0);
  for (let i = 0; i < 100; i++) orbitBy(one, 0, 1);
  expect(one.camera.position.length()).toBeCloseTo(4);
  expect(one.camera.position.y).toBeLessThan(4);
  expect(one.camera.position.y).toBeGreaterThan(3.9);
});

test("zooming ends at the limits of the controls", () => {
  const one = orbit();
  zoomBy(one, 1);
  expect(one.camera.position.length()).toBeCloseTo(3.4);
  zoomBy(one, 100);
  expect(one.camera.position.length()).toBeCloseTo(1);
  zoomBy(one, -100);
  expect(one.camera.position.length()).toBeCloseTo(10);
});

test("panning moves the camera and its target alike", () => {
  const one = orbit();
  panBy(one, 1, 0);
  expect(one.controls.target.x).toBeCloseTo(0.32);
  expect(one.camera.position.clone().sub(one.controls.target).length()).toBeCloseTo(4);
});
