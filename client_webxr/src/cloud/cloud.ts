// The drawn points as the client holds them: chunks in the order of arrival, each a view into its message.
//
// Every point carries its row, so that the picture leads back to the table. Picking, the local lasso, the counts and the
// picture without a GPU read this copy; the GPU's copy is in points.ts.

import { CLASS_BITS, SELECTED, slotBit } from "./flags";
import type { MaskFrame, PointsFrame } from "../wire/frames";
import type { Scene } from "../wire/protocol.gen";

export interface Chunk {
  /** The server's number for the chunk, as in masks. */
  readonly index: number;
  /** Index of its first point among all drawn points; it changes when chunks before it are dropped. */
  start: number;
  readonly size: number;
  /** x, y, z, class of each point. */
  readonly position: Uint16Array;
  readonly row: Uint32Array;
  /** One byte for each point: bit 0 for the selection, bits 1 to MOST_MARKS for named selections (flags.ts). */
  readonly flags: Uint8Array;
  /** The server's newest mask of this chunk, and the version of the selection that it belongs to. */
  exact: { version: number; bits: Uint8Array } | null;
}

/** Number of points in all levels of a scene. */
export function total(scene: Scene): number {
  return scene.levels.reduce((sum, n) => sum + n, 0);
}

export class Cloud {
  readonly chunks: Chunk[] = [];
  /** Number of points. */
  size = 0;
  /** The highest level that has begun to arrive. */
  level = 0;
  /** Number of points that the server granted; null before its answer. */
  promised: number | null = null;
  private last = false;

  /** Whether all points that the server has for this client are here. */
  get complete(): boolean {
    return this.promised === null ? this.last : this.size === this.promised;
  }

  /** Add a frame of points as a chunk; null when the chunk is here already. */
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

  /** Drop all chunks: another scene begins. */
  reset(): void {
    this.chunks.length = 0;
    this.size = 0;
    this.level = 0;
    this.promised = null;
    this.last = false;
  }

  /** Drop chunks by the server's numbers; returns the chunks whose `start` has changed. */
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

  /** Number of selected points of each class. */
  tally(classes: number): number[] {
    const counts = new Array<number>(classes).fill(0);
    for (const { flags, position, size } of this.chunks) {
      for (let i = 0; i < size; i++) {
        if (flags[i]! & SELECTED) counts[position[4 * i + 3]! & CLASS_BITS]!++;
      }
    }
    return counts;
  }

  /** Sorted rows of the points with the flag of a slot; slot 0 is the selection. */
  selectedRows(slot = 0): number[] {
    const bit = slotBit(slot);
    const rows: number[] = [];
    for (const { flags, row, size } of this.chunks) {
      for (let i = 0; i < size; i++) if (flags[i]! & bit) rows.push(row[i]!);
    }
    return rows.sort((a, b) => a - b);
  }
}
