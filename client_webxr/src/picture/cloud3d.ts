// Points drawn with WebGL 2.

import { Axes } from "./axes";
import { type Chunk, type Cloud, total } from "../cloud/cloud";
import { Pen3d } from "./pen3d";
import type { Picture } from "./picture";
import { Points } from "./points";
import type { Scene } from "../wire/protocol.gen";
import { type ContextEvent, Scene3d } from "./scene3d";
import type { OrbitCamera } from "./orbitCamera";

/** Milliseconds after the first picture before the other shader program is compiled: pictures are likely to follow. */
const IDLE = 500;

export class Cloud3d implements Picture {
  readonly scene3d: Scene3d;
  readonly points: Points;
  private readonly pen: Pen3d;
  private readonly axes: Axes;
  private scene: Scene | null = null;
  private warm = false;

  /**
   * With `still` nothing fades. `context` gets the events of the graphics context; when it is restored, all buffers are
   * filled again. Throws when the browser has no WebGL 2.
   */
  constructor(
    canvas: HTMLCanvasElement,
    orbit: OrbitCamera,
    private readonly cloud: Cloud,
    still: boolean,
    context: (event: ContextEvent) => void,
  ) {
    this.scene3d = new Scene3d(canvas, orbit, (event) => {
      if (event === "lost") this.release();
      else if (event === "restored") this.points.restore();
      context(event);
    });
    this.points = new Points(this.scene3d, cloud, still);
    this.pen = new Pen3d(this.scene3d);
    this.axes = new Axes(orbit, this.pen);
    this.scene3d.onBefore(() => this.axes.arrange());
  }

  begin(scene: Scene): void {
    this.points.reserve(total(scene));
    this.scene = scene;
    this.axes.show(scene.axes);
  }

  add(chunk: Chunk, gently: boolean): void {
    this.points.add(chunk, gently);
  }

  arrange(chunks: readonly Chunk[]): void {
    this.points.arrange(chunks);
  }

  flag(chunks: readonly Chunk[], selecting: boolean): void {
    this.points.flag(chunks, selecting);
  }

  hide(hidden: ReadonlySet<number>): void {
    this.points.hide(hidden);
  }

  mark(colours: readonly (string | null)[]): void {
    this.points.mark(colours);
  }

  restyle(): void {
    this.scene3d.restyle();
    this.points.restyle();
    this.pen.restyle();
    if (this.scene !== null) this.axes.show(this.scene.axes);
  }

  image(): string {
    this.pen.show(false);
    this.scene3d.draw(performance.now());
    const made = this.scene3d.canvas.toDataURL(); // in the same task as the drawing, else the buffer is empty
    this.pen.show(true);
    this.scene3d.draw(performance.now());
    return made;
  }

  resize(): void {
    this.scene3d.resize();
  }

  draw(now: number): boolean {
    const more = this.scene3d.draw(now);
    if (!this.warm && this.cloud.size > 0) {
      this.warm = true;
      window.setTimeout(() => this.warmUp(), IDLE);
    }
    return more;
  }

  private warmUp(): void {
    if (this.scene3d.renderer.xr.isPresenting) return;
    this.points.warm(() => this.scene3d.try(this.points.object));
    this.scene3d.draw(performance.now());
  }

  get canvas(): HTMLCanvasElement {
    return this.scene3d.canvas;
  }

  /**
   * Dispose of the resources in three.js while the context is lost, when its calls do nothing. After the restoration it
   * would delete objects of the lost context through the new one, and the browser would warn about each.
   */
  private release(): void {
    this.points.release();
    this.pen.release();
  }
}
