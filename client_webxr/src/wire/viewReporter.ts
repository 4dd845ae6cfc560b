// What the server is told of where this client looks: not at every picture, but when the eye rests, when it has moved
// far, and when another budget is asked for.

import type { Clock } from "../dom/clock";
import type { Viewpoint } from "./protocol.gen";

/** Milliseconds without a movement after which the eye rests. */
export const REST = 200;
/** Milliseconds between two reports while it moves. */
export const APART = 300;
/** How far, in halves of the picture, a point has to move for it to be far. */
export const FAR = 0.5;

/** Corners and middle of the drawn integers' cube: where they are in the picture says how far it moved. */
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

  /** The eye moved, or the budget or the scene is another one. */
  changed(): void {
    this.clock.cancel(this.timer);
    const due = this.toldAt + APART - this.clock.now();
    if (this.told !== null && due <= 0 && far(this.told.matrix, this.view().matrix)) return this.tell();
    this.timer = this.clock.after(REST, () => this.tell());
  }

  /** Another connection or another scene: what was told counts for nothing. */
  forget(): void {
    this.told = null;
    this.toldAt = -Infinity;
    this.changed();
  }

  /** Tell now, unless it is known. */
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

/** Whether the picture through one matrix is far from that through another. */
export function far(before: readonly number[], after: readonly number[]): boolean {
  return PROBES.some((probe) => {
    const [a, b] = [place(before, probe), place(after, probe)];
    if (a === null || b === null) return a !== b;
    const near = Math.min(Math.hypot(...a), Math.hypot(...b)) < 2; // what is well outside may move as it likes
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
