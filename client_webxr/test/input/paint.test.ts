import { describe, expect, test } from "vitest";
import { MOST_CORNERS, PaintedCells, strung } from "../../src/input/paint";
import { lasso, type Point } from "../../src/cloud/polygon";

const [WIDTH, HEIGHT] = [160, 120];
/** Takes integers to pixels of the picture: x / 100, y / 100, in clip space. */
const MATRIX = [2 / (100 * WIDTH), 0, 0, 0, 0, -2 / (100 * HEIGHT), 0, 0, 0, 0, 1, 0, -1, 1, 0, 1];

function ndc(line: readonly Point[]): Point[] {
  return line.map(([x, y]) => [(2 * x) / WIDTH - 1, 1 - (2 * y) / HEIGHT] as const);
}

/** Asks the lasso itself about the middle of every pixel, and compares with what was painted. */
function disagreements(paint: PaintedCells): number {
  const position = new Uint16Array(4 * WIDTH * HEIGHT);
  for (let y = 0; y < HEIGHT; y++)
    for (let x = 0; x < WIDTH; x++) position.set([100 * x + 50, 100 * y + 50, 0, 0], 4 * (y * WIDTH + x));
  const hits = lasso(MATRIX, ndc(strung(paint.loops())))(position);
  return hits.reduce((sum, hit, i) => sum + (hit === Number(paint.has(i % WIDTH, Math.floor(i / WIDTH))) ? 0 : 1), 0);
}

/** The signed area of a closed line, painted cells on its right hand. */
function area(line: readonly Point[]): number {
  return line.reduce((sum, [x, y], i) => {
    const [u, v] = line[(i + 1) % line.length]!;
    return sum + (x * v - u * y) / 2;
  }, 0);
}

function stroke(radius: number, ...line: Point[]): PaintedCells {
  const paint = new PaintedCells(WIDTH, HEIGHT);
  for (const point of line) paint.to(point, radius);
  return paint;
}

describe("the outline of painted cells", () => {
  test("a dab is one loop of about the disc's area", () => {
    const loops = stroke(20, [60, 60]).loops();
    expect(loops.length).toBe(1);
    expect(Math.abs(area(loops[0]!) - Math.PI * 400)).toBeLessThan(20);
  });

  test("no painted cells give no polygon", () => {
    const paint = new PaintedCells(WIDTH, HEIGHT);
    expect(paint.loops()).toEqual([]);
    expect(strung([])).toEqual([]);
  });

  test("a ring has a hole, and the hole is not selected", () => {
    const paint = stroke(8, [30, 30], [120, 30], [120, 90], [30, 90], [30, 30]);
    const loops = paint.loops();
    expect(loops.length).toBe(2);
    expect(loops.map((loop) => Math.sign(area(loop))).sort()).toEqual([-1, 1]);
    expect(paint.has(75, 60)).toBe(false);
    expect(disagreements(paint)).toBe(0);
  });

  test("painting twice equals painting once", () => {
    const once = stroke(10, [30, 60], [120, 60]);
    const twice = stroke(10, [30, 60], [120, 60], [30, 60], [120, 60]);
    expect(twice.loops()).toEqual(once.loops());
    expect(disagreements(twice)).toBe(0);
  });

  test("a line that crosses itself is painted where it crosses", () => {
    const paint = stroke(6, [20, 20], [140, 100], [140, 20], [20, 100]);
    expect(paint.has(80, 60)).toBe(true);
    expect(disagreements(paint)).toBe(0);
  });

  test("cells that touch at a corner, in every order", () => {
    for (const order of [[0, 1], [1, 0]]) {
      for (const line of [[[10.5, 10.5], [11.5, 11.5]], [[11.5, 10.5], [10.5, 11.5]]] as Point[][]) {
        const paint = new PaintedCells(WIDTH, HEIGHT);
        for (const i of order) {
          Object.assign(paint, { last: null });
          paint.to(line[i]!, 0.6);
        }
        expect(disagreements(paint)).toBe(0);
      }
    }
  });

  test("a stroke out of the picture ends at its edge", () => {
    const paint = stroke(15, [-40, 60], [30, 60], [30, 400]);
    expect(disagreements(paint)).toBe(0);
    for (const [x, y] of paint.loops().flat()) expect(x >= 0 && y >= 0 && x <= WIDTH && y <= HEIGHT).toBe(true);
  });

  test("a scribble with too many corners gets larger cells, and still shows its exact selection", () => {
    const paint = new PaintedCells(1200, 900);
    let seed = 7;
    const random = (n: number) => (seed = (seed * 48271) % 2147483647) % n;
    for (let i = 0; i < 4000; i++) {
      const dab: Point = [random(1200), random(900)];
      Object.assign(paint, { last: null });
      paint.to(dab, 3);
    }
    const line = strung(paint.loops());
    expect(paint.cell).toBeGreaterThan(1);
    expect(line.length).toBeLessThanOrEqual(MOST_CORNERS);
  });
});
