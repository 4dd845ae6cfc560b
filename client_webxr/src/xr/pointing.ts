// Which drawn point a ray points at: the one nearest to it by angle, among those within reach.
//
// A look over all points at once would take longer than a frame has room for, so each frame looks at a part of them and
// the answer comes when all were seen, some frames later.

import { Matrix4 } from "three";
import type { Chunk, Cloud } from "../cloud/cloud";
import { CLASS_BITS } from "../cloud/flags";
import type { Picked } from "../cloud/pick";

/** Milliseconds of a frame for this, and points between two looks at the clock. */
const SHARE = 0.3;
export const STEP = 1000;
/** Tangent of the angle in which a point answers: 1.2 degrees, about what a hand can hold still. */
const REACH = Math.tan((1.2 * Math.PI) / 180);

export class Pointing {
  /** The point of the last full look, or null; the next look writes into it. */
  found: Picked | null = null;
  private readonly kept = { row: 0, position: new Uint16Array(4) };
  private chunk = 0;
  private at = 0;
  private best = Infinity;
  private bestRow = 0;
  private readonly bestPosition = new Uint16Array(4);
  private readonly matrix = new Matrix4();

  constructor(
    private readonly cloud: Cloud,
    private readonly clock: () => number = () => performance.now(),
  ) {}

  /** Forget what was found. */
  reset(): void {
    this.found = null;
    this.restart();
  }

  /**
   * Look on. `ray` points along -z in the room, `place` takes the drawn integers to the room. Returns whether a look
   * was completed; the ray is read only at the beginning of one.
   */
  search(ray: Matrix4, place: Matrix4, hidden: ReadonlySet<number>): boolean {
    if (this.chunk === 0 && this.at === 0) this.aim(ray, place);
    const until = this.clock() + SHARE;
    const { chunks } = this.cloud;
    do this.step(chunks, hidden);
    while (this.chunk < chunks.length && this.clock() < until);
    if (this.chunk < chunks.length) return false;
    this.found = this.best === Infinity ? null : this.kept;
    this.kept.row = this.bestRow;
    this.kept.position.set(this.bestPosition);
    this.restart();
    return true;
  }

  private step(chunks: readonly Chunk[], hidden: ReadonlySet<number>): void {
    const chunk = chunks[this.chunk];
    if (chunk === undefined) return; // nothing is drawn, or less than before
    const end = Math.min(chunk.size, this.at + STEP);
    this.scan(chunk.position, chunk.row, this.at, end, hidden);
    this.at = end;
    if (end < chunk.size) return;
    this.chunk++;
    this.at = 0;
  }

  private restart(): void {
    this.chunk = this.at = 0;
    this.best = Infinity;
  }

  /** From the drawn integers into the ray's own space, where it runs along -z. */
  private aim(ray: Matrix4, place: Matrix4): void {
    this.matrix.copy(ray).invert().multiply(place);
  }

  private scan(position: Uint16Array, row: Uint32Array, start: number, end: number, hidden: ReadonlySet<number>): void {
    const m = this.matrix.elements;
    for (let i = start, p = 4 * start; i < end; i++, p += 4) {
      const x = position[p]!;
      const y = position[p + 1]!;
      const z = position[p + 2]!;
      const ahead = -(m[2]! * x + m[6]! * y + m[10]! * z + m[14]!);
      if (ahead <= 0) continue;
      const across = m[0]! * x + m[4]! * y + m[8]! * z + m[12]!;
      const above = m[1]! * x + m[5]! * y + m[9]! * z + m[13]!;
      const off = (across * across + above * above) / (ahead * ahead); // the squared tangent of the angle to the ray
      if (off > REACH * REACH || off >= this.best || hidden.has(position[p + 3]! & CLASS_BITS)) continue;
      this.best = off;
      this.bestRow = row[i]!; // kept by value: chunks may go before the look is over
      for (let k = 0; k < 4; k++) this.bestPosition[k] = position[p + k]!;
    }
  }
}
