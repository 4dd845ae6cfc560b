// Find the drawn point under the pointer.

import type { Cloud } from "./cloud";
import { CLASS_BITS, SELECTED } from "./flags";

export interface Picked {
  row: number;
  /** x, y, z, class. */
  position: Uint16Array;
}

/** The pointer and the picture, in CSS pixels from the top left corner of the canvas. */
export interface Aim {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Radius around the pointer in which a point is found, in CSS pixels. */
const REACH = 8;
/** Radius in which the pointer touches a point, in CSS pixels: the front-most of these wins. */
const DISC = 3;

/**
 * The drawn point nearest to the pointer within reach, or null. Among points that the pointer touches the front-most
 * wins, since it is the visible one; points of hidden classes are skipped. One pass over the points, without allocation.
 */
export function pick(cloud: Cloud, matrix: readonly number[], aim: Aim, hidden: ReadonlySet<number>): Picked | null {
  const m = Float64Array.from(matrix);
  const [halfWidth, halfHeight] = [aim.width / 2, aim.height / 2];
  let best = Infinity;
  let found: Picked | null = null;
  let flagged = 0;
  for (const { position, row, flags, size } of cloud.chunks) {
    for (let i = 0, at = 0; i < size; i++, at += 4) {
      const x = position[at]!;
      const y = position[at + 1]!;
      const z = position[at + 2]!;
      const w = m[3]! * x + m[7]! * y + m[11]! * z + m[15]!;
      if (!(w > 0)) continue;
      const dx = ((m[0]! * x + m[4]! * y + m[8]! * z + m[12]!) / w + 1) * halfWidth - aim.x;
      if (dx > REACH || dx < -REACH) continue;
      const dy = (1 - (m[1]! * x + m[5]! * y + m[9]! * z + m[13]!) / w) * halfHeight - aim.y;
      const far = Math.hypot(dx, dy);
      if (far > REACH || hidden.has(position[at + 3]! & CLASS_BITS)) continue;
      // One rank for all: touched points by depth (w grows with the distance from the eye), then the others by distance.
      const rank = far <= DISC ? w / (1 + w) : far;
      // At equal rank the visible point is the one drawn last, and a selected point is drawn over all others.
      if (rank < best || (rank === best && (flags[i]! & SELECTED) >= flagged)) {
        best = rank;
        flagged = flags[i]! & SELECTED;
        found = { row: row[i]!, position: position.subarray(at, at + 4) };
      }
    }
  }
  return found;
}

/** The position of a point on the screen in CSS pixels, or null when it is behind the eye. */
export function place(
  matrix: readonly number[],
  p: ArrayLike<number>,
  width: number,
  height: number,
): [number, number] | null {
  const row = (r: number) => matrix[r]! * p[0]! + matrix[r + 4]! * p[1]! + matrix[r + 8]! * p[2]! + matrix[r + 12]!;
  const w = row(3);
  if (!(w > 0)) return null;
  return [((row(0) / w + 1) * width) / 2, ((1 - row(1) / w) * height) / 2];
}
