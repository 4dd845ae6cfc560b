// Messages of the server for tests: a scene of two classes, and frames as bytes.

import { fixedSizeList, float64, int32, int64, tableFromArrays, tableToIPC, uint16, uint32, uint8 } from "@uwdata/flechette";
import type { Scene, Selected } from "../src/wire/protocol.gen";

/** A scene of curves of rank 0 and 1 that is shown by its first three components. */
export function scene(changes: Partial<Scene> = {}): Scene {
  const axis = { name: "pc1", kind: "component", low: -1, high: 1, explained: 0.5, eigenvalue: 2, signal: true, accuracy: null, null_accuracy: null, note: "" } as const;
  return {
    type: "scene",
    epoch: 1,
    pane: 0,
    dataset: "ec",
    snapshot: "0",
    rows: 100,
    left_out: 0,
    conductor: [11, 999],
    projection: "pc1,pc2,pc3",
    axes: [axis, { ...axis, name: "pc2" }, { ...axis, name: "pc3" }],
    noise_edge: 1,
    column: "rank",
    columns: ["rank", "torsion"],
    classes: [
      { value: "0", count: 60 },
      { value: "1", count: 40 },
    ],
    model: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
    levels: [4],
    strides: [[1, 1]],
    ...changes,
  };
}

/** The exact answer to a change of the selection. */
export function selected(id: number, version: number, counts: number[], changes: Partial<Selected> = {}): Selected {
  const count = counts.reduce((sum, n) => sum + n, 0);
  return { type: "selected", id, version, count, counts, milliseconds: 1, undo: "", redo: "", ...changes };
}

type Types = NonNullable<Parameters<typeof tableFromArrays>[1]>["types"];

function frame(columns: Record<string, unknown>, types: Types, metadata: Record<string, string | number>): ArrayBuffer {
  const table = tableFromArrays(columns as never, types === undefined ? {} : { types });
  const entries = Object.entries({ epoch: 1, snapshot: "0", projection: "", ...metadata });
  table.schema.metadata = new Map(entries.map(([key, value]) => [key, String(value)]));
  const bytes = tableToIPC(table, { format: "stream" })!;
  return bytes.slice().buffer;
}

/** Points x, y, z, class; their rows begin at `first`. */
export function pointsFrame(seq: number, chunk: number, points: number[][], first = 0, last = true): ArrayBuffer {
  const types = { position: fixedSizeList(uint16(), 4), row: uint32() };
  const columns = { position: points, row: points.map((_, i) => first + i) };
  return frame(columns, types, { kind: "points", seq, chunk, level: 0, last: last ? 1 : 0 });
}

/** The mask of a chunk, 0 or 1 for each point. */
export function maskFrame(seq: number, chunk: number, version: number, hits: number[], slot = 0): ArrayBuffer {
  const bits = new Uint8Array(Math.ceil(hits.length / 8));
  hits.forEach((hit, i) => (bits[i >> 3]! |= hit << (i & 7)));
  return frame({ bits: [...bits] }, { bits: uint8() }, { kind: "mask", seq, chunk, points: hits.length, slot, version });
}

/** The average trace of all curves of the cloud or of the selection at some primes. */
export function traceFrame(seq: number, of: "cloud" | "selection", version: number, mean: number[]): ArrayBuffer {
  const primes = [2, 3, 5, 7, 11, 13].slice(0, mean.length);
  const columns = { class: primes.map(() => -1), prime: primes, mean, stderr: mean.map(() => 0.1), count: primes.map(() => 9n) };
  const types = { class: int32(), prime: int32(), mean: float64(), stderr: float64(), count: int64() };
  return frame(columns, types, { kind: "trace", seq, of, axis: "p", version });
}
