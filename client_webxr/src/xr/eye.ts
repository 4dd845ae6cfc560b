// The one viewpoint a stroke of the headset is drawn from: the head (the viewer's pose, midway between the eyes) at the
// moment of release, with a projection of its own.
//
// The loop hangs in the room while it is drawn, and the person sees it from where the head is; what lies inside it at
// the moment it snaps shut is what is meant. Neither eye's own view would do: at arm's length they differ by a visible
// offset. The projection is symmetric, 90 degrees both ways, whatever the device's lenses are: it only has to be the
// same in the matrix and in the polygon, and a field that depends on nothing can be checked by anybody. A loop may leave
// the square -1..1, since nothing is cut off there; it may not reach behind the head.

import { Matrix4, Vector3 } from "three";
import type { Point } from "../cloud/polygon";

/** Tangent of half the field of view. */
const HALF = 1;
const NEAR = 0.05;
const FAR = 50;

/** OpenGL's projection: clip z from -w to w. */
export const PROJECTION = new Matrix4().makePerspective(-NEAR * HALF, NEAR * HALF, NEAR * HALF, -NEAR * HALF, NEAR, FAR);

/** projection x view x stand x model, column-major: from the drawn integers to clip space. All in float64. */
export function eyeMatrix(head: Matrix4, anchor: Matrix4, model: Matrix4): number[] {
  const view = new Matrix4().copy(head).invert();
  return new Matrix4().multiplyMatrices(PROJECTION, view).multiply(anchor).multiply(model).toArray();
}

/**
 * The first `count` points of a line in the room (x, y, z, x, y, z, ...) as they are seen from the head, in normalised
 * device coordinates; null when one of them is behind the head or in it.
 */
export function project(head: Matrix4, line: ArrayLike<number>, count: number): Point[] | null {
  const view = new Matrix4().copy(head).invert();
  const point = new Vector3();
  const seen: Point[] = [];
  for (let i = 0; i < count; i++) {
    point.set(line[3 * i]!, line[3 * i + 1]!, line[3 * i + 2]!).applyMatrix4(view);
    if (!(point.z < -NEAR)) return null;
    point.applyMatrix4(PROJECTION);
    seen.push([point.x, point.y]);
  }
  return seen;
}
