// The shapes that can be drawn around points: a free line, a box, a brush. Each shows exactly the polygon that it sends.

import { PaintedCells, strung } from "./paint";
import { isLoop, simplify, type Point } from "../cloud/polygon";

export type Tool = "lasso" | "box" | "brush";

/** A shape being drawn, in CSS pixels of the picture. */
export interface Shape {
  /** The pen moved here. */
  extend(point: Point): void;
  /** The enclosed area so far as a closed polygon (even-odd); empty without one. */
  polygon(): Point[];
  /** SVG path data of the area, of the drawn line, and of the edge that will close it. */
  outline(): { area: string; line: string; closing: string };
}

/** Least distance between two points of a free line, in CSS pixels. */
const STEP = 1;
/** Largest distance of the simplified line from the drawn one, in CSS pixels. */
const TOLERANCE = 0.3;
/** A shape smaller than this many CSS pixels was a click. */
const LEAST = 4;

/** Begin a shape. `radius` is the brush's; `width` and `height` are the picture's, all in CSS pixels. */
export function begin(tool: Tool, at: Point, radius: number, width: number, height: number): Shape {
  if (tool === "box") return new Box(at);
  return tool === "brush" ? new Brush(at, radius, width, height) : new FreeLine(at);
}

class FreeLine implements Shape {
  private readonly points: Point[];

  constructor(at: Point) {
    this.points = [at];
  }

  extend(point: Point): void {
    const last = this.points[this.points.length - 1]!;
    if (Math.hypot(point[0] - last[0], point[1] - last[1]) >= STEP) this.points.push(point);
  }

  polygon(): Point[] {
    if (!isLoop(this.points, LEAST)) return [];
    const line = simplify(this.points, TOLERANCE);
    return line.length < 3 ? [] : line;
  }

  outline() {
    const line = path(this.points);
    const [first, last] = [this.points[0]!, this.points[this.points.length - 1]!];
    return { area: `${line}Z`, line, closing: path([last, first]) };
  }
}

class Box implements Shape {
  private to: Point;

  constructor(private readonly from: Point) {
    this.to = from;
  }

  extend(point: Point): void {
    this.to = point;
  }

  polygon(): Point[] {
    const [[left, top], [right, bottom]] = [this.from, this.to];
    if (Math.abs(right - left) < LEAST || Math.abs(bottom - top) < LEAST) return [];
    return [
      [left, top],
      [right, top],
      [right, bottom],
      [left, bottom],
    ];
  }

  outline() {
    const [[left, top], [right, bottom]] = [this.from, this.to];
    const line = `M${left},${top}H${right}V${bottom}H${left}Z`;
    return { area: line, line, closing: "" };
  }
}

class Brush implements Shape {
  private readonly paint: PaintedCells;

  constructor(
    at: Point,
    private readonly radius: number,
    width: number,
    height: number,
  ) {
    this.paint = new PaintedCells(width, height);
    this.extend(at);
  }

  extend(point: Point): void {
    this.paint.to(point, this.radius);
  }

  polygon(): Point[] {
    return strung(this.paint.loops());
  }

  outline() {
    const line = this.paint
      .loops()
      .map((loop) => `${path(loop)}Z`)
      .join("");
    return { area: line, line, closing: "" };
  }
}

function path(line: readonly Point[]): string {
  return `M${line.map(([x, y]) => `${+x.toFixed(1)},${+y.toFixed(1)}`).join("L")}`;
}
