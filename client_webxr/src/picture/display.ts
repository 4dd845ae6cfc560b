// The current picture, drawn only after a change, never in a loop.

import { Arrivals } from "./arrivals";
import { type Chunk, type Cloud, total } from "../cloud/cloud";
import type { Picture } from "./picture";
import type { Scene } from "../wire/protocol.gen";
import type { OrbitCamera } from "./orbitCamera";

/** Milliseconds without another chunk after which the points that are here are drawn. */
const QUIET = 100;

export class Display implements Omit<Picture, "canvas" | "draw" | "resize" | "add" | "begin"> {
  private requested = false;
  /** Whether points have arrived that were not drawn yet; `underway`: drawn, and perhaps not on the screen yet. */
  private fresh = false;
  private underway = false;
  private resting = false;
  /** The last value given to the picture; null before the first. */
  private selecting: boolean | null = null;
  private quiet: number | undefined;
  private readonly arrivals = new Arrivals();
  private readonly after: ((now: number) => void)[] = [];
  private readonly seen: ((took: number) => void)[] = [];

  constructor(
    readonly orbit: OrbitCamera,
    private picture: Picture,
    private readonly cloud: Cloud,
  ) {
    orbit.onMove(() => this.invalidate());
    orbit.onResize(() => this.resize());
    this.show(picture);
  }

  /** Request a picture in the next frame. */
  invalidate(): void {
    if (!this.arrivals.waiting) this.request();
  }

  private request(): void {
    if (this.requested) return;
    this.requested = true;
    if (!this.resting) requestAnimationFrame((now) => this.requested && this.draw(now));
  }

  /** Pause while the headset draws: on some devices the page behind it gets no frames. */
  rest(resting: boolean): void {
    this.resting = resting;
    this.underway = false;
    if (resting || !this.requested) return;
    this.requested = false;
    this.invalidate();
  }

  /** The headset has drawn a frame, and with it a requested picture. */
  drewElsewhere(now: number): void {
    if (this.requested) this.draw(now);
  }

  /** Whether the first picture of a complete cloud has not been on the screen yet. */
  get owes(): boolean {
    return (this.fresh || this.underway) && this.cloud.complete;
  }

  /** Call `listener` after every picture. */
  onAfter(listener: (now: number) => void): void {
    this.after.push(listener);
  }

  /** Call `listener` when a picture is on its way to the screen, with the milliseconds that it took. */
  onSeen(listener: (took: number) => void): void {
    this.seen.push(listener);
  }

  /** Show another picture; the caller fills it. */
  show(picture: Picture): void {
    this.picture.canvas.hidden = true;
    this.picture = picture;
    this.selecting = null;
    picture.canvas.hidden = false;
    this.resize();
  }

  begin(scene: Scene, hidden: ReadonlySet<number>): void {
    this.orbit.model.fromArray(scene.model);
    this.orbit.lay(scene.axes.length);
    this.picture.begin(scene);
    this.picture.hide(hidden);
    this.arrivals.begin(total(scene));
    this.drawSoon();
  }

  /** A chunk has arrived; it is in the cloud already. */
  add(chunk: Chunk): void {
    const due = this.arrivals.came(this.cloud.size, this.cloud.complete);
    this.picture.add(chunk, this.arrivals.gentle);
    this.fresh = true;
    if (!due) this.drawSoon();
    else if (this.arrivals.smooth || this.resting) this.request();
    else this.draw(performance.now()); // a picture that takes many frames need not wait for a frame to begin
  }

  arrange(chunks: readonly Chunk[]): void {
    this.picture.arrange(chunks);
    this.drawSoon();
  }

  private drawSoon(): void {
    window.clearTimeout(this.quiet);
    this.quiet = window.setTimeout(() => this.request(), QUIET);
  }

  flag(chunks: readonly Chunk[], selecting: boolean): void {
    if (chunks.length === 0 && selecting === this.selecting) return;
    this.selecting = selecting;
    this.picture.flag(chunks, selecting);
    this.invalidate();
  }

  hide(hidden: ReadonlySet<number>): void {
    this.picture.hide(hidden);
    this.invalidate();
  }

  mark(colours: readonly (string | null)[]): void {
    this.picture.mark(colours);
    this.invalidate();
  }

  restyle(): void {
    this.picture.restyle();
    this.invalidate();
  }

  image(): string {
    return this.picture.image();
  }

  private resize(): void {
    this.picture.resize();
    this.invalidate();
  }

  private draw(now: number): void {
    this.requested = this.fresh = false;
    window.clearTimeout(this.quiet);
    this.arrivals.drew();
    this.orbit.camera.updateMatrixWorld();
    const began = performance.now();
    const more = this.picture.draw(now);
    if (!this.resting) this.untilSeen(began);
    for (const each of this.after) each(now);
    if (more) this.invalidate();
  }
  
  /** The next frame begins once this picture is on its way to the screen. */
  private untilSeen(began: number): void {
    this.underway = true;
    requestAnimationFrame(() => {
      const took = performance.now() - began; // the frame's own timestamp may precede the drawing
      this.underway = false;
      this.arrivals.seen(took);
      for (const each of this.seen) each(took);
    });
  }
}
