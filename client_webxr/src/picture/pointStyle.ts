// Size, rim and fog of points: the same in every picture.

/** Diameter in CSS pixels of a point at distance 1; at the home distance this gives about 3.3. */
const SCALE = 18;
/** Up to this many points have full size and a rim of one pixel; more points are smaller, so that fewer are hidden. */
const ROOMY = 24_000;
/** Smallest share of size and rim, however many points there are. */
const LEAST_SHARE = 0.45;
/** Diameters of the largest point at which the rim vanishes (the smallest diameter of a point) and at which it is full. */
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

/** The style of this many points at distances of `near` and more; `scale` applies to few points. */
export function pointStyle(points: number, near: number, far: number, scale = SCALE): PointStyle {
  const share = Math.max(LEAST_SHARE, Math.min(1, Math.sqrt(ROOMY / points)));
  const largest = (share * scale) / Math.max(near, 1e-3);
  const rim = share * Math.min(1, Math.max(0, (largest - BARE) / (RIMMED - BARE)));
  return { scale: share * scale, rim, near, far };
}

/** The style of points seen from this distance to the middle of the cube. */
export function pointStyleFrom(distance: number, points: number): PointStyle {
  return pointStyle(points, Math.max(0, distance - 1), distance + 2);
}
