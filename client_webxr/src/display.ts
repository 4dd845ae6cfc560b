// The picture that is shown, and when it is drawn: only when something changed, never in a loop of its own.

import type { Chunk } from "./cloud";
import type { Picture } from "./picture";
import type { Scene } from "./protocol.gen";
import type { Viewpoint } from "./viewpoint";

export class Display implements Omit<Picture, "draw" | "resize"> {
  private requested = false;
  private readonly after: ((now: number) => void)[] = [];

  constructor(
    readonly viewpoint: Viewpoint,
    private readonly picture: Picture,
  ) {
    viewpoint.onMove(() => this.invalidate());
    viewpoint.onResize(() => this.resize());
    this.resize();
  }

  /** Ask for a picture at the next frame. */
  invalidate(): void {
    if (this.requested) return;
    this.requested = true;
    requestAnimationFrame((now) => this.draw(now));
  }

  /** Have something done after every picture. */
  onAfter(listener: (now: number) => void): void {
    this.after.push(listener);
  }

  begin(scene: Scene): void {
    this.viewpoint.model.fromArray(scene.model);
    this.picture.begin(scene);
    this.invalidate();
  }

  add(chunk: Chunk): void {
    this.picture.add(chunk);
    this.invalidate();
  }

  flag(chunks: readonly Chunk[], selecting: boolean): void {
    this.picture.flag(chunks, selecting);
    this.invalidate();
  }

  hide(hidden: ReadonlySet<number>): void {
    this.picture.hide(hidden);
    this.invalidate();
  }

  private resize(): void {
    this.picture.resize();
    this.invalidate();
  }

  private draw(now: number): void {
    this.requested = false;
    this.viewpoint.camera.updateMatrixWorld();
    const more = this.picture.draw(now);
    for (const each of this.after) each(now);
    if (more) this.invalidate();
  }
}
