// The three axes of the picture: edges of the cube with ticks and a title, always those at the outline of the cube, so
// that they never run through the cloud.

import { Group, Vector3 } from "three";
import { along, behind, choose, outward, type Edge, type Triple } from "./edges";
import { percent } from "./format";
import { Label, type Line } from "./labels";
import { Lines } from "./lines";
import { houseColour, type Rgb } from "./palette";
import type { Axis } from "./protocol.gen";
import { ticks, tickText } from "./scales";
import type { Scene3d } from "./scene3d";

/** A text on the screen: its middle and its extent, in CSS pixels. */
interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

interface Dressed {
  title: Label;
  ticks: { at: number; label: Label }[];
}

const TICKS_WANTED = 4;
const MOST_LINES = 64;

export class Axes {
  private readonly group = new Group();
  private readonly lines = new Lines(MOST_LINES, 1);
  private dressed: Dressed[] = [];
  private readonly line: Rgb = houseColour("--axis");

  constructor(private readonly scene: Scene3d) {
    this.group.add(this.lines.mesh);
    scene.graph.add(this.group);
    scene.onBefore(() => this.arrange());
  }

  /** Dress the axes of a new scene. */
  show(axes: readonly Axis[]): void {
    for (const { title, ticks: marks } of this.dressed) {
      title.dispose();
      for (const { label } of marks) label.dispose();
    }
    this.dressed = axes.slice(0, 3).map((axis) => this.dress(axis));
    this.scene.invalidate();
  }

  private dress(axis: Axis): Dressed {
    const style = getComputedStyle(document.documentElement);
    const [text, dim, ground] = ["--text-2", "--text-3", "--ground"].map((name) =>
      style.getPropertyValue(name).trim(),
    ) as [string, string, string];
    const make = (...lines: Line[]) => {
      const label = new Label(lines, ground, this.scene.renderer.getPixelRatio());
      this.group.add(label.mesh);
      return label;
    };
    const share = axis.explained === null ? "" : `  ${percent(axis.explained)}`;
    const title: Line[] = [{ text: axis.name + share, colour: text, size: 13 }];
    if (!axis.signal) title.push({ text: "below the noise edge", colour: dim, size: 11 });
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

  /** Lay lines and labels for the camera as it stands. */
  private arrange(): void {
    const { camera, width, height } = this.scene;
    const eye = camera.position.toArray() as Triple;
    this.lines.begin(width, height);
    for (const edge of behind(eye)) this.lines.add(along(edge, -1), along(edge, 1), this.line, 0.4);
    this.dressed.forEach((dressed, i) => {
      const edge = choose(i as 0 | 1 | 2, eye, (point) => this.onScreen(point));
      this.lines.add(along(edge, -1), along(edge, 1), this.line, 1);
      this.label(dressed, edge);
    });
    this.lines.finish();
  }

  /** Ticks point away from the cube; labels stand off the edge on that side, by half their own extent. */
  private label({ title, ticks: marks }: Dressed, edge: Edge): void {
    const { width, height, free } = this.scene;
    const middle = this.onScreen(along(edge, 0));
    const away = perpendicular(
      this.onScreen(along(edge, -1)),
      this.onScreen(along(edge, 1)),
      middle,
      this.onScreen([0, 0, 0]),
    );
    const reach = (label: Label) => Math.abs(away[0]) * label.width + Math.abs(away[1]) * label.height;
    const stand = (label: Label, at: Triple, gap: number): Box => {
      const off = gap + reach(label) / 2;
      const anchor = this.onScreen(at);
      const x = keepIn(anchor[0], away[0] * off, label.width, free);
      const y = keepIn(anchor[1], away[1] * off, label.height, height);
      label.mesh.position.set(...at);
      label.place(x, -y, width, height);
      return { x: anchor[0] + x, y: anchor[1] + y, width: label.width, height: label.height };
    };
    const taken = [stand(title, along(edge, 0), 10 + Math.max(0, ...marks.map((mark) => reach(mark.label))))];
    for (const { at, label } of marks) {
      const foot = along(edge, at);
      this.lines.add(foot, outward(edge, at), this.line, 1);
      const box = stand(label, foot, 7);
      label.mesh.visible = !taken.some((other) => overlap(box, other));
      if (label.mesh.visible) taken.push(box);
    }
  }

  /** A point of the cube in CSS pixels from the top left. */
  private onScreen(point: Triple): [number, number] {
    const { camera, width, height } = this.scene;
    const p = new Vector3(...point).project(camera);
    return [((p.x + 1) / 2) * width, ((1 - p.y) / 2) * height];
  }
}

/** An offset from `anchor` changed so that a text of this extent ends inside 0..end, if its anchor is there at all. */
function keepIn(anchor: number, offset: number, extent: number, end: number): number {
  if (anchor < 0 || anchor > end) return offset;
  return Math.max(extent / 2 + 2, Math.min(end - extent / 2 - 2, anchor + offset)) - anchor;
}

function overlap(a: Box, b: Box): boolean {
  return Math.abs(a.x - b.x) < (a.width + b.width) / 2 && Math.abs(a.y - b.y) < (a.height + b.height) / 2;
}

/** The unit vector across the line a..b that points from `inside` to the line's middle. */
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
