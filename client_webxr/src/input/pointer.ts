// The pointer over the cloud: hovering, clicking and double-clicking, as distinct from dragging.

import type { Picked } from "../cloud/pick";

/** Pixels that the pointer may move between press and release of a click. */
const STILL = 4;

export interface PointerListener {
  /** The point at a position in the picture, in CSS pixels. */
  pick(x: number, y: number): Picked | null;
  hover(picked: Picked | null, x: number, y: number): void;
  click(picked: Picked | null): void;
  doubleClick(picked: Picked | null): void;
}

export class Pointer {
  private place: [number, number] | null = null;
  private pressed: [number, number] | null = null;
  private asked = false;

  constructor(
    host: HTMLElement,
    private readonly listener: PointerListener,
  ) {
    host.addEventListener("pointermove", (event) => this.moved(event));
    host.addEventListener("pointerleave", () => this.left());
    host.addEventListener(
      "pointerdown",
      (event) => (this.pressed = event.button === 0 ? [event.offsetX, event.offsetY] : null),
    );
    host.addEventListener("pointerup", (event) => this.released(event));
    host.addEventListener("dblclick", (event) => {
      if (!modified(event)) listener.doubleClick(listener.pick(event.offsetX, event.offsetY));
    });
  }

  /** The picture moved under the pointer: pick again in the next frame. */
  again(): void {
    if (this.asked || this.place === null) return;
    this.asked = true;
    requestAnimationFrame(() => {
      this.asked = false;
      if (this.place !== null) this.listener.hover(this.listener.pick(...this.place), ...this.place);
    });
  }

  private moved(event: PointerEvent): void {
    if (event.buttons !== 0) return this.left(); // a drag hovers over nothing
    this.place = [event.offsetX, event.offsetY];
    this.again();
  }

  private left(): void {
    this.place = null;
    this.listener.hover(null, 0, 0);
  }

  private released(event: PointerEvent): void {
    const pressed = this.pressed;
    this.pressed = null;
    if (pressed === null || event.button !== 0 || modified(event)) return;
    if (Math.hypot(event.offsetX - pressed[0], event.offsetY - pressed[1]) > STILL) return;
    this.listener.click(this.listener.pick(event.offsetX, event.offsetY));
  }
}

function modified(event: MouseEvent): boolean {
  return event.shiftKey || event.ctrlKey || event.metaKey || event.altKey;
}
