// Moving the camera by keys: the movements of the mouse, in steps.

import { Spherical, Vector3 } from "three";
import type { OrbitCamera } from "../picture/orbitCamera";

/** Radians of a step of turning. */
const TURN = Math.PI / 24;
/** Factor of the distance for one step of zooming in. */
export const CLOSER = 0.85;
/** Step of panning, as a share of the distance. */
const ASIDE = 0.08;
/** Radians between the camera and the poles, where right and left would swap. */
const POLE = 0.02;

/** Turn about the target: steps to the right and up. */
export function orbitBy({ camera, controls }: OrbitCamera, right: number, up: number): void {
  const place = new Spherical().setFromVector3(camera.position.clone().sub(controls.target));
  place.theta += right * TURN;
  place.phi = Math.min(Math.PI - POLE, Math.max(POLE, place.phi - up * TURN));
  camera.position.setFromSpherical(place).add(controls.target);
  controls.update();
}

/** Move aside without turning. */
export function panBy({ camera, controls }: OrbitCamera, right: number, up: number): void {
  const step = ASIDE * camera.position.distanceTo(controls.target);
  const by = new Vector3(right * step, up * step, 0).applyQuaternion(camera.quaternion);
  camera.position.add(by);
  controls.target.add(by);
  controls.update();
}

/** Go nearer (1) or farther away (-1). */
export function zoomBy({ camera, controls }: OrbitCamera, steps: number): void {
  const away = camera.position.clone().sub(controls.target);
  const length = Math.min(controls.maxDistance, Math.max(controls.minDistance, away.length() * CLOSER ** steps));
  camera.position.copy(away.setLength(length)).add(controls.target);
  controls.update();
}
