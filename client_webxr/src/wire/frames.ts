// Binary messages: each is one complete Arrow IPC stream whose schema metadata is the header.
//
// The metadata keys and columns of each kind are generated from streaming/frames.py (protocol.gen.ts); the frame types
// follow from them. A column is a view into the message, not a copy: positions go to the GPU as they arrived.

import { tableFromIPC, type Table } from "@uwdata/flechette";
import { FRAME_COLUMNS, FRAME_KEYS, type FrameKind } from "./protocol.gen";

/** The header keys of every frame that this client reads. */
interface FrameHeader {
  seq: number;
  epoch: number;
}

type KeyValue<T> = T extends "integer" ? number : T extends "flag" ? boolean : T extends readonly (infer W)[] ? W : never;
type Keys<K extends FrameKind> = { -readonly [name in keyof (typeof FRAME_KEYS)[K]]: KeyValue<(typeof FRAME_KEYS)[K][name]> };
type Schema = Readonly<Record<string, readonly [abstract new (...values: never) => object, number]>>;
type Columns<S extends Schema> = { -readonly [name in keyof S]: InstanceType<S[name][0]> };

/** Points in drawing order: `position` holds x, y, z and class (flags.ts), `row` the row of the table. */
export type PointsFrame = FrameHeader & { kind: "points" } & Keys<"points"> & Columns<(typeof FRAME_COLUMNS.points)[0]>;

/** The selected points of a chunk, one bit each, lowest bit first. Slot 0 is the selection, others are named ones. */
export type MaskFrame = FrameHeader & { kind: "mask" } & Keys<"mask"> & Columns<(typeof FRAME_COLUMNS.mask)[0]>;

/** Line segments: eight integers each, x, y, z, class at both ends; `role` is an index into ROLES. */
export type WireframeFrame = FrameHeader & { kind: "wireframe" } & Keys<"wireframe"> &
  Columns<(typeof FRAME_COLUMNS.wireframe)[0]>;

/** Average traces, one series for each class in the frame. */
export type TraceFrame = FrameHeader & { kind: "trace" } & Keys<"trace"> & { series: Series[] };

/** The progress of a task on the server; it has ended when `done` equals `total`. */
export type ProgressFrame = FrameHeader & { kind: "progress"; task: string; done: number; total: number };

export type Frame = PointsFrame | MaskFrame | TraceFrame | WireframeFrame | ProgressFrame;

/** The average trace of one class at each prime, or in each bin of p/N, with its standard error. */
export interface Series {
  /** Index of the class in the scene, or -1 for all curves together. */
  index: number;
  /** The primes, or the middles of the bins of p/N. */
  at: Int32Array | Float64Array;
  mean: Float64Array;
  stderr: Float64Array;
  /** Curves in the average; for bins of p/N, pairs of a curve and a prime in the first bin. */
  count: number;
  /** The same count at each place. */
  counts: Float64Array;
}

/** Decode a message. Throws an Error that names the expected content when the message is not a frame. */
export function decode(data: ArrayBuffer): Frame {
  const table = tableFromIPC(data);
  const meta = new Metadata(table.schema.metadata ?? new Map());
  const kind = meta.kind();
  const header = { seq: meta.integer("seq"), epoch: meta.integer("epoch") };
  switch (kind) {
    case "points":
      return { kind, ...header, ...meta.keys(kind), ...columns(table, FRAME_COLUMNS.points[0]) };
    case "mask":
      return { kind, ...header, ...meta.keys(kind), ...columns(table, FRAME_COLUMNS.mask[0]) };
    case "wireframe":
      return { kind, ...header, ...meta.keys(kind), ...columns(table, FRAME_COLUMNS.wireframe[0]) };
    case "trace": {
      const keys = meta.keys(kind);
      return { kind, ...header, ...keys, series: keys.axis === "p" ? overPrimes(table) : overRatios(table) };
    }
    case "progress": {
      const { task, done, total } = table.get(0) as { task: string; done: number; total: number };
      return { kind, ...header, task, done: Number(done), total: Number(total) };
    }
    default:
      throw new Error(`expected a frame of a known kind, got ${String(kind satisfies never)}`);
  }
}

function overPrimes(table: Table): Series[] {
  const { prime, ...values } = columns(table, FRAME_COLUMNS.trace[0]);
  return series(prime, values);
}

function overRatios(table: Table): Series[] {
  const { ratio, ...values } = columns(table, FRAME_COLUMNS.trace[1]);
  return series(ratio, values);
}

type TraceColumns = Omit<Columns<(typeof FRAME_COLUMNS.trace)[0]>, "prime">;

/** Cut the columns of a trace where the class changes. */
function series(places: Int32Array | Float64Array, { class: index, mean, stderr, count }: TraceColumns): Series[] {
  const found: Series[] = [];
  for (let start = 0, end = 0; start < index.length; start = end) {
    while (end < index.length && index[end] === index[start]) end++;
    found.push({
      index: index[start]!,
      at: places.subarray(start, end),
      mean: mean.subarray(start, end),
      stderr: stderr.subarray(start, end),
      count: Number(count[start]),
      counts: Float64Array.from(count.subarray(start, end), Number),
    });
  }
  return found;
}

/** The columns of a table as the schema says. Throws when one is missing, of another type or of another length. */
function columns<S extends Schema>(table: Table, schema: S): Columns<S> {
  const found = Object.entries(schema).map(([name, [array, width]]) => {
    const batch = table.getChild(name)?.data[0];
    // A batch of no rows has no buffers: its columns are empty.
    const values: unknown = (width > 1 ? batch?.children?.[0]?.values : batch?.values) ?? new (array as new () => object)();
    if (!(values instanceof array)) throw new Error(`expected the column ${name} as ${array.name}`);
    const { length } = values as unknown as ArrayLike<unknown>;
    if (length !== width * table.numRows)
      throw new Error(`expected ${width * table.numRows} values in the column ${name}, got ${length}`);
    return [name, values] as const;
  });
  return Object.fromEntries(found) as Columns<S>;
}

/** The schema metadata of a frame: every value is text. */
class Metadata {
  constructor(private readonly map: Map<string, string>) {}

  kind(): FrameKind {
    const kind = this.text("kind");
    if (Object.hasOwn(FRAME_KEYS, kind)) return kind as FrameKind;
    throw new Error(`expected a frame of kind ${listed(Object.keys(FRAME_KEYS))}, got ${kind}`);
  }

  /** The keys of one kind, read as their types say. */
  keys<K extends FrameKind>(kind: K): Keys<K> {
    const types = Object.entries<string | readonly string[]>(FRAME_KEYS[kind]);
    const read = types.map(([name, type]) => [name, typeof type === "string" ? this.value(name, type) : this.word(name, type)]);
    return Object.fromEntries(read) as Keys<K>;
  }

  integer(key: string): number {
    const value = Number(this.text(key));
    if (!Number.isSafeInteger(value)) throw new Error(`expected ${key} to be an integer, got ${this.text(key)}`);
    return value;
  }

  private value(key: string, type: string): number | boolean {
    return type === "flag" ? this.text(key) === "1" : this.integer(key);
  }

  private word(key: string, words: readonly string[]): string {
    const found = this.text(key);
    if (!words.includes(found)) throw new Error(`expected ${key} to be ${listed(words)}, got ${found}`);
    return found;
  }

  private text(key: string): string {
    const value = this.map.get(key);
    if (value === undefined) throw new Error(`expected a frame with the key ${key} in its metadata`);
    return value;
  }
}

function listed(words: readonly string[]): string {
  return `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}
