// The viewpoint of a stroke in the headset: the head (the viewer's pose, midway between the eyes) at the moment of release,
// with a projection of its own.
//
// The loop hangs in the room while it is drawn and is seen from the head, so it selects the points inside it as seen from
// the head when it closes. The view of one eye would not do: at arm's length the two differ by a visible offset. The
// projection is symmetric, 90 degrees both ways, for all lenses: it only has to be the same in the matrix and in the
// polygon, and a fixed field of view can be checked by anybody. A loop may leave the square -1..1, since nothing is
// clipped there; it may not reach behind the head.

import { Matrix4, Vector3 } from "three";
import type { Point } from "../cloud/polygon";

/** Tangent of half the field of view. */
const HALF = 1;
const NEAR = 0.05;
const FAR = 50;

/** OpenGL's projection: clip z from -w to w. */
export const PROJECTION = new Matrix4().makePerspective(-NEAR * HALF, NEAR * HALF, NEAR * HALF, -NEAR * HALF, NEAR, FAR);

/** projection x view x anchor x model, column-major, in float64: from the drawn integers to clip space. */
export function eyeMatrix(head: Matrix4, anchor: Matrix4, model: Matrix4): number[] {
  const view = new Matrix4().copy(head).invert();
  return new Matrix4().multiplyMatrices(PROJECTION, view).multiply(anchor).multiply(model).toArray();
}

/**
 * The first `count` points of a line in the room (x, y, z, x, y, z, ...) as seen from the head, in normalised device
 * coordinates; null when one of them is behind the head or in it.
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
