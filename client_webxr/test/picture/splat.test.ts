import { expect, test } from "vitest";
import type { Chunk } from "../../src/cloud/cloud";
import type { Rgb } from "../../src/picture/palette";
import { type SplatColours, type SplatView, Splat } from "../../src/picture/splat";

const SIZE = 32;
const RED: Rgb = [1, 0, 0];
const BLUE: Rgb = [0, 0, 1];
const GROUND: Rgb = [0, 0, 0];
const PAINT: SplatColours = { classes: [RED, BLUE], slots: [], ground: GROUND, hidden: new Set(), selecting: false };

/** The eye looks along the third coordinate: what has z = 0 is 1 away, and a unit of x or y is a pixel there. */
function view(rim = 0, scale = 2): SplatView {
  const [half, k] = [SIZE / 2, 2 / SIZE];
  // Clip x is k(x - half), y downwards, w is 1 + z / 100.
  const matrix = [k, 0, 0, 0, 0, -k, 0, 0, 0, 0, 0, 0.01, -half * k, half * k, 0, 1];
  return { matrix, pixel: 1, style: { scale, rim, near: 1, far: 2 } };
}

/** Points of x, y, z, class and flags. */
function chunk(start: number, ...points: [number, number, number, number, number][]): Chunk {
  return {
    index: start,
    start,
    size: points.length,
    position: Uint16Array.from(points.flatMap(([x, y, z, kind]) => [x, y, z, kind])),
    row: Uint32Array.from(points, (_, i) => start + i),
    flags: Uint8Array.from(points, ([, , , , flags]) => flags),
    exact: null,
  };
}

function painted(chunks: Chunk[], paint: Partial<SplatColours> = {}, how = view(), first = 0, born = 1): Splat {
  const splat = new Splat();
  splat.resize(SIZE, SIZE);
  splat.paint({ ...PAINT, ...paint });
  splat.draw(chunks, how, first, born);
  return splat;
}

/** Pixels that something was painted on: [x, y, red, green, blue]. */
function lit({ pixels }: Splat): number[][] {
  const found: number[][] = [];
  for (let i = 0; i < SIZE * SIZE; i++) {
    const [r, g, b, a] = pixels.subarray(4 * i, 4 * i + 4);
    if (a! > 0) found.push([i % SIZE, Math.floor(i / SIZE), r!, g!, b!]);
  }
  return found;
}

test("a point of two pixels is the square about its position, from the top left", () => {
  expect(lit(painted([chunk(0, [10, 4, 0, 0, 0])]))).toEqual([
    [9, 3, 255, 0, 0],
    [10, 3, 255, 0, 0],
    [9, 4, 255, 0, 0],
    [10, 4, 255, 0, 0],
  ]);
});

test("the nearer of two points is visible, in either order", () => {
  const [near, far] = [
    [10, 10, 0, 0, 0],
    [10, 10, 1, 1, 0],
  ] as [number, number, number, number, number][];
  for (const order of [[near, far], [far, near]] as const) {
    expect(lit(painted([chunk(0, order[0]!, order[1]!)]))[0]!.slice(2)).toEqual([255, 0, 0]);
  }
});

test("of points at one place a selected one is visible, then one of a named selection, else the last", () => {
  const shown = (...points: [number, number][]) => {
    const paint = { slots: [null, [0, 1, 0] as Rgb], selecting: true };
    const [, , r, g, b] = lit(painted(points.map(([kind, flags], i) => chunk(i, [10, 10, 0, kind, flags])), paint))[0]!;
    return r! > g! && r! > b! ? "red" : g! > b! ? "green" : "blue";
  };
  expect(shown([0, 1], [1, 0])).toBe("red");
  expect(shown([1, 0], [0, 1])).toBe("red");
  expect(shown([0, 2], [1, 0])).toBe("green");
  expect(shown([0, 0], [1, 0])).toBe("blue");
});

test("points of hidden classes, behind the eye or outside the picture are not drawn", () => {
  expect(lit(painted([chunk(0, [10, 10, 0, 1, 0])], { hidden: new Set([1]) }))).toEqual([]);
  expect(lit(painted([chunk(0, [10, 10, 0, 1, 2])], { hidden: new Set([1]), slots: [null, RED] }))).toEqual([]);
  const behind = view();
  behind.matrix = behind.matrix.with(11, -0.01);
  expect(lit(painted([chunk(0, [10, 10, 100, 0, 0])], {}, behind))).toEqual([]);
  expect(lit(painted([chunk(0, [300, 10, 0, 0, 0], [10, 300, 0, 0, 0])]))).toEqual([]);
  expect(lit(painted([chunk(0, [0, 0, 0, 0, 0])])).length).toBe(1); // a quarter of it is in the corner
});

test("fog reduces colour with distance, down to two fifths", () => {
  const red = (z: number) => lit(painted([chunk(0, [16, 16, z, 0, 0])]))[0]![2];
  expect([red(0), red(50), red(100), red(200)]).toEqual([255, 178, 102, 102]);
});

test("points that are not selected become greyish and keep a little colour", () => {
  const [[, , r, g, b]] = lit(painted([chunk(0, [10, 10, 0, 0, 0])], { selecting: true })) as [number[]];
  expect([r, g, b]).toEqual([44, 17, 17]); // 0.42 of a quarter of red and three quarters of its grey
  expect(lit(painted([chunk(0, [10, 10, 0, 0, 1])], { selecting: true }))[0]!.slice(2)).toEqual([255, 31, 31]);
});

test("the first of several named selections colours a point", () => {
  const slots: (Rgb | null)[] = [null, null, [0, 1, 0], BLUE];
  const of = (flags: number) => lit(painted([chunk(0, [10, 10, 0, 0, flags])], { slots }))[0]!.slice(2);
  expect(of(0b1110)).toEqual([0, 255, 0]);
  expect(of(0b1010)).toEqual([0, 0, 255]);
  expect(of(0b0010)[0]).toBeLessThan(100); // that one is not shown: red, and stepped back
});

test("new points fade in from the ground colour, and the others stay", () => {
  const chunks = [chunk(0, [4, 4, 0, 0, 0]), chunk(1, [20, 20, 0, 0, 0], [28, 28, 0, 0, 0])];
  const half = lit(painted(chunks, {}, view(), 2, 0.5));
  expect(new Set(half.filter(([x]) => x! < 24).map(([, , r]) => r))).toEqual(new Set([255]));
  expect(new Set(half.filter(([x]) => x! > 24).map(([, , r]) => r))).toEqual(new Set([128]));
});

test("a larger point is round with a dark rim", () => {
  const found = lit(painted([chunk(0, [16, 16, 0, 0, 0])], {}, view(1, 5)));
  const at = (x: number, y: number) => found.find((each) => each[0] === x && each[1] === y)?.[2];
  expect(at(16, 16)).toBe(255);
  expect(at(16, 18)).toBeLessThan(255); // on its way to the rim's
  expect(at(16, 18)).toBe(at(15, 13)); // the same all round
  expect(at(13, 13)).toBeUndefined(); // the corner of its square
  expect(found.length).toBe(32);
});

test("another size clears the picture", () => {
  const splat = painted([chunk(0, [10, 4, 0, 0, 0])]);
  splat.resize(SIZE, SIZE);
  expect(lit(splat)).toEqual([]);
  splat.draw([], view());
  expect(lit(splat)).toEqual([]);
});
