// Find the drawn point under a ray: the one nearest to it by angle, within reach.
//
// A search over all points takes longer than a frame allows, so each frame searches a part of them, and the answer comes
// some frames later.

import { Matrix4 } from "three";
import type { Chunk, Cloud } from "../cloud/cloud";
import { CLASS_BITS } from "../cloud/flags";
import type { Picked } from "../cloud/pick";

/** Milliseconds of each frame for the search, and points between two readings of the clock. */
const SHARE = 0.3;
export const STEP = 1000;
/** Tangent of the largest angle to the ray: 1.2 degrees, about the tremor of a hand. */
const REACH = Math.tan((1.2 * Math.PI) / 180);

export class Pointing {
  /** The result of the last complete search, or null; the next search overwrites it. */
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

  /** Drop the result and the current search. */
  reset(): void {
    this.found = null;
    this.restart();
  }

  /**
   * Continue the search. `ray` points along -z in the room, `place` takes the drawn integers to the room; both are read
   * at the beginning of a search. Returns whether a search was completed.
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
    if (chunk === undefined) return; // no points, or fewer than before
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
      this.bestRow = row[i]!; // kept by value: chunks may be dropped before the search ends
      for (let k = 0; k < 4; k++) this.bestPosition[k] = position[p + k]!;
    }
  }
}
