// The geometry of the lasso: simplifying a drawn line, and finding the points inside a polygon.
//
// The inside test repeats the server's float64 arithmetic operation by operation, so that the guess and the server's
// answer agree bit for bit. Only steps that cannot change a result make it fast: edges are sorted into horizontal slabs
// (a monotone function of y, so that no edge that matters is missed).

export type Point = readonly [number, number];

/** Vertices a stroke may have on the wire. */
export const MOST_VERTICES = 2000;

/**
 * A drawn line with fewer vertices; no dropped vertex is farther than `tolerance` from the kept line (Douglas and
 * Peucker, 1973). While more than `most` are left, the line is simplified again with twice the tolerance.
 */
export function simplify(line: readonly Point[], tolerance: number, most = MOST_VERTICES): Point[] {
  const distinct = line.filter((point, i) => i === 0 || point[0] !== line[i - 1]![0] || point[1] !== line[i - 1]![1]);
  let kept = thin(distinct, tolerance);
  for (let t = 2 * tolerance; kept.length > most; t *= 2) kept = thin(kept, t);
  return kept;
}

function thin(line: readonly Point[], tolerance: number): Point[] {
  if (line.length < 3) return [...line];
  const keep = new Uint8Array(line.length);
  keep[0] = keep[line.length - 1] = 1;
  const spans: [number, number][] = [[0, line.length - 1]];
  for (let span = spans.pop(); span !== undefined; span = spans.pop()) {
    const [first, last] = span;
    let farthest = -1;
    let most = tolerance * tolerance;
    for (let i = first + 1; i < last; i++) {
      const d = squaredDistance(line[i]!, line[first]!, line[last]!);
      if (d <= most) continue;
      farthest = i;
      most = d;
    }
    if (farthest < 0) continue;
    keep[farthest] = 1;
    spans.push([first, farthest], [farthest, last]);
  }
  return line.filter((_, i) => keep[i] === 1);
}

/** The squared distance of a point from the segment a..b. */
function squaredDistance(point: Point, a: Point, b: Point): number {
  const dx = b[0] - a[0];
  const dy = b[1] - a[1];
  const square = dx * dx + dy * dy;
  const t = square === 0 ? 0 : Math.min(1, Math.max(0, ((point[0] - a[0]) * dx + (point[1] - a[1]) * dy) / square));
  const offX = point[0] - a[0] - t * dx;
  const offY = point[1] - a[1] - t * dy;
  return offX * offX + offY * offY;
}

/** Whether a line goes farther than `least` from its start: anything smaller was a click, not a loop. */
export function isLoop(line: readonly Point[], least: number): boolean {
  const first = line[0];
  if (first === undefined || line.length < 3) return false;
  return line.some((point) => Math.hypot(point[0] - first[0], point[1] - first[1]) > least);
}

/** 1 for each point inside, else 0; `position` has four integers for each point. */
export type Inside = (position: Uint16Array) => Uint8Array;

/**
 * A test for the points inside a polygon.
 *
 * `matrix` is projection x view x model, column-major, and takes the integers x, y, z to clip space; `polygon` is in
 * normalised device coordinates, implicitly closed, under the even-odd rule. Points at or behind the camera's plane are
 * outside.
 */
export function lasso(matrix: readonly number[], polygon: readonly Point[]): Inside {
  const inside = evenOdd(polygon);
  const m = Float64Array.from(matrix);
  return (position) => {
    const hits = new Uint8Array(position.length >> 2);
    for (let i = 0; i < hits.length; i++) {
      const x = position[4 * i]!;
      const y = position[4 * i + 1]!;
      const z = position[4 * i + 2]!;
      const cw = m[3]! * x + m[7]! * y + m[11]! * z + m[15]!;
      if (!(cw > 0)) continue;
      const cx = m[0]! * x + m[4]! * y + m[8]! * z + m[12]!;
      const cy = m[1]! * x + m[5]! * y + m[9]! * z + m[13]!;
      hits[i] = inside(cx / cw, cy / cw) ? 1 : 0;
    }
    return hits;
  };
}

const SLABS = 256;

/** The even-odd rule of a polygon as a function of a point. NaN is outside. */
function evenOdd(polygon: readonly Point[]): (x: number, y: number) => boolean {
  const [left, right] = range(polygon, 0);
  const [low, high] = range(polygon, 1);
  const ratio = (SLABS - 1) / (high - low);
  const scale = Number.isFinite(ratio) && Number.isFinite(high - low) ? ratio : 0;
  const slabOf = (y: number) => Math.min(SLABS - 1, Math.floor((y - low) * scale));
  const slabs: number[][] = Array.from({ length: SLABS }, () => []);
  polygon.forEach(([x1, y1], i) => {
    const [x2, y2] = polygon[(i + 1) % polygon.length]!;
    const last = slabOf(Math.max(y1, y2));
    for (let s = slabOf(Math.min(y1, y2)); s <= last; s++) slabs[s]!.push(x1, y1, x2, y2);
  });
  return (x, y) => {
    if (!(x >= left && x <= right && y >= low && y <= high)) return false;
    const edges = slabs[slabOf(y)]!;
    let odd = false;
    for (let i = 0; i < edges.length; i += 4) {
      const x1 = edges[i]!;
      const y1 = edges[i + 1]!;
      const x2 = edges[i + 2]!;
      const y2 = edges[i + 3]!;
      if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) odd = !odd;
    }
    return odd;
  };
}

function range(polygon: readonly Point[], axis: 0 | 1): [number, number] {
  return polygon.reduce<[number, number]>(
    ([least, most], point) => [Math.min(least, point[axis]), Math.max(most, point[axis])],
    [Infinity, -Infinity],
  );
}
