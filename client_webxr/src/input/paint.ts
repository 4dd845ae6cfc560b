// A brush stroke as cells of a small bitmap, and its outline as one polygon.
//
// The protocol has polygons under the even-odd rule only. A brush stroke is a union of discs: it overlaps itself, may
// enclose holes and may have several pieces, which no single line can describe. So discs are painted into cells, the
// outlines of the painted cells are traced, and the loops are joined by bridges that run there and back on the same
// edges. All edges are vertical or horizontal, where the even-odd test rounds nothing: a bridge cancels bit for bit, and
// the painted area is exactly the selected one.

import type { Point } from "../cloud/polygon";

/** Vertices that the server accepts in one polygon. */
export const MOST_CORNERS = 10_000;

/** Directions along the grid, clockwise on a screen whose y points down. */
const STEPS: readonly Point[] = [
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -1],
];

export class PaintedCells {
  /** Side of a cell in CSS pixels: 1, doubled whenever the outline has more corners than can be sent. */
  cell = 1;
  private columns: number;
  private rows: number;
  private cells: Uint8Array;
  private box: [number, number, number, number] = [Infinity, Infinity, -1, -1];
  private last: Point | null = null;

  /** No painted cells yet; width and height of the picture in CSS pixels. */
  constructor(
    private readonly width: number,
    private readonly height: number,
  ) {
    this.columns = Math.ceil(width);
    this.rows = Math.ceil(height);
    this.cells = new Uint8Array(this.columns * this.rows);
  }

  /** Paint discs of this radius (CSS pixels) from the last position of the brush to this one. */
  to(point: Point, radius: number): void {
    const from = this.last ?? point;
    this.last = point;
    const [x0, y0, x1, y1] = [...from, ...point].map((value) => value / this.cell) as [number, number, number, number];
    const reach = radius / this.cell;
    const [left, right] = [Math.min(x0, x1) - reach, Math.max(x0, x1) + reach];
    const [top, bottom] = [Math.min(y0, y1) - reach, Math.max(y0, y1) + reach];
    const [dx, dy] = [x1 - x0, y1 - y0];
    const square = dx * dx + dy * dy;
    for (let row = Math.max(0, Math.floor(top)); row <= Math.min(this.rows - 1, bottom); row++) {
      for (let column = Math.max(0, Math.floor(left)); column <= Math.min(this.columns - 1, right); column++) {
        const [px, py] = [column + 0.5 - x0, row + 0.5 - y0];
        const along = square === 0 ? 0 : Math.min(1, Math.max(0, (px * dx + py * dy) / square));
        if (Math.hypot(px - along * dx, py - along * dy) <= reach) this.fill(column, row);
      }
    }
  }

  /** Whether the cell at this place (CSS pixels) is painted. */
  has(x: number, y: number): boolean {
    const [column, row] = [Math.floor(x / this.cell), Math.floor(y / this.cell)];
    return this.at(column, row) === 1;
  }

  /** The outlines of the painted cells, outer ones and holes, each a closed line in CSS pixels. */
  loops(): Point[][] {
    let found = this.trace();
    while (corners(found) > MOST_CORNERS) {
      this.coarsen();
      found = this.trace();
    }
    return found.map((loop) => loop.map(([x, y]) => [x * this.cell, y * this.cell] as const));
  }

  private fill(column: number, row: number): void {
    this.cells[row * this.columns + column] = 1;
    const [left, top, right, bottom] = this.box;
    this.box = [Math.min(left, column), Math.min(top, row), Math.max(right, column), Math.max(bottom, row)];
  }

  private at(column: number, row: number): number {
    return column < 0 || row < 0 || column >= this.columns || row >= this.rows
      ? 0
      : this.cells[row * this.columns + column]!;
  }

  /** Double the cells: a new cell is painted when any of the four that it covers was. */
  private coarsen(): void {
    const { cells, columns, rows } = this;
    this.cell *= 2;
    this.columns = Math.ceil(this.width / this.cell);
    this.rows = Math.ceil(this.height / this.cell);
    this.cells = new Uint8Array(this.columns * this.rows);
    this.box = [Infinity, Infinity, -1, -1];
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++)
        if (cells[row * columns + column] === 1) this.fill(column >> 1, row >> 1);
    }
  }

  /** Follow the edges between painted and empty cells, with painted cells on the right. */
  private trace(): Point[][] {
    const [left, top, right, bottom] = this.box;
    if (right < 0) return [];
    const wide = right - left + 2;
    const out = new Uint8Array(wide * (bottom - top + 2)); // one bit for each direction in which an edge leaves a vertex
    const leave = (column: number, row: number, direction: number) =>
      (out[(row - top) * wide + column - left]! |= 1 << direction);
    for (let row = top; row <= bottom; row++) {
      for (let column = left; column <= right; column++) {
        if (this.at(column, row) === 0) continue;
        if (this.at(column, row - 1) === 0) leave(column, row, 0);
        if (this.at(column + 1, row) === 0) leave(column + 1, row, 1);
        if (this.at(column, row + 1) === 0) leave(column + 1, row + 1, 2);
        if (this.at(column - 1, row) === 0) leave(column, row + 1, 3);
      }
    }
    const loops: Point[][] = [];
    for (let start = 0; start < out.length; start++) {
      while (out[start] !== 0) loops.push(follow(out, wide, start, left, top));
    }
    return loops;
  }
}

/** One loop of edges; every followed edge is cleared, and only corners are kept. */
function follow(out: Uint8Array, wide: number, start: number, left: number, top: number): Point[] {
  const loop: Point[] = [];
  let at = start;
  let heading = -1;
  do {
    // At a corner where two cells touch, a right turn stays with the same cell.
    const turn = heading < 0 ? [0, 1, 2, 3] : [heading + 1, heading, heading + 3];
    const next = turn.map((each) => each & 3).find((each) => (out[at]! & (1 << each)) !== 0)!;
    out[at]! &= ~(1 << next);
    if (next !== heading) loop.push([(at % wide) + left, Math.floor(at / wide) + top]);
    heading = next;
    at += STEPS[next]![0] + STEPS[next]![1] * wide;
  } while (at !== start || (out[at]! !== 0 && returns(out[at]!, heading)));
  return loop;
}

/** Whether a loop that is back at its start has another edge there: the right turn. */
function returns(edges: number, heading: number): boolean {
  return (edges & (1 << ((heading + 1) & 3))) !== 0;
}

function corners(loops: readonly Point[][]): number {
  return loops.reduce((sum, loop) => sum + loop.length + 5, 0);
}

/** Loops as one closed polygon, with bridges from the first loop's start to every other loop and back. */
export function strung(loops: readonly (readonly Point[])[]): Point[] {
  const [first, ...others] = loops;
  if (first === undefined) return [];
  const home = first[0]!;
  const line: Point[] = [...first, home];
  for (const loop of others) {
    const there = loop[0]!;
    const corner: Point = [there[0], home[1]];
    line.push(corner, ...loop, there, corner, home);
  }
  return line;
}
