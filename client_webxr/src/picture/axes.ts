// The axes of the picture: edges of the cube with ticks and a title, chosen from the outline of the cube so that they never
// cross the cloud.

import { Vector3 } from "three";
import { axisTitle } from "./axisTitle";
import { along, behind, choose, outward, type Edge, type Vec3 } from "./edges";
import type { TextLine } from "./labels";
import { houseHex } from "./palette";
import type { Axis } from "../wire/protocol.gen";
import { ticks, tickText } from "./scales";
import type { OrbitCamera } from "./orbitCamera";

/** A text's extent in CSS pixels. */
export interface Extent {
  readonly width: number;
  readonly height: number;
}

/** A way to draw axes: lines between points of the cube, and texts beside such points. */
export interface Pen<Text extends Extent> {
  /** Make a text of one or more centred lines; `halo` is the CSS colour of its outline. */
  text(lines: readonly TextLine[], halo: string): Text;
  drop(text: Text): void;
  /** Device pixels for each CSS pixel of texts made now. */
  sharpness(): number;
  begin(): void;
  line(a: Vec3, b: Vec3, strength: number): void;
  /** Put the middle of a text at an offset in CSS pixels from a point of the cube, x right and y down. */
  put(text: Text, at: Vec3, x: number, y: number, visible: boolean): void;
  finish(): void;
}

/** A text on the screen: its middle and its extent, in CSS pixels. */
interface TextBox {
  x: number;
  y: number;
  width: number;
  height: number;
}

interface Dressed<Text> {
  title: Text;
  ticks: { at: number; label: Text }[];
}

const TICKS_WANTED = 4;

export class Axes<Text extends Extent = Extent> {
  private dressed: Dressed<Text>[] = [];
  private texts = new Map<string, Text>();

  constructor(
    private readonly orbit: Pick<OrbitCamera, "camera" | "height" | "width" | "free">,
    private readonly pen: Pen<Text>,
  ) {}

  /**
   * Make the texts for the axes of a new scene. Texts that the scene before had are reused, and the others are dropped
   * last: moving points bring a scene for every picture, and the shader program of texts is freed with the last text.
   */
  show(axes: readonly Axis[]): void {
    const before = this.texts;
    this.texts = new Map();
    this.dressed = axes.slice(0, 3).map((axis, i) => this.dress(axis, i, before));
    for (const text of before.values()) this.pen.drop(text);
  }

  private dress(axis: Axis, number: number, before: Map<string, Text>): Dressed<Text> {
    const [text, dim, ground] = ["--text-2", "--text-3", "--ground"].map(houseHex) as [string, string, string];
    const make = (...lines: TextLine[]) => {
      const key = JSON.stringify([number, lines, ground, this.pen.sharpness()]);
      const made = before.get(key) ?? this.pen.text(lines, ground);
      before.delete(key);
      this.texts.set(key, made);
      return made;
    };
    const [name, ...more] = axisTitle(axis);
    const title: TextLine[] = [{ text: name!, colour: text, size: 13 }];
    for (const each of more) title.push({ text: each, colour: dim, size: 11 });
    const marks = ticks(axis.low, axis.high, TICKS_WANTED);
    const step = marks.length > 1 ? marks[1]! - marks[0]! : 1;
    const extent = axis.high - axis.low || 1;
    return {
      title: make(...title),
      ticks: marks.map((value) => ({
        at: (2 * (value - axis.low)) / extent - 1,
        label: make({ text: tickText(value, step), colour: dim, size: 11 }),
      })),
    };
  }

  /** Place lines and labels for the current camera. */
  arrange(): void {
    const eye = this.orbit.camera.position.toArray() as Vec3;
    this.pen.begin();
    for (const edge of behind(eye)) this.line(along(edge, -1), along(edge, 1), 0.4);
    this.dressed.forEach((dressed, i) => {
      const edge = choose(i as 0 | 1 | 2, eye, (point) => this.onScreen(point));
      this.line(along(edge, -1), along(edge, 1), 1);
      this.label(dressed, edge);
    });
    this.pen.finish();
  }

  /** Ticks point away from the cube; labels are offset to that side by half their own extent. */
  private label({ title, ticks: marks }: Dressed<Text>, edge: Edge): void {
    const { height, free } = this.orbit;
    const middle = this.onScreen(along(edge, 0));
    const away = perpendicular(
      this.onScreen(along(edge, -1)),
      this.onScreen(along(edge, 1)),
      middle,
      this.onScreen([0, 0, 0]),
    );
    const reach = (label: Text) => Math.abs(away[0]) * label.width + Math.abs(away[1]) * label.height;
    const taken: TextBox[] = [];
    const stand = (label: Text, at: Vec3, gap: number) => {
      const off = gap + reach(label) / 2;
      const anchor = this.onScreen(at);
      const x = keepIn(anchor[0], away[0] * off, label.width, free);
      const y = keepIn(anchor[1], away[1] * off, label.height, height);
      const box = { x: anchor[0] + x, y: anchor[1] + y, width: label.width, height: label.height };
      const clear = !taken.some((other) => overlap(box, other));
      if (clear) taken.push(box);
      this.pen.put(label, this.flat(at), x, y, clear);
    };
    stand(title, along(edge, 0), 10 + Math.max(0, ...marks.map((mark) => reach(mark.label))));
    for (const { at, label } of marks) {
      const foot = along(edge, at);
      this.line(foot, outward(edge, at), 1);
      stand(label, foot, 7);
    }
  }

  private line(from: Vec3, to: Vec3, strength: number): void {
    this.pen.line(this.flat(from), this.flat(to), strength);
  }

  /** A point of the cube, moved into the plane of the points where there are fewer than three axes. */
  private flat([x, y, z]: Vec3): Vec3 {
    return [x, y, this.dressed.length < 3 ? 0 : z];
  }

  /** A point of the cube in CSS pixels from the top left. */
  private onScreen(point: Vec3): [number, number] {
    const { camera, width, height } = this.orbit;
    const p = new Vector3(...this.flat(point)).project(camera);
    return [((p.x + 1) / 2) * width, ((1 - p.y) / 2) * height];
  }
}

/** The offset from `anchor`, changed so that a text of this extent stays within 0..end if its anchor is within. */
function keepIn(anchor: number, offset: number, extent: number, end: number): number {
  if (anchor < 0 || anchor > end) return offset;
  return Math.max(extent / 2 + 2, Math.min(end - extent / 2 - 2, anchor + offset)) - anchor;
}

function overlap(a: TextBox, b: TextBox): boolean {
  return Math.abs(a.x - b.x) < (a.width + b.width) / 2 && Math.abs(a.y - b.y) < (a.height + b.height) / 2;
}

/** The unit vector perpendicular to the line a..b that points from `inside` to the middle of the line. */
function perpendicular(
  a: readonly number[],
  b: readonly number[],
  middle: readonly number[],
  inside: readonly number[],
): [number, number] {
  const [dx, dy] = [b[0]! - a[0]!, b[1]! - a[1]!];
  const length = Math.hypot(dx, dy) || 1;
  const side = -dy * (middle[0]! - inside[0]!) + dx * (middle[1]! - inside[1]!) < 0 ? -1 : 1;
  return [(-dy / length) * side, (dx / length) * side];
}
