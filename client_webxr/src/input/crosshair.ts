// Drawing with keys: arrows move a crosshair, Enter starts and ends a shape.

import { svg } from "../dom/element";
import { wanted } from "./operations";
import type { Point } from "../cloud/polygon";
import type { Operation } from "../wire/protocol.gen";

/** CSS pixels of a step of an arrow key, alone and with Shift. */
const [STEP, LEAP] = [8, 48];
/** CSS pixels between reported points, so that a line drawn with Shift is as fine as one drawn by hand. */
const FINE = 2;
const REACH = 9;

const ARROWS: Record<string, Point> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export interface CrosshairListener {
  /** The crosshair moved here, or was hidden. */
  moved(at: Point | null): void;
  /** Enter was pressed, with the operation of the held modifier keys, or null. */
  press(at: Point, operation: Operation | null): void;
}

export class Crosshair {
  private at: Point | null = null;
  private readonly mark = svg("path", { class: "crosshair", visibility: "hidden" });

  constructor(
    private readonly host: HTMLElement,
    overlay: SVGSVGElement,
    private readonly listener: CrosshairListener,
  ) {
    overlay.append(this.mark);
  }

  /** Handle a key of the crosshair; returns whether it was one. */
  key(event: KeyboardEvent): boolean {
    const arrow = ARROWS[event.key];
    if (arrow !== undefined && !event.ctrlKey && !event.metaKey && !event.altKey) {
      this.step(arrow, event.shiftKey ? LEAP : STEP);
      return true;
    }
    if (event.key !== "Enter" && event.key !== " ") return false;
    this.listener.press(this.place(), wanted(event));
    return true;
  }

  /** Hide the crosshair. */
  hide(): void {
    if (this.at === null) return;
    this.at = null;
    this.mark.setAttribute("visibility", "hidden");
    this.listener.moved(null);
  }

  /** Its position; it starts in the middle of the visible part. */
  private place(): Point {
    if (this.at === null) this.go([Math.round(this.host.clientWidth / 3), Math.round(this.host.clientHeight / 2)]);
    return this.at!;
  }

  private step([dx, dy]: Point, length: number): void {
    const from = this.at;
    if (from === null) return void this.place();
    for (let gone = FINE; gone <= length; gone += FINE) {
      this.go([
        Math.min(this.host.clientWidth, Math.max(0, from[0] + dx * gone)),
        Math.min(this.host.clientHeight, Math.max(0, from[1] + dy * gone)),
      ]);
    }
  }

  private go(at: Point): void {
    this.at = at;
    const [x, y] = at;
    this.mark.setAttribute("d", `M${x - REACH},${y}h${2 * REACH}M${x},${y - REACH}v${2 * REACH}`);
    this.mark.setAttribute("visibility", "visible");
    this.listener.moved(at);
  }
}
