// The panel in the room: its canvas, and its buttons under fingers and rays.
//
// A finger presses a button by passing through its front, and releases it by coming back; a ray presses with a pinch or
// a trigger. A pressed button changes its look at once and clicks.

import { Matrix4, Vector3 } from "three";
import type { PlotData } from "../page/figure";
import { PIXELS, POINT } from "./angle";
import type { ChartColours } from "./chart";
import { Charts } from "./charts";
import { HEIGHT, hit, layout, WIDTH, type PanelAction, type Button, type Chart, type PanelState, type Part } from "./layout";
import { TextPanel } from "./textPanel";

/** Metres before the front within which a finger is at the panel, and behind it. */
const NEAR = 0.05;
const BEHIND = 0.04;

/** The colours of everything in the headset, "#rrggbb". */
export interface HeadsetColours extends ChartColours {
  panel: string;
  ground: string;
  axis: string;
  danger: string;
}

export class Board {
  readonly panel: TextPanel;
  readonly parts: Part[] = [];
  /** Metres for each point. */
  unit = POINT * 0.5;
  private readonly pen: CanvasRenderingContext2D;
  private readonly charts = new Charts(() => (this.charted = true));
  /** Whether a new chart has arrived since the last drawing. */
  private charted = false;
  private plotted: PlotData | null = null;
  private readonly inverse = new Matrix4();
  private readonly local = new Vector3();
  /** Whether each hand's finger was before the front in the last frame; only such a finger can press. */
  private readonly before = [false, false];
  /** Whether each hand's finger is through the front. */
  private readonly through = [false, false];
  private hovered: Button | null = null;
  private pressed: Button | null = null;
  /** Whether the content has changed since the last drawing. */
  private isStale = true;

  constructor(
    private readonly colours: HeadsetColours,
    private readonly act: (act: PanelAction, hand: number) => void,
  ) {
    const canvas = document.createElement("canvas");
    canvas.width = WIDTH * PIXELS;
    canvas.height = HEIGHT * PIXELS;
    this.pen = canvas.getContext("2d")!;
    this.panel = new TextPanel(canvas, false);
  }

  /** Take every colour from the current theme. */
  restyle(): void {
    this.plotted = null;
    this.isStale = true;
  }

  /** Set the content for the next `draw`. */
  show(state: PanelState): void {
    this.parts.splice(0, this.parts.length, ...layout(state));
    this.isStale = true;
  }

  /** Whether the next `draw` will draw. */
  get isDue(): boolean {
    return this.isStale || this.charted;
  }

  /** Draw the changes: the whole panel, or only the chart. */
  draw(data: PlotData): void {
    if (this.isStale) this.drawAll(data);
    else if (this.charted) this.parts.forEach((part) => part.kind === "chart" && this.paste(part));
    else return;
    this.isStale = this.charted = false;
    this.panel.redrawn();
  }

  private drawAll(data: PlotData): void {
    const { pen, colours } = this;
    pen.setTransform(PIXELS, 0, 0, PIXELS, 0, 0);
    pen.fillStyle = colours.panel;
    pen.fillRect(0, 0, WIDTH, HEIGHT);
    pen.strokeStyle = colours.line;
    pen.lineWidth = 2;
    pen.strokeRect(0, 0, WIDTH, HEIGHT);
    for (const part of this.parts) {
      if (part.kind === "chart") this.chart(part, data);
      else if (part.kind === "words") this.words(part.text, part.x, part.y, part.size, part.strong);
      else this.button(part);
    }
  }

  /** Draw the chart; it is requested again only when its data have changed. */
  private chart(part: Chart, data: PlotData): void {
    const { plotted, charts } = this;
    const same = plotted !== null && plotted.cloud === data.cloud && plotted.selection === data.selection &&
      plotted.classes.length === data.classes.length && plotted.classes.every(({ series }, i) => series === data.classes[i]!.series);
    if (!same) {
      this.plotted = data;
      const { text, dim, line, accent } = this.colours;
      charts.ask({ width: part.width, height: part.height, pixels: PIXELS, data, inks: { text, dim, line, accent } });
    }
    this.paste(part);
  }

  /** Draw the newest chart over the old one. */
  private paste({ x, y, width, height }: Chart): void {
    const { pen, colours, charts } = this;
    pen.fillStyle = colours.panel;
    pen.fillRect(x, y, width, height);
    if (charts.picture !== null) pen.drawImage(charts.picture, x, y, width, height);
  }

  /** After position or unit changed. */
  update(): void {
    this.panel.size(WIDTH * this.unit, HEIGHT * this.unit);
    this.panel.mesh.updateMatrixWorld(true);
    this.inverse.copy(this.panel.mesh.matrixWorld).invert();
  }

  /** Test a fingertip; returns whether it is at the panel, so that its pinch does nothing else. */
  touch(hand: number, finger: Vector3): boolean {
    this.local.copy(finger).applyMatrix4(this.inverse);
    const { x, y, z } = this.local; // z in metres, since the rectangle has no depth of its own
    const inside = Math.abs(x) <= 0.5 && Math.abs(y) <= 0.5 && z < NEAR && z > -BEHIND;
    const button = inside ? hit(this.parts, (x + 0.5) * WIDTH, (0.5 - y) * HEIGHT) : null;
    if (inside && z <= 0 && this.before[hand] && button !== null) this.press(button, hand);
    this.through[hand] = inside && z <= 0;
    if (z > 0) this.before[hand] = true;
    else if (inside) this.before[hand] = false;
    return inside;
  }

  /** The distance along a ray to the front, or null; the button it points at is highlighted. */
  ray(ray: Matrix4): number | null {
    const e = ray.elements;
    const from = this.local.set(e[12]!, e[13]!, e[14]!).applyMatrix4(this.inverse);
    const [x, y, z] = [from.x, from.y, from.z];
    const way = from.set(e[12]! - e[8]!, e[13]! - e[9]!, e[14]! - e[10]!).applyMatrix4(this.inverse);
    const fall = z - way.z;
    if (z <= 0 || fall <= 0) return null;
    const far = z / fall;
    const u = x + far * (way.x - x) + 0.5;
    const v = 0.5 - (y + far * (way.y - y));
    if (u < 0 || u > 1 || v < 0 || v > 1) return null;
    this.hover(hit(this.parts, u * WIDTH, v * HEIGHT));
    return far;
  }

  /** Nothing points at the panel. */
  leave(): void {
    this.hover(null);
  }

  /** Press the highlighted button. */
  pressHovered(hand: number): void {
    if (this.hovered !== null) this.press(this.hovered, hand);
  }

  /** All pinches and triggers are released: no button stays pressed, unless by a finger. */
  release(): void {
    if (this.pressed === null || this.through[0] || this.through[1]) return;
    this.pressed = null;
    this.isStale = true;
  }

  private press(button: Button, hand: number): void {
    this.pressed = button;
    this.isStale = true;
    this.act(button.act, hand);
  }

  private hover(button: Button | null): void {
    if (button === this.hovered) return;
    this.hovered = button;
    this.isStale = true;
  }

  private button(part: Button): void {
    const { pen, colours } = this;
    const pressed = same(part, this.pressed);
    pen.beginPath();
    pen.roundRect(part.x, part.y, part.width, part.height, 5);
    pen.fillStyle = pressed ? colours.accent : part.on ? colours.line : colours.ground;
    pen.fill();
    pen.lineWidth = same(part, this.hovered) ? 2 : 1;
    pen.strokeStyle = same(part, this.hovered) || part.on ? colours.text : colours.line;
    pen.stroke();
    pen.globalAlpha = part.enabled ? 1 : 0.4;
    const ink = pressed ? colours.ground : part.enabled ? colours.text : colours.dim;
    const left = part.align === "left";
    let x = left ? part.x + 10 : part.x + part.width / 2;
    if (part.swatch !== "") {
      pen.fillStyle = part.swatch;
      pen.beginPath();
      pen.arc(x + 3, part.y + part.height / 2, 4.5, 0, 7);
      pen.fill();
      x += 14;
    }
    this.font(12, part.on);
    pen.fillStyle = ink;
    pen.textAlign = left ? "left" : "center";
    pen.textBaseline = "middle";
    const room = left ? part.x + part.width - x - 6 : part.width - 8;
    pen.fillText(part.text, x, part.y + part.height / 2 + 0.5, room);
    pen.globalAlpha = 1;
  }

  private words(text: string, x: number, y: number, size: number, strong: boolean): void {
    this.font(size, strong);
    this.pen.fillStyle = strong ? this.colours.text : this.colours.dim;
    this.pen.textAlign = "left";
    this.pen.textBaseline = "top";
    this.pen.fillText(text, x, y, WIDTH - 2 * x);
  }

  private font(size: number, strong: boolean): void {
    this.pen.font = `${strong ? "600 " : ""}${size}px system-ui, "Liberation Sans", sans-serif`;
  }
}

function same(a: Button, b: Button | null): boolean {
  return b !== null && a.x === b.x && a.y === b.y && a.text === b.text;
}
