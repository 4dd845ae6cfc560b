// Points on a plain canvas, for browsers that draw WebGL in software.

import { type Chunk, type Cloud, total } from "../cloud/cloud";
import { Canvas2d } from "./canvas2d";
import { Fade } from "./fade";
import { pointStyleFrom } from "./pointStyle";
import { classColour, houseColour, inTheme, MOST_CLASSES, rgb } from "./palette";
import type { Picture } from "./picture";
import type { Scene } from "../wire/protocol.gen";
import { Splat } from "./splat";
import type { OrbitCamera } from "./orbitCamera";

export class Cloud2d implements Picture {
  private readonly ground: Canvas2d;
  private readonly splat = new Splat();
  private readonly fade: Fade;
  private bits: ImageData | null = null;
  private scene: Scene | null = null;
  private hidden: ReadonlySet<number> = new Set();
  private colours: readonly (string | null)[] = [];
  private selecting = false;
  /** Whether the colours have changed since the last picture. */
  private stale = true;

  /** With `still` nothing fades. `took` gets the milliseconds of each picture. */
  constructor(
    readonly canvas: HTMLCanvasElement,
    private readonly orbit: OrbitCamera,
    private readonly cloud: Cloud,
    still: boolean,
    private readonly took: (milliseconds: number) => void,
  ) {
    this.ground = new Canvas2d(canvas, orbit);
    this.fade = new Fade(still);
  }

  begin(scene: Scene): void {
    this.scene = scene;
    this.fade.end();
    this.ground.begin(scene);
  }

  add(chunk: Chunk, gently: boolean): void {
    if (gently) this.fade.begin(chunk.start);
    else this.fade.end();
  }

  arrange(): void {
    this.fade.end();
  }

  flag(_chunks: readonly Chunk[], selecting: boolean): void {
    this.stale ||= selecting !== this.selecting;
    this.selecting = selecting;
  }

  hide(hidden: ReadonlySet<number>): void {
    this.hidden = hidden;
    this.stale = true;
  }

  mark(colours: readonly (string | null)[]): void {
    this.colours = colours;
    this.stale = true;
  }

  restyle(): void {
    this.stale = true;
    this.ground.restyle();
  }

  resize(): void {
    this.ground.resize();
    this.splat.resize(this.canvas.width, this.canvas.height);
    this.bits = new ImageData(this.splat.pixels, this.canvas.width);
  }

  image(): string {
    this.paint();
    const made = this.canvas.toDataURL();
    this.dress();
    return made;
  }

  draw(now: number): boolean {
    const more = this.fade.step(now);
    const began = performance.now();
    this.paint();
    this.dress();
    this.took(performance.now() - began);
    return more;
  }

  private paint(): void {
    if (this.stale) this.recolour();
    const { orbit, cloud, ground } = this;
    const style = pointStyleFrom(orbit.camera.position.length(), this.count);
    this.splat.draw(cloud.chunks, { matrix: orbit.matrix(), pixel: ground.ratio, style }, this.fade.first, this.fade.share);
    ground.context.putImageData(this.bits!, 0, 0);
  }

  /** Number of points once all have arrived. */
  private get count(): number {
    return Math.min(this.scene === null ? 0 : total(this.scene), this.cloud.promised ?? Infinity);
  }

  /** The axes behind the points, and their texts over everything. */
  private dress(): void {
    const { context, axes, pen } = this.ground;
    this.ground.scale();
    context.globalCompositeOperation = "destination-over";
    axes.arrange();
    context.globalCompositeOperation = "source-over";
    pen.write();
  }

  private recolour(): void {
    this.stale = false;
    this.splat.paint({
      classes: Array.from({ length: MOST_CLASSES }, (_, i) => rgb(classColour(i))),
      slots: this.colours.map((colour) => (colour === null ? null : rgb(inTheme(colour)))),
      ground: houseColour("--ground"),
      hidden: this.hidden,
      selecting: this.selecting,
    });
  }
}
