// Binary messages: each is one complete Arrow IPC stream, and its header stands in the schema metadata.
//
// Columns are handed on as views into the message itself, without a copy: positions go to the GPU as they came.

import { tableFromIPC, type Table } from "@uwdata/flechette";
import type { FrameKind } from "./protocol.gen";

interface FrameHeader {
  seq: number;
  epoch: number;
}

/** A run of points in drawing order; `position` has four integers a point: x, y, z, class (low 8 bits) and flags. */
export interface PointsFrame extends FrameHeader {
  kind: "points";
  chunk: number;
  level: number;
  last: boolean;
  position: Uint16Array;
  row: Uint32Array;
}

/** Which points of a chunk are selected, one bit each, the lowest bit of a byte first. */
export interface MaskFrame extends FrameHeader {
  kind: "mask";
  chunk: number;
  points: number;
  /** 0 for the selection, else the slot of a named one. */
  slot: number;
  version: number;
  bits: Uint8Array;
}

/** The average trace of some curves at each prime or in each bin of p/N, with its standard error. */
export interface Series {
  /** Index of the class in the scene, or -1 for all curves together. */
  index: number;
  /** The primes, or the middles of the bins of p/N. */
  at: Int32Array | Float64Array;
  mean: Float64Array;
  stderr: Float64Array;
  /** Curves averaged over; in bins of p/N, pairs of a curve and a prime in the first bin. */
  count: number;
  /** How many at each place: curves, or pairs of a curve and a prime. */
  counts: Float64Array;
}

export interface TraceFrame extends FrameHeader {
  kind: "trace";
  of: "cloud" | "selection";
  axis: "p" | "ratio";
  version: number;
  series: Series[];
}

/** Line segments of the wireframe: eight integers each, x, y, z, class at both ends; `role` is an index into ROLES. */
export interface WireframeFrame extends FrameHeader {
  kind: "wireframe";
  of: "cloud" | "selection";
  version: number;
  segment: Uint16Array;
  role: Uint8Array;
}

/** How far a task of the server is; it has ended when `done` is `total`. */
export interface ProgressFrame extends FrameHeader {
  kind: "progress";
  task: string;
  done: number;
  total: number;
}

export type Frame = PointsFrame | MaskFrame | TraceFrame | WireframeFrame | ProgressFrame;

/** A message as a frame. Throws an Error that says what was expected when it is none. */
export function decode(data: ArrayBuffer): Frame {
  const table = tableFromIPC(data);
  const meta = new Meta(table.schema.metadata ?? new Map());
  const kind = meta.text("kind") as FrameKind;
  const header = { seq: meta.whole("seq"), epoch: meta.whole("epoch") };
  if (kind === "points") return { kind, ...header, ...points(table, meta) };
  if (kind === "mask") return { kind, ...header, ...mask(table, meta) };
  if (kind === "trace") return { kind, ...header, ...trace(table, meta) };
  if (kind === "wireframe") return { kind, ...header, ...wireframe(table, meta) };
  if (kind === "progress") return { kind, ...header, ...progress(table) };
  throw new Error(`expected a frame of kind points, mask, trace, wireframe or progress, got ${String(kind)}`);
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
  const [chunk, slot, version] = [meta.whole("chunk"), meta.whole("slot"), meta.whole("version")];
  return { chunk, points: meta.whole("points"), slot, version, bits };
}

function wireframe(table: Table, meta: Meta) {
  const segment = typed(table.getChild("segment")?.data[0]?.children?.[0]?.values, Uint16Array, "segment");
  const role = typed(table.getChild("role")?.data[0]?.values, Uint8Array, "role");
  if (segment.length !== 8 * role.length) {
    throw new Error(`expected 8 integers a segment, got ${segment.length} for ${role.length} segments`);
  }
  return { of: subject(meta), version: meta.whole("version"), segment, role };
}

function progress(table: Table) {
  const { task, done, total } = table.get(0) as { task: string; done: number; total: number };
  return { task, done: Number(done), total: Number(total) };
}

function subject(meta: Meta): "cloud" | "selection" {
  const of = meta.text("of");
  if (of !== "cloud" && of !== "selection") throw new Error(`expected a frame of cloud or selection, got ${of}`);
  return of;
}

function trace(table: Table, meta: Meta) {
  const of = subject(meta);
  const axis = meta.text("axis");
  if (axis !== "p" && axis !== "ratio") throw new Error(`expected a trace against p or ratio, got ${axis}`);
  const column = <T extends object>(name: string, kind: new () => T) =>
    typed(table.getChild(name)?.data[0]?.values, kind, name);
  const index = column("class", Int32Array);
  const at = axis === "p" ? column("prime", Int32Array) : column("ratio", Float64Array);
  const mean = column("mean", Float64Array);
  const stderr = column("stderr", Float64Array);
  const count = column("count", BigInt64Array);
  const series: Series[] = [];
  for (let start = 0, end = 0; start < index.length; start = end) {
    while (end < index.length && index[end] === index[start]) end++;
    series.push({
      index: index[start]!,
      at: at.subarray(start, end),
      mean: mean.subarray(start, end),
      stderr: stderr.subarray(start, end),
      count: Number(count[start]),
      counts: Float64Array.from(count.subarray(start, end), Number),
    });
  }
  return { of, axis, version: meta.whole("version"), series } as const;
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
