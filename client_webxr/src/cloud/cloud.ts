// The drawn points as this side of the wire holds them: chunks in the order they came, each a view into its message.
//
// Every point carries its row, so what is read off the picture can be said in terms of the table. The GPU's copy is in
// points.ts; here is what picking, the local lasso, the counts and the picture without a GPU read.

import { CLASS_BITS, SELECTED, slotBit } from "./flags";
import type { MaskFrame, PointsFrame } from "../wire/frames";
import type { Scene } from "../wire/protocol.gen";

export interface Chunk {
  /** The server's number for it: masks name it. */
  readonly index: number;
  /** Place of its first point among all drawn points; another one when chunks before it were dropped. */
  start: number;
  readonly size: number;
  /** x, y, z, class of each point. */
  readonly position: Uint16Array;
  readonly row: Uint32Array;
  /** Bit 0: shown as selected. Bits 1 to MOST_MARKS: in the named selection of that slot. */
  readonly flags: Uint8Array;
  /** The server's newest word on this chunk, one bit a point, and the version of the selection it belongs to. */
  exact: { version: number; bits: Uint8Array } | null;
}

/** Points of all levels of a scene. */
export function total(scene: Scene): number {
  return scene.levels.reduce((sum, n) => sum + n, 0);
}

export class Cloud {
  readonly chunks: Chunk[] = [];
  /** Points drawn. */
  size = 0;
  /** The highest level that has begun to arrive. */
  level = 0;
  /** How many points the server promised, once it has. */
  promised: number | null = null;
  private last = false;

  /** Whether all points are here that the server has for this client now. */
  get complete(): boolean {
    return this.promised === null ? this.last : this.size === this.promised;
  }

  /** Take in a frame of points; null when this chunk is here already. */
  add(frame: PointsFrame): Chunk | null {
    if (this.chunks.some((chunk) => chunk.index === frame.chunk)) return null;
    const size = frame.row.length;
    const { position, row, chunk: index } = frame;
    const chunk = { index, start: this.size, size, position, row, flags: new Uint8Array(size), exact: null };
    this.chunks.push(chunk);
    this.size += size;
    this.level = Math.max(this.level, frame.level);
    this.last ||= frame.last;
    return chunk;
  }

  /** Forget everything: another scene begins. */
  reset(): void {
    this.chunks.length = 0;
    this.size = 0;
    this.level = 0;
    this.promised = null;
    this.last = false;
  }

  /** Forget some chunks, by the server's numbers; returns those that lie elsewhere now. */
  drop(indices: readonly number[]): readonly Chunk[] {
    const gone = new Set(indices);
    const first = this.chunks.findIndex((chunk) => gone.has(chunk.index));
    if (first < 0) return [];
    const after = this.chunks.splice(first).filter((chunk) => !gone.has(chunk.index));
    this.size = this.chunks.reduce((sum, chunk) => sum + chunk.size, 0);
    for (const chunk of after) {
      chunk.start = this.size;
      this.size += chunk.size;
      this.chunks.push(chunk);
    }
    return after;
  }

  /** The chunk of a mask, or null when it was dropped. Throws when the mask is not one of this chunk's points. */
  masked({ chunk: index, points, bits }: MaskFrame): Chunk | null {
    const chunk = this.chunks.find((each) => each.index === index);
    if (chunk === undefined) return null;
    if (points !== chunk.size || bits.length * 8 < chunk.size)
      throw new Error(`expected a mask of ${chunk.size} points for chunk ${index}, got ${points}`);
    return chunk;
  }

  /** The four integers of a row, or null when it is not drawn. */
  find(row: number): Uint16Array | null {
    for (const chunk of this.chunks) {
      const i = chunk.row.indexOf(row);
      if (i >= 0) return chunk.position.subarray(4 * i, 4 * i + 4);
    }
    return null;
  }

  /** How many drawn points of each class are shown as selected. */
  tally(classes: number): number[] {
    const counts = new Array<number>(classes).fill(0);
    for (const { flags, position, size } of this.chunks) {
      for (let i = 0; i < size; i++) {
        if (flags[i]! & SELECTED) counts[position[4 * i + 3]! & CLASS_BITS]!++;
      }
    }
    return counts;
  }

  /** The rows of the points that are shown as selected, or as in the named selection of a slot, sorted. */
  selectedRows(slot = 0): number[] {
    const bit = slotBit(slot);
    const rows: number[] = [];
    for (const { flags, row, size } of this.chunks) {
      for (let i = 0; i < size; i++) if (flags[i]! & bit) rows.push(row[i]!);
    }
    return rows.sort((a, b) => a - b);
  }
}
