// Project line segments of the drawn integers onto the screen, sorted by depth into a few paths: a canvas draws thousands
// of segments at the cost of their length when each path is stroked once.

/** The part of Path2D that is used here; tests record it. */
export interface LinePath {
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
}

/** The view: projection x view x model, column-major; size in CSS pixels; depths of the first and the last path. */
export interface SegmentView {
  readonly matrix: readonly number[];
  readonly width: number;
  readonly height: number;
  readonly near: number;
  readonly far: number;
}

/** Clip w below this is behind the eye; lines are cut there. */
const BEHIND = 1e-3;
/** Margin around the picture in CSS pixels within which lines are drawn, for their width. */
const BESIDE = 8;

/** Add segments (eight integers each, the fourth and eighth ignored) to the paths, nearest first. */
export function trace(segment: Uint16Array, view: SegmentView, paths: readonly LinePath[]): void {
  const m = view.matrix;
  const [halfWidth, halfHeight] = [view.width / 2, view.height / 2];
  const scale = paths.length / (view.far - view.near);
  let [ex, ey, ez] = [-1, -1, -1]; // the integers where the pen is, and its path
  let on: LinePath | null = null;
  for (let at = 0; at < segment.length; at += 8) {
    const ax = segment[at]!, ay = segment[at + 1]!, az = segment[at + 2]!; // prettier-ignore
    const bx = segment[at + 4]!, by = segment[at + 5]!, bz = segment[at + 6]!; // prettier-ignore
    let aw = m[3]! * ax + m[7]! * ay + m[11]! * az + m[15]!;
    let bw = m[3]! * bx + m[7]! * by + m[11]! * bz + m[15]!;
    if (aw < BEHIND && bw < BEHIND) continue;
    let acx = m[0]! * ax + m[4]! * ay + m[8]! * az + m[12]!;
    let acy = m[1]! * ax + m[5]! * ay + m[9]! * az + m[13]!;
    let bcx = m[0]! * bx + m[4]! * by + m[8]! * bz + m[12]!;
    let bcy = m[1]! * bx + m[5]! * by + m[9]! * bz + m[13]!;
    const cut = aw < BEHIND || bw < BEHIND;
    if (aw < BEHIND) {
      const t = (BEHIND - aw) / (bw - aw);
      [acx, acy, aw] = [acx + t * (bcx - acx), acy + t * (bcy - acy), BEHIND];
    } else if (bw < BEHIND) {
      const t = (BEHIND - bw) / (aw - bw);
      [bcx, bcy, bw] = [bcx + t * (acx - bcx), bcy + t * (acy - bcy), BEHIND];
    }
    const x1 = (acx / aw + 1) * halfWidth, y1 = (1 - acy / aw) * halfHeight; // prettier-ignore
    const x2 = (bcx / bw + 1) * halfWidth, y2 = (1 - bcy / bw) * halfHeight; // prettier-ignore
    if (outside(x1, x2, view.width) || outside(y1, y2, view.height)) continue;
    const depth = Math.floor(((aw + bw) / 2 - view.near) * scale);
    const path = paths[Math.min(paths.length - 1, Math.max(0, depth))]!;
    if (path !== on || ax !== ex || ay !== ey || az !== ez) path.moveTo(x1, y1);
    path.lineTo(x2, y2);
    on = cut ? null : path;
    [ex, ey, ez] = [bx, by, bz];
  }
}

function outside(a: number, b: number, end: number): boolean {
  return (a < -BESIDE && b < -BESIDE) || (a > end + BESIDE && b > end + BESIDE);
}
