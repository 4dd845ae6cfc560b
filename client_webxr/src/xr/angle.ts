// Sizes in the headset are angles: layouts are in points of 1/400 radian (0.143 degrees) at any distance, so that a text
// is as easy to read beside the cloud as on the wrist.

/** Radians, for small angles: metres of height for each metre of distance. */
export const POINT = 1 / 400;

/** Texture pixels for each point: about the resolution of a Quest 3 (18 to 25 pixels for each degree). */
export const PIXELS = 3;

/** The smallest text of the headset, in points: 1.5 degrees are 10.5. */
export const LEAST_TEXT = 11;

/** The angle in degrees of a text of this size. */
export function degrees(points: number): number {
  return (Math.atan(points * POINT) * 180) / Math.PI;
}
