// The axes' lines and texts on a 2D canvas.

import { Vector3 } from "three";
import type { Extent, Pen } from "./axes";
import type { Vec3 } from "./edges";
import { drawText, type TextLine } from "./labels";
import { houseHex } from "./palette";
import type { OrbitCamera } from "./orbitCamera";

/** A text, drawn once, with its extent in CSS pixels. */
export interface Text2d extends Extent {
  readonly canvas: HTMLCanvasElement;
}

export class Pen2d implements Pen<Text2d> {
  private texts: (() => void)[] = [];
  private colour = houseHex("--axis");

  constructor(
    private readonly canvas: CanvasRenderingContext2D,
    private readonly orbit: OrbitCamera,
    private readonly ratio: () => number,
  ) {}

  text(lines: readonly TextLine[], halo: string): Text2d {
    const canvas = drawText(lines, halo, this.ratio());
    return { canvas, width: canvas.width / this.ratio(), height: canvas.height / this.ratio() };
  }

  drop(): void {}

  sharpness(): number {
    return this.ratio();
  }

  /** Take the lines' colour from the current theme; the axes make their texts again. */
  restyle(): void {
    this.colour = houseHex("--axis");
  }

  begin(): void {
    this.texts = [];
    this.canvas.strokeStyle = this.colour;
    this.canvas.lineWidth = 1;
  }

  line(a: Vec3, b: Vec3, strength: number): void {
    const [from, to] = [this.place(a), this.place(b)];
    if (from === null || to === null) return;
    this.canvas.globalAlpha = strength;
    this.canvas.beginPath();
    this.canvas.moveTo(...from);
    this.canvas.lineTo(...to);
    this.canvas.stroke();
  }

  put(text: Text2d, at: Vec3, x: number, y: number, visible: boolean): void {
    const anchor = visible ? this.place(at) : null;
    if (anchor === null) return;
    // On the pixel grid, so that letters stay sharp.
    const grid = (value: number) => Math.round(value * this.ratio()) / this.ratio();
    const left = grid(anchor[0] + x - text.width / 2);
    const top = grid(anchor[1] + y - text.height / 2);
    this.texts.push(() => this.canvas.drawImage(text.canvas, left, top, text.width, text.height));
  }

  finish(): void {
    this.canvas.globalAlpha = 1;
  }

  /** Draw the texts, over everything else. */
  write(): void {
    for (const text of this.texts) text();
  }

  /** A point of the cube in CSS pixels, or null when it is behind the eye. */
  private place(point: Vec3): [number, number] | null {
    const { camera, width, height } = this.orbit;
    const p = new Vector3(...point).applyMatrix4(camera.matrixWorldInverse);
    if (p.z > -1e-3) return null;
    p.applyMatrix4(camera.projectionMatrix);
    return [((p.x + 1) / 2) * width, ((1 - p.y) / 2) * height];
  }
}
