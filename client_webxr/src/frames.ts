// Binary messages: each is one complete Arrow IPC stream, and its header stands in the schema metadata.
//
// Columns are handed on as views into the message itself, without a copy: positions go to the GPU as they came.

import { tableFromIPC, type Table } from "@uwdata/flechette";
import type { FrameKind } from "./protocol.gen";

interface Header {
  seq: number;
  epoch: number;
}

/** A run of points in drawing order; `position` has four integers a point: x, y, z, class (low 8 bits) and flags. */
export interface PointsFrame extends Header {
  kind: "points";
  chunk: number;
  level: number;
  last: boolean;
  position: Uint16Array;
  row: Uint32Array;
}

/** Which points of a chunk are selected, one bit each, the lowest bit of a byte first. */
export interface MaskFrame extends Header {
  kind: "mask";
  chunk: number;
  points: number;
  version: number;
  bits: Uint8Array;
}

/** The average trace of some curves at each prime, with its standard error. */
export interface Series {
  /** Index of the class in the scene, or -1 for all curves together. */
  index: number;
  prime: Int32Array;
  mean: Float64Array;
  stderr: Float64Array;
  /** Curves averaged over. */
  count: number;
}

export interface TraceFrame extends Header {
  kind: "trace";
  of: "cloud" | "selection";
  version: number;
  series: Series[];
}

export type Frame = PointsFrame | MaskFrame | TraceFrame;

/** A message as a frame. Throws an Error that says what was expected when it is none. */
export function decode(data: ArrayBuffer): Frame {
  const table = tableFromIPC(data);
  const meta = new Meta(table.schema.metadata ?? new Map());
  const kind = meta.text("kind") as FrameKind;
  const header = { seq: meta.whole("seq"), epoch: meta.whole("epoch") };
  if (kind === "points") return { kind, ...header, ...points(table, meta) };
  if (kind === "mask") return { kind, ...header, ...mask(table, meta) };
  if (kind === "trace") return { kind, ...header, ...trace(table, meta) };
  throw new Error(`expected a frame of kind points, mask or trace, got ${String(kind)}`);
}

function points(table: Table, meta: Meta) {
  const list = table.getChild("position")?.data[0]?.children?.[0];
  const position = typed(list?.values, Uint16Array, "position");
  const row = typed(table.getChild("row")?.data[0]?.values, Uint32Array, "row");
  if (position.length !== 4 * row.length) {
    throw new Error(`expected 4 integers a point, got ${position.length} for ${row.length} points`);
  }
  return { chunk: meta.whole("chunk"), level: meta.whole("level"), last: meta.text("last") === "1", position, row };
}

function mask(table: Table, meta: Meta) {
  const bits = typed(table.getChild("bits")?.data[0]?.values, Uint8Array, "bits");
  return { chunk: meta.whole("chunk"), points: meta.whole("points"), version: meta.whole("version"), bits };
}

function trace(table: Table, meta: Meta) {
  const of = meta.text("of");
  if (of !== "cloud" && of !== "selection") throw new Error(`expected a trace of cloud or selection, got ${of}`);
  const column = <T extends object>(name: string, kind: new () => T) =>
    typed(table.getChild(name)?.data[0]?.values, kind, name);
  const index = column("class", Int32Array);
  const prime = column("prime", Int32Array);
  const mean = column("mean", Float64Array);
  const stderr = column("stderr", Float64Array);
  const count = column("count", BigInt64Array);
  const series: Series[] = [];
  for (let start = 0, end = 0; start < index.length; start = end) {
    while (end < index.length && index[end] === index[start]) end++;
    series.push({
      index: index[start]!,
      prime: prime.subarray(start, end),
      mean: mean.subarray(start, end),
      stderr: stderr.subarray(start, end),
      count: Number(count[start]),
    });
  }
  return { of, version: meta.whole("version"), series } as const;
}

/** The schema metadata, read with the expectations of a frame's header. */
class Meta {
  constructor(private readonly map: Map<string, string>) {}

  text(key: string): string {
    const value = this.map.get(key);
    if (value === undefined) throw new Error(`expected a frame with the key ${key} in its metadata`);
    return value;
  }

  whole(key: string): number {
    const value = Number(this.text(key));
    if (!Number.isSafeInteger(value)) throw new Error(`expected ${key} to be a whole number, got ${this.text(key)}`);
    return value;
  }
}

/** A column's values, checked; a batch of no rows has no buffers, which is an empty column. */
function typed<T extends object>(values: unknown, kind: new () => T, name: string): T {
  if (values === undefined) return new kind();
  if (values instanceof kind) return values;
  throw new Error(`expected the column ${name} as ${kind.name}`);
}
