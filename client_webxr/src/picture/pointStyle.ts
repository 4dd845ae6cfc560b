// How large points are, how wide their rims, and where the fog lies: the same for every picture that shows points.

/** Diameter in CSS pixels of a point at distance 1; at the home distance this gives about 3.3. */
const SCALE = 18;
/** Up to so many points each is as large as that, with a rim of a pixel; of more each is smaller, lest they hide each other. */
const ROOMY = 24_000;
/** Share of size and rim that points keep, however many they are. */
const LEAST_SHARE = 0.45;
/** Diameters of the largest point at which the rim is gone, since no point can be smaller, and at which it is all there. */
const BARE = 2;
const RIMMED = 2.5;

export interface PointStyle {
  /** Diameter in CSS pixels of a point at distance 1, before the limits of 2 and 5. */
  scale: number;
  /** Width of the rim in CSS pixels; 0 when no point is larger than two pixels. */
  rim: number;
  /** Distances at which fog begins and is full. */
  near: number;
  far: number;
}

/** How so many points are seen from so far away, of which the nearest may be at `near`; `scale` is for few points. */
export function pointStyle(points: number, near: number, far: number, scale = SCALE): PointStyle {
  const share = Math.max(LEAST_SHARE, Math.min(1, Math.sqrt(ROOMY / points)));
  const largest = (share * scale) / Math.max(near, 1e-3);
  const rim = share * Math.min(1, Math.max(0, (largest - BARE) / (RIMMED - BARE)));
  return { scale: share * scale, rim, near, far };
}

/** The same for an eye at this distance from the middle of the cube. */
export function pointStyleFrom(distance: number, points: number): PointStyle {
  return pointStyle(points, Math.max(0, distance - 1), distance + 2);
}
