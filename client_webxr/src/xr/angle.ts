// Sizes in the headset are angles: what is drawn is laid out in points of 1/400 radian (0.143 degrees), whatever its
// distance, so that a text is as easy to read beside the cloud as on the wrist.

/** Radians, for small angles: metres of height for each metre of distance. */
export const POINT = 1 / 400;

/** Texture pixels a point: about what the lenses of a Quest 3 resolve (18 to 25 pixels a degree). */
export const PIXELS = 3;

/** The smallest text of the headset, in points: 1.5 degrees are 10.5. */
export const LEAST_TEXT = 11;

/** The angle in degrees of a text of this size. */
export function degrees(points: number): number {
  return (Math.atan(points * POINT) * 180) / Math.PI;
}
