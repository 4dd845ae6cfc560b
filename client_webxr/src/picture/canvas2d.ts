// A plain 2D canvas with the axes of the scene, as sharp as the screen: the ground of both pictures without WebGL.

import type { Scene } from "../wire/protocol.gen";
import { Axes } from "./axes";
import type { OrbitCamera } from "./orbitCamera";
import { Pen2d, type Text2d } from "./pen2d";

/** Device pixels for each CSS pixel, at most: a finer canvas costs time and looks the same. */
const MOST_PIXELS_A_PIXEL = 2;

export class Canvas2d {
  readonly context: CanvasRenderingContext2D;
  readonly pen: Pen2d;
  readonly axes: Axes<Text2d>;
  /** Device pixels for each CSS pixel. */
  ratio = 1;
  private scene: Scene | null = null;

  constructor(
    readonly canvas: HTMLCanvasElement,
    private readonly orbit: OrbitCamera,
  ) {
    this.context = canvas.getContext("2d")!;
    this.pen = new Pen2d(this.context, orbit, () => this.ratio);
    this.axes = new Axes(orbit, this.pen);
  }

  begin(scene: Scene): void {
    this.scene = scene;
    this.axes.show(scene.axes);
  }

  /** Take the colours of the axes from the theme as it is now. */
  restyle(): void {
    this.pen.restyle();
    this.rewrite();
  }

  /** Follow the size of the picture. */
  resize(): void {
    const { width, height } = this.orbit;
    this.ratio = Math.min(devicePixelRatio, MOST_PIXELS_A_PIXEL);
    this.canvas.width = Math.round(width * this.ratio);
    this.canvas.height = Math.round(height * this.ratio);
    this.rewrite(); // texts are drawn for one pixel ratio
  }

  /** Measure in CSS pixels from here on. */
  scale(): void {
    this.context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
  }

  private rewrite(): void {
    if (this.scene !== null) this.axes.show(this.scene.axes);
  }
}
