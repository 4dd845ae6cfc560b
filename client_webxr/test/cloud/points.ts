// Frames of points for tests of the cloud.

import type { PointsFrame } from "../../src/wire/frames";

/** A chunk of points whose rows begin at `first`; classes alternate 0, 1. */
export function points(chunk: number, first: number, size: number): PointsFrame {
  const position = Uint16Array.from({ length: 4 * size }, (_, i) => (i % 4 === 3 ? (i >> 2) % 2 : i));
  const row = Uint32Array.from({ length: size }, (_, i) => first + i);
  return { kind: "points", seq: 1, epoch: 1, chunk, level: chunk, last: false, position, row };
}
