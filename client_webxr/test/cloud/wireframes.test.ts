import { expect, test } from "vitest";
import type { WireframeFrame } from "../../src/wire/frames";
import { NO_CLASS, Wireframes } from "../../src/cloud/wireframes";

function frame(of: "cloud" | "selection", version: number, ...segments: [role: number, word: number][]): WireframeFrame {
  return {
    kind: "wireframe",
    seq: 1,
    epoch: 1,
    of,
    version,
    segment: Uint16Array.from(segments.flatMap(([, word], i) => [i, i, i, word, i, i, i, word])),
    role: Uint8Array.from(segments.map(([role]) => role)),
  };
}

test("segments that are drawn alike form one run", () => {
  const wireframes = new Wireframes();
  const inner = 1 | (1 << 8);
  wireframes.take(frame("cloud", 0, [4, NO_CLASS], [3, 0], [0, 1], [0, 1], [0, inner], [0, 2]));
  expect(wireframes.cloud!.segments).toBe(6);
  expect(wireframes.cloud!.runs.map(({ role, kind, surface, segment }) => [role, kind, surface, segment.length / 8])).toEqual([
    ["hull", NO_CLASS, 0, 1],
    ["centroid", 0, 0, 1],
    ["contour", 1, 0, 2],
    ["contour", 1, 1, 1],
    ["contour", 2, 0, 1],
  ]);
  expect(wireframes.cloud!.runs[4]!.segment[0]).toBe(5);
});

test("the wireframes of cloud and selection are kept until another scene begins", () => {
  const wireframes = new Wireframes();
  wireframes.take(frame("cloud", 0, [0, 0]));
  wireframes.take(frame("selection", 7, [0, 0], [0, 0]));
  expect([wireframes.cloud!.segments, wireframes.selection!.segments, wireframes.selection!.version]).toEqual([1, 2, 7]);
  wireframes.reset();
  expect([wireframes.cloud, wireframes.selection]).toEqual([null, null]);
});
