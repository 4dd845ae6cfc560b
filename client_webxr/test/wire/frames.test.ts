import { describe, expect, test } from "vitest";
import { decode } from "../../src/wire/frames";
import { golden } from "../golden";

describe("points", () => {
  const data = golden("points.arrows");
  const frame = decode(data);
  if (frame.kind !== "points") throw new Error("expected points");

  test("the header", () => {
    expect(frame).toMatchObject({ kind: "points", seq: 3, epoch: 7, chunk: 2, level: 1, last: true });
  });

  test("every integer equals the one that Python wrote", () => {
    expect(frame.row.length).toBe(1000);
    const wanted = Array.from({ length: 1000 }, (_, i) => [7 * i, 65535 - i, (i * i) % 65536, i % 3]).flat();
    expect(Array.from(frame.position)).toEqual(wanted);
    expect(Array.from(frame.row)).toEqual(Array.from({ length: 1000 }, (_, i) => 3 * i + 1));
  });

  test("columns are views into the message, not copies", () => {
    expect(frame.position.buffer).toBe(data);
    expect(frame.row.buffer).toBe(data);
  });
});

test("a mask: one bit a point, the lowest first", () => {
  const data = golden("mask.arrows");
  const frame = decode(data);
  if (frame.kind !== "mask") throw new Error("expected a mask");
  expect(frame).toMatchObject({ seq: 4, chunk: 2, points: 1000, slot: 0, version: 5 });
  expect(frame.bits.buffer).toBe(data);
  const set = Array.from({ length: 1000 }, (_, i) => i).filter((i) => (frame.bits[i >> 3]! >> (i & 7)) & 1);
  expect(set).toEqual(Array.from({ length: 200 }, (_, i) => 5 * i));
});

test("a trace: one series a class, -1 for all curves", () => {
  const data = golden("trace.arrows");
  const frame = decode(data);
  if (frame.kind !== "trace") throw new Error("expected a trace");
  expect(frame).toMatchObject({ of: "cloud", axis: "p", version: 0 });
  expect(frame.series.map(({ index, count }) => [index, count])).toEqual([
    [-1, 1000],
    [0, 334],
  ]);
  const primes = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29];
  for (const { at } of frame.series) expect(Array.from(at)).toEqual(primes);
  expect(Array.from(frame.series[0]!.mean)).toEqual(primes.map((p) => p / 100));
  expect(Array.from(frame.series[1]!.mean)).toEqual(primes.map((p) => -p / 10));
  expect(new Set(frame.series[1]!.stderr)).toEqual(new Set([0.5]));
  expect(frame.series[0]!.mean.buffer).toBe(data);
});

test("a trace against p/N: the middles of the bins", () => {
  const frame = decode(golden("ratio.arrows"));
  if (frame.kind !== "trace") throw new Error("expected a trace");
  expect(frame).toMatchObject({ of: "selection", axis: "ratio", version: 5 });
  expect(Array.from(frame.series[0]!.at)).toEqual([0.125, 0.25, 0.375, 0.5]);
});

test("a wireframe: eight integers a segment, and its role", () => {
  const data = golden("wireframe.arrows");
  const frame = decode(data);
  if (frame.kind !== "wireframe") throw new Error("expected a wireframe");
  expect(frame).toMatchObject({ seq: 7, of: "cloud", version: 0 });
  expect(frame.segment.buffer).toBe(data);
  expect(frame.role.length).toBe(50);
  expect(Array.from(frame.segment.subarray(8, 16))).toEqual([7, 65534, 1, 1, 14, 65533, 4, 2]);
});

test("progress: the task and how far it is", () => {
  expect(decode(golden("progress.arrows"))).toMatchObject({
    kind: "progress",
    task: "components",
    done: 250,
    total: 1000,
  });
});

test("a header with an unknown word or a missing key is refused", () => {
  const renamed = new Uint8Array(golden("wireframe.arrows"));
  renamed.set(new TextEncoder().encode("clown"), find(renamed, "cloud"));
  expect(() => decode(renamed.buffer)).toThrow("expected of to be cloud or selection, got clown");
  const missing = new Uint8Array(golden("mask.arrows"));
  missing.set(new TextEncoder().encode("slat"), find(missing, "slot"));
  expect(() => decode(missing.buffer)).toThrow("expected a frame with the key slot in its metadata");
});

test("a column that is missing is refused", () => {
  const renamed = new Uint8Array(golden("mask.arrows"));
  renamed.set(new TextEncoder().encode("bats"), find(renamed, "bits"));
  expect(() => decode(renamed.buffer)).toThrow("expected 125 values in the column bits, got 0");
});

test("bytes that are not a frame are refused", () => {
  expect(() => decode(new ArrayBuffer(0))).toThrow();
  expect(() => decode(new TextEncoder().encode("no arrow at all, but long enough").buffer as ArrayBuffer)).toThrow();
  const renamed = new Uint8Array(golden("mask.arrows"));
  renamed.set(new TextEncoder().encode("musk"), find(renamed, "mask"));
  expect(() => decode(renamed.buffer)).toThrow("expected a frame of kind points, trace, mask, wireframe or progress, got musk");
});

function find(bytes: Uint8Array, text: string): number {
  return new TextDecoder("latin1").decode(bytes).indexOf(text);
}
