// Drawing the lasso: from the first press to the closed line, in CSS pixels of the picture.

import { svg } from "./element";
import type { Point } from "./polygon";
import type { Operation } from "./protocol.gen";

/** Pixels between two points of the line that are worth keeping. */
const STEP = 1;

export interface Listener {
  began(): void;
  /** The line was closed by letting go; nothing is said when it was cancelled. */
  done(line: readonly Point[], operation: Operation): void;
}

export class Lasso {
  /** Whether plain dragging draws a loop too. */
  armed = false;
  private line: [number, number][] | null = null;
  private operation: Operation = "replace";
  private pointer = -1;
  private readonly fill = svg("path", { class: "fill" });
  private readonly drawn = svg("path", { class: "line" });
  private readonly closing = svg("path", { class: "closing" });

  constructor(
    private readonly host: HTMLElement,
    private readonly overlay: SVGSVGElement,
    private readonly listener: Listener,
  ) {
    // Capturing, so that a loop's press never reaches the orbit controls, which listen on the same element.
    host.addEventListener("pointerdown", (event) => this.press(event), { capture: true });
    host.addEventListener("pointermove", (event) => this.move(event), { capture: true });
    host.addEventListener("pointerup", (event) => this.release(event), { capture: true });
    host.addEventListener("pointercancel", () => this.cancel());
    host.addEventListener("wheel", (event) => this.drawing && event.stopImmediatePropagation(), { capture: true });
    window.addEventListener("resize", () => this.cancel());
    for (const kind of ["keydown", "keyup"] as const) window.addEventListener(kind, (event) => this.point(event));
    window.addEventListener("blur", () => this.host.classList.toggle("loop", this.armed));
  }

  get drawing(): boolean {
    return this.line !== null;
  }

  /** Let plain dragging draw loops, or not. */
  arm(armed: boolean): void {
    this.armed = armed;
    this.host.classList.toggle("loop", armed);
  }

  /** Drop the line being drawn; returns whether there was one. */
  cancel(): boolean {
    const was = this.drawing;
    this.line = null;
    for (const part of [this.fill, this.drawn, this.closing]) part.remove();
    this.overlay.classList.remove("subtract");
    return was;
  }

  private press(event: PointerEvent): void {
    const operation = wanted(event) ?? (this.armed ? "replace" : null);
    if (event.button !== 0 || operation === null || this.drawing) return;
    event.stopImmediatePropagation();
    event.preventDefault();
    this.host.focus({ preventScroll: true });
    this.host.setPointerCapture(event.pointerId);
    this.pointer = event.pointerId;
    this.operation = operation;
    this.line = [this.at(event)];
    this.overlay.append(this.fill, this.drawn, this.closing);
    this.overlay.classList.toggle("subtract", operation === "subtract");
    this.listener.began();
    this.draw();
  }

  private move(event: PointerEvent): void {
    if (this.line === null || event.pointerId !== this.pointer) return;
    event.stopImmediatePropagation();
    const events = event.getCoalescedEvents?.() ?? [];
    for (const each of events.length > 0 ? events : [event]) this.extend(this.at(each));
    this.draw();
  }

  private release(event: PointerEvent): void {
    const { line, operation } = this;
    if (line === null || event.pointerId !== this.pointer) return;
    event.stopImmediatePropagation();
    this.extend(this.at(event));
    this.cancel();
    this.listener.done(line, operation);
  }

  private extend(point: [number, number]): void {
    const last = this.line![this.line!.length - 1]!;
    if (Math.hypot(point[0] - last[0], point[1] - last[1]) >= STEP) this.line!.push(point);
  }

  private at(event: PointerEvent): [number, number] {
    const box = this.host.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  private draw(): void {
    const line = this.line!;
    const path = `M${line.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join("L")}`;
    this.fill.setAttribute("d", `${path}Z`);
    this.drawn.setAttribute("d", path);
    const [first, last] = [line[0]!, line[line.length - 1]!];
    this.closing.setAttribute("d", `M${last[0]},${last[1]}L${first[0]},${first[1]}`);
  }

  private point(event: KeyboardEvent): void {
    this.host.classList.toggle("loop", this.armed || wanted(event) !== null);
  }
}

/** What the held keys mean for a loop, or null when they mean none. */
export function wanted(keys: {
  shiftKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}): Operation | null {
  if (keys.altKey) return "subtract";
  if (keys.ctrlKey || keys.metaKey) return "add";
  return keys.shiftKey ? "replace" : null;
}
