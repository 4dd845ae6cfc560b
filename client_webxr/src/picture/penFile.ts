// The axes' lines and texts as SVG, for a file.

import type { Extent, Pen } from "./axes";
import type { Vec3 } from "./edges";
import { svg } from "../dom/element";
import type { TextLine } from "./labels";
import { houseHex } from "./palette";
import { Vector3 } from "three";
import type { OrbitCamera } from "./orbitCamera";

/** A text, written when it gets its place. */
interface FileText extends Extent {
  readonly lines: readonly TextLine[];
  readonly halo: string;
}

const LEADING = 1.35;

export class PenFile implements Pen<FileText> {
  readonly group = svg("g", { "font-family": "Helvetica, Arial, sans-serif", "text-anchor": "middle" });
  private readonly ruler = document.createElement("canvas").getContext("2d")!;

  constructor(private readonly orbit: OrbitCamera) {}

  text(lines: readonly TextLine[], halo: string): FileText {
    const widths = lines.map(({ text, size }) => {
      this.ruler.font = `${size}px Helvetica, Arial, sans-serif`;
      return this.ruler.measureText(text).width;
    });
    return { lines, halo, width: Math.max(...widths) + 6, height: lines.reduce((sum, { size }) => sum + size * LEADING, 4) };
  }

  drop(): void {}

  sharpness(): number {
    return 1;
  }

  begin(): void {
    this.group.replaceChildren();
  }

  line(a: Vec3, b: Vec3, strength: number): void {
    const [[x1, y1], [x2, y2]] = [this.place(a), this.place(b)];
    const paint = { stroke: houseHex("--axis"), "stroke-opacity": strength, "stroke-width": 1 };
    this.group.append(svg("line", { x1, y1, x2, y2, ...paint }));
  }

  put({ lines, halo, height }: FileText, at: Vec3, x: number, y: number, visible: boolean): void {
    if (!visible) return;
    const [left, top] = this.place(at);
    let line = top + y - height / 2 + 2;
    for (const { text, colour, size } of lines) {
      const paint = { fill: colour, stroke: halo, "stroke-width": 4, "paint-order": "stroke", "stroke-linejoin": "round" };
      const baseline = line + size * (LEADING / 2 + 0.36);
      this.group.append(svg("text", { x: round(left + x), y: round(baseline), "font-size": size, ...paint }, text));
      line += size * LEADING;
    }
  }

  finish(): void {}

  private place(at: Vec3): [number, number] {
    const { camera, width, height } = this.orbit;
    const p = new Vector3(...at).project(camera);
    return [round(((p.x + 1) / 2) * width), round(((1 - p.y) / 2) * height)];
  }
}

function round(value: number): number {
  return Math.round(10 * value) / 10;
}
