// Drawing a shape around points, by pointer or keys, from the first press to the closed shape, in CSS pixels.

import { Crosshair } from "./crosshair";
import { svg } from "../dom/element";
import { wanted } from "./operations";
import type { Point } from "../cloud/polygon";
import type { Operation } from "../wire/protocol.gen";
import { begin, type Shape, type Tool } from "./shapes";

/** Radius of the brush in CSS pixels: the first one, the smallest and the largest. */
const [RADIUS, LEAST_RADIUS, MOST_RADIUS] = [24, 3, 160];
/** Factor of one step of the brush's size. */
const GROWTH = 1.25;

export interface DrawingListener {
  began(): void;
  /** A shape was finished. Cancelled and empty shapes are not reported. */
  done(polygon: readonly Point[], operation: Operation): void;
  /** The crosshair moved here, or was hidden. */
  aimed(at: Point | null): void;
  /** Tool, operation or brush has changed. */
  changed(): void;
}

export class Drawing {
  /** The shape that a drag draws: with a modifier key always, without one while armed. */
  tool: Tool = "lasso";
  /** Whether dragging without a modifier key draws. */
  armed = false;
  /** How the shape of a plain drag is combined with the selection. */
  operation: Operation = "replace";
  private radius = RADIUS;
  private shape: Shape | null = null;
  private asked: Operation = "replace";
  private pointer = -1;
  private readonly area = svg("path", { class: "fill" });
  private readonly line = svg("path", { class: "line" });
  private readonly closing = svg("path", { class: "closing" });
  private readonly disc = svg("circle", { class: "brush", visibility: "hidden" });
  private readonly crosshair: Crosshair;

  constructor(
    private readonly host: HTMLElement,
    private readonly overlay: SVGSVGElement,
    private readonly listener: DrawingListener,
  ) {
    // Capturing listeners: a press that draws must not reach the orbit controls on the same element.
    host.addEventListener("pointerdown", (event) => this.press(event), { capture: true });
    host.addEventListener("pointermove", (event) => this.move(event), { capture: true });
    host.addEventListener("pointerup", (event) => this.release(event), { capture: true });
    host.addEventListener("pointercancel", () => this.cancel());
    host.addEventListener("pointerleave", () => this.disc.setAttribute("visibility", "hidden"));
    host.addEventListener("wheel", (event) => this.drawing && event.stopImmediatePropagation(), { capture: true });
    window.addEventListener("resize", () => this.cancel());
    for (const kind of ["keydown", "keyup"] as const) window.addEventListener(kind, (event) => this.held(event));
    window.addEventListener("blur", () => this.host.classList.toggle("loop", this.armed));
    overlay.append(this.disc);
    this.crosshair = new Crosshair(host, overlay, {
      moved: (at) => this.aim(at),
      press: (at, operation) => this.keyPress(at, operation),
    });
  }

  get drawing(): boolean {
    return this.shape !== null;
  }

  /** Arm a tool for plain dragging; null, or the armed tool again, disarms it. */
  take(tool: Tool | null): void {
    this.cancel();
    this.armed = tool !== null && !(this.armed && this.tool === tool);
    this.tool = tool ?? this.tool;
    if (!this.armed) this.crosshair.hide();
    this.host.classList.toggle("loop", this.armed);
    this.disc.setAttribute("visibility", "hidden");
    this.listener.changed();
  }

  /** Set the operation of plain drags. */
  combine(operation: Operation): void {
    this.operation = operation;
    this.listener.changed();
  }

  /** Grow (positive) or shrink (negative) the brush by steps. */
  grow(steps: number): void {
    this.radius = Math.min(MOST_RADIUS, Math.max(LEAST_RADIUS, Math.round(this.radius * GROWTH ** steps)));
    this.disc.setAttribute("r", String(this.radius));
    this.listener.changed();
  }

  /** Diameter of the brush in CSS pixels. */
  get brush(): number {
    return 2 * this.radius;
  }

  /** Drop the unfinished shape; returns whether there was one. */
  cancel(): boolean {
    const was = this.drawing;
    this.shape = null;
    this.pointer = -1;
    for (const part of [this.area, this.line, this.closing]) part.remove();
    this.overlay.classList.remove("subtract");
    return was;
  }

  /** Offer a key to the crosshair while a tool is armed; returns whether it was handled. */
  key(event: KeyboardEvent): boolean {
    return this.armed && this.crosshair.key(event);
  }

  private press(event: PointerEvent): void {
    const operation = wanted(event) ?? (this.armed ? this.operation : null);
    if (event.button !== 0 || operation === null || this.drawing) return;
    event.stopImmediatePropagation();
    event.preventDefault();
    this.host.focus({ preventScroll: true });
    this.host.setPointerCapture(event.pointerId);
    this.crosshair.hide();
    this.start(this.at(event), operation);
    this.pointer = event.pointerId;
  }

  private move(event: PointerEvent): void {
    if (this.tool === "brush") this.showDisc(this.at(event), this.armed || wanted(event) !== null);
    if (this.shape === null || event.pointerId !== this.pointer) return;
    event.stopImmediatePropagation();
    const events = event.getCoalescedEvents?.() ?? [];
    for (const each of events.length > 0 ? events : [event]) this.shape.extend(this.at(each));
    this.draw();
  }

  private release(event: PointerEvent): void {
    if (this.shape === null || event.pointerId !== this.pointer) return;
    event.stopImmediatePropagation();
    if (this.tool !== "brush") this.shape.extend(this.at(event));
    this.finish();
  }

  private keyPress(at: Point, held: Operation | null): void {
    if (this.shape === null) this.start(at, held ?? this.operation);
    else this.finish();
  }

  private aim(at: Point | null): void {
    if (at !== null) {
      this.shape?.extend(at);
      if (this.tool === "brush") this.showDisc(at, true);
      if (this.drawing) this.draw();
    }
    this.listener.aimed(at);
  }

  private start(at: Point, operation: Operation): void {
    this.asked = operation;
    this.shape = begin(this.tool, at, this.radius, this.host.clientWidth, this.host.clientHeight);
    this.overlay.append(this.area, this.line, this.closing);
    this.overlay.classList.toggle("subtract", operation === "subtract");
    this.listener.began();
    this.draw();
  }

  private finish(): void {
    const polygon = this.shape!.polygon();
    const operation = this.asked;
    this.cancel();
    if (polygon.length > 0) this.listener.done(polygon, operation);
  }

  private at(event: PointerEvent): Point {
    const box = this.host.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  private draw(): void {
    const { area, line, closing } = this.shape!.outline();
    this.area.setAttribute("d", area);
    this.line.setAttribute("d", line);
    this.closing.setAttribute("d", closing);
  }

  private showDisc([x, y]: Point, visible: boolean): void {
    for (const [name, value] of Object.entries({ cx: x, cy: y, r: this.radius }))
      this.disc.setAttribute(name, String(value));
    this.disc.setAttribute("visibility", visible ? "visible" : "hidden");
  }

  private held(event: KeyboardEvent): void {
    this.host.classList.toggle("loop", this.armed || wanted(event) !== null);
  }
}
