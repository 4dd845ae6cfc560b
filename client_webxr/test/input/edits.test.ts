import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Cloud, type Chunk } from "../../src/cloud/cloud";
import type { Point } from "../../src/cloud/polygon";
import { Selection } from "../../src/cloud/selection";
import { type Editing, Edits, OFFLINE } from "../../src/input/edits";
import { Connection } from "../../src/wire/connection";
import { decode, type PointsFrame } from "../../src/wire/frames";
import type { Operation } from "../../src/wire/protocol.gen";
import { pointsFrame, scene, selected } from "../messages";
import { FakeNetwork } from "../network";

/** Maps the integers 0..65535 to -1..1 in x and y. */
const FLAT = [2 / 65535, 0, 0, 0, 0, 2 / 65535, 0, 0, 0, 0, 0, 0, -1, -1, 0, 1];
const LEFT_HALF = [
  [0, 0],
  [400, 0],
  [400, 600],
  [0, 600],
] as const;

const EVERYTHING = [
  [-1, -1],
  [1, -1],
  [1, 1],
  [-1, 1],
] as const;
/** Drawn points from left to right, and how many of them lie in the left half. */
const [POINTS, STEP] = [1200, 54];
const LEFT = Math.ceil(65535 / 2 / STEP);

let cloud: Cloud;
let network: FakeNetwork;
let connection: Connection;
let selection: Selection;
let notices: (string | null)[];
let counted: number[];
let edits: Edits;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  cloud = new Cloud();
  const points = Array.from({ length: POINTS }, (_, i) => [STEP * i, 30_000, 0, 0]);
  cloud.add(decode(pointsFrame(1, 0, points)) as PointsFrame);
  [network, selection, notices, counted] = [new FakeNetwork(), new Selection(cloud), [], []];
  const nothing = { state() {}, text() {}, binary() {}, query: () => "", closed() {} };
  connection = new Connection(nothing, network);
  const client: Editing = {
    scene: scene(),
    cloud,
    selection,
    orbit: { matrix: () => FLAT, width: 800, height: 600 },
    display: { flag() {} },
    connection,
    get selectedDrawn() {
      return cloud.selectedRows().length;
    },
    reflag: (chunks: readonly Chunk[]) => void chunks,
    notice: (text) => notices.push(text),
    counting: (drawn) => counted.push(drawn),
  };
  edits = new Edits(client);
  connection.connect();
  await network.settle();
  network.socket.onopen!();
});

afterEach(() => void vi.useRealTimers());

test("a shape in CSS pixels becomes a polygon in normalised device coordinates", () => {
  edits.stroke(LEFT_HALF, "add");
  const [stroke] = network.sent();
  expect(stroke).toMatchObject({ type: "stroke", operation: "add", matrix: FLAT });
  expect(stroke!["polygon"]).toEqual([
    [-1, 1],
    [0, 1],
    [0, -1],
    [-1, -1],
  ]);
  expect(edits.lastStroke).toEqual(stroke);
});

test("each operation is guessed over the drawn points", () => {
  const guessed = (shape: readonly Point[], operation: Operation) => {
    edits.stroke(shape, operation);
    return cloud.selectedRows().length;
  };
  const right = LEFT_HALF.map(([x, y]) => [x + 400, y] as const);
  expect(guessed(LEFT_HALF, "replace")).toBe(LEFT);
  expect(guessed(right, "add")).toBe(POINTS);
  expect(guessed(LEFT_HALF, "subtract")).toBe(POINTS - LEFT);
  expect(guessed(LEFT_HALF, "intersect")).toBe(0);
});

test("a guess without time tests some points, and goes on when told to", () => {
  edits.select(FLAT, EVERYTHING, "replace", 0);
  const first = cloud.selectedRows().length;
  expect(first).toBeGreaterThan(0);
  expect(first).toBeLessThan(POINTS);
  edits.continueGuess(Infinity);
  expect(cloud.selectedRows().length).toBe(POINTS);
});

test("a guess ends with the server's answer", () => {
  edits.select(FLAT, EVERYTHING, "replace", 0);
  selection.hear(selected(1, 1, [0]));
  edits.continueGuess(Infinity);
  expect(cloud.selectedRows()).toEqual([]);
});

test("nothing is sent or guessed while the server is away", () => {
  network.socket.onclose!({ code: 1006, reason: "" });
  edits.stroke(LEFT_HALF, "replace");
  edits.recall("left", "replace");
  expect(network.sent()).toEqual([]);
  expect(selection.waiting).toBe(false);
  expect(notices).toEqual([OFFLINE, OFFLINE]);
});

test("undo, redo and clear are sent only when there is something to undo, redo or clear", () => {
  edits.undo();
  edits.redo();
  edits.clear();
  expect(network.sent()).toEqual([]);
  selection.hear(selected(0, 1, [2], { undo: "a stroke", redo: "a name" }));
  edits.undo();
  edits.redo();
  edits.clear();
  expect(network.sent().map(({ type, id }) => [type, id])).toEqual([
    ["undo", 1],
    ["redo", 2],
    ["clear", 3],
  ]);
});

test("a change that takes long is reported as being counted, a quick one is not", () => {
  edits.stroke(LEFT_HALF, "replace");
  selection.hear(selected(1, 1, [2]));
  vi.advanceTimersByTime(300);
  expect(counted).toEqual([]);
  edits.stroke(LEFT_HALF, "replace");
  vi.advanceTimersByTime(300);
  expect(counted).toEqual([LEFT]);
});
