// Report the camera and the point budget to the server: when the camera rests, when it has moved far, and when the budget
// changes.

import type { Clock } from "../dom/clock";
import type { Viewpoint } from "./protocol.gen";

/** Milliseconds without a movement after which the camera rests. */
export const REST = 200;
/** Milliseconds between reports while it moves. */
export const APART = 300;
/** Distance that counts as far: the largest shift of a probe, in halves of the picture. */
export const FAR = 0.5;

/** Corners and middle of the cube of drawn integers: their shift in the picture measures the movement. */
const PROBES = [0, 65535].flatMap((x) => [0, 65535].flatMap((y) => [0, 65535].map((z) => [x, y, z] as const)));
PROBES.push([32768, 32768, 32768]);

export class ViewReporter {
  private told: Viewpoint | null = null;
  private toldAt = -Infinity;
  private timer: unknown = null;

  constructor(
    private readonly clock: Clock,
    private readonly view: () => Viewpoint,
    private readonly send: (viewpoint: Viewpoint) => boolean,
  ) {}

  /** The camera, the budget or the scene has changed. */
  changed(): void {
    this.clock.cancel(this.timer);
    const due = this.toldAt + APART - this.clock.now();
    if (this.told !== null && due <= 0 && far(this.told.matrix, this.view().matrix)) return this.tell();
    this.timer = this.clock.after(REST, () => this.tell());
  }

  /** Forget the last report: the server has, too, after a new connection or scene. */
  forget(): void {
    this.told = null;
    this.toldAt = -Infinity;
    this.changed();
  }

  /** Report now, unless nothing has changed since the last report. */
  tell(): void {
    this.clock.cancel(this.timer);
    const viewpoint = this.view();
    const { told } = this;
    if (told !== null && told.budget === viewpoint.budget && told.matrix.every((x, i) => x === viewpoint.matrix[i]))
      return;
    if (!this.send(viewpoint)) return;
    this.told = viewpoint;
    this.toldAt = this.clock.now();
  }
}

/** Whether two matrices give pictures that are far apart. */
export function far(before: readonly number[], after: readonly number[]): boolean {
  return PROBES.some((probe) => {
    const [a, b] = [place(before, probe), place(after, probe)];
    if (a === null || b === null) return a !== b;
    const near = Math.min(Math.hypot(...a), Math.hypot(...b)) < 2; // well outside the picture no movement counts
    return near && Math.hypot(a[0] - b[0], a[1] - b[1]) > FAR;
  });
}

function place(m: readonly number[], [x, y, z]: readonly [number, number, number]): [number, number] | null {
  const w = m[3]! * x + m[7]! * y + m[11]! * z + m[15]!;
  if (!(w > 0)) return null;
  return [
    (m[0]! * x + m[4]! * y + m[8]! * z + m[12]!) / w,
    (m[1]! * x + m[5]! * y + m[9]! * z + m[13]!) / w,
  ];
}
