// The murmuration: the average trace of a_p at each prime, as dots with a band of two standard errors
// (upright hairlines: a filled outline would show every jump twice).
//
// Neighbouring primes jump, so a line through the means would draw the jumps and hide the wave: each mean is a dot, as
// in the literature, and only the whole cloud's, which is the ground to compare with, is a faint line.

import { svg } from "./element";
import type { Series } from "./frames";
import { linear, nearest, ticks, tickText, type Scale } from "./scales";

export interface Coloured {
  series: Series;
  colour: string;
}

export interface PlotData {
  cloud: Series | null;
  classes: readonly Coloured[];
  selection: Series | null;
}

export type AxisKind = "n" | "p";

const HEIGHT = 256;
const MARGIN = { left: 34, right: 14, top: 20, bottom: 36 };
/** A class of fewer curves has no average worth a place in the range of the plot. */
export const LEAST_CURVES = 30;

export class Plot {
  axis: AxisKind = "n";
  private data: PlotData = { cloud: null, classes: [], selection: null };
  private cross: SVGGElement | null = null;

  /** `hover` is told the index of the prime under the pointer, or null. */
  constructor(
    private readonly host: HTMLElement,
    private readonly hover: (index: number | null) => void,
  ) {
    host.addEventListener("pointermove", (event) => this.follow(event));
    host.addEventListener("pointerleave", () => this.follow(null));
    new ResizeObserver(() => this.draw()).observe(host);
  }

  show(data: PlotData): void {
    this.data = data;
    this.draw();
  }

  private get primes(): Series["at"] | null {
    return (this.data.selection ?? this.data.cloud)?.at ?? null;
  }

  private scales(primes: Series["at"]): { x: Scale; y: Scale } {
    const [low, high] = extent([this.data.cloud, this.data.selection, ...this.data.classes.map((each) => each.series)]);
    const last = this.axis === "n" ? primes.length : primes[primes.length - 1]!;
    return {
      x: linear(this.axis === "n" ? 1 : 2, last, MARGIN.left, this.host.clientWidth - MARGIN.right),
      y: linear(low, high, HEIGHT - MARGIN.bottom, MARGIN.top),
    };
  }

  private draw(): void {
    const { cloud, classes, selection } = this.data;
    const primes = this.primes;
    const width = this.host.clientWidth;
    if (primes === null || primes.length === 0 || width === 0) return this.host.replaceChildren();
    const { x, y } = this.scales(primes);
    const at = (i: number) => x(this.axis === "n" ? i + 1 : primes[i]!);
    const inside = svg("g", { "clip-path": "url(#plot-inside)" });
    if (cloud !== null) {
      inside.append(svg("path", { class: "errors", d: errors(cloud, at, y) }));
      inside.append(svg("path", { class: "cloud-line", d: polyline(cloud.mean, at, y) }));
    }
    for (const { series, colour } of classes) {
      const opacity = selection === null ? 0.9 : 0.4;
      inside.append(
        svg("path", { class: "dots", stroke: colour, "stroke-opacity": opacity, d: dots(series.mean, at, y) }),
      );
    }
    if (selection !== null) {
      inside.append(svg("path", { class: "errors selection", d: errors(selection, at, y) }));
      inside.append(svg("path", { class: "dots selection", d: dots(selection.mean, at, y) }));
    }
    this.cross = svg("g", { visibility: "hidden" });
    const label = `Average of a_p against ${this.axis === "n" ? "n, where p is the n-th prime" : "p"}`;
    const root = svg("svg", { width, height: HEIGHT, role: "img", "aria-label": label });
    root.append(clip(x, y), ...this.frame(x, y), inside, this.cross);
    this.host.replaceChildren(root);
  }

  /** Grid, ticks and titles. */
  private frame(x: Scale, y: Scale): SVGElement[] {
    const [left, right, bottom] = [x(x.low), x(x.high), y(y.low)];
    const made: SVGElement[] = [];
    const marks = ticks(y.low, y.high, 5);
    for (const value of marks) {
      const place = crisp(y(value));
      made.push(svg("path", { class: value === 0 ? "grid zero" : "grid", d: `M${left},${place}H${right}` }));
      made.push(text(left - 6, place + 4, tickText(value, marks[1]! - marks[0]!), "end"));
    }
    const columns = ticks(0, x.high, 5).filter((value) => value >= x.low);
    for (const value of columns) {
      made.push(svg("path", { class: "grid", d: `M${crisp(x(value))},${bottom}v4` }));
      made.push(text(x(value), bottom + 16, tickText(value, columns[1]! - columns[0]!), "middle"));
    }
    const title = text(left - 28, 10, "mean of a", "start", "title");
    title.append(svg("tspan", { dy: 3, "font-size": 9 }, "p"));
    const name = this.axis === "n" ? "n, the index of the prime p" : "p";
    made.push(title, text(right, HEIGHT - 2, name, "end", "title"));
    return made;
  }

  private follow(event: PointerEvent | null): void {
    const primes = this.primes;
    if (this.cross === null || primes === null) return;
    if (event === null) {
      this.cross.setAttribute("visibility", "hidden");
      return this.hover(null);
    }
    const { x, y } = this.scales(primes);
    const wanted =
      x.low +
      ((event.clientX - this.host.getBoundingClientRect().left - x(x.low)) * (x.high - x.low)) / (x(x.high) - x(x.low));
    const i = this.axis === "n" ? clamp(Math.round(wanted) - 1, primes.length - 1) : nearest(primes, wanted);
    const place = x(this.axis === "n" ? i + 1 : primes[i]!);
    const marks: SVGElement[] = [
      svg("path", { class: "cross", d: `M${place},${MARGIN.top}V${HEIGHT - MARGIN.bottom}` }),
    ];
    const values = this.data.selection ?? this.data.cloud;
    if (values !== null) marks.push(svg("circle", { class: "here", cx: place, cy: y(values.mean[i]!), r: 3.5 }));
    this.cross.replaceChildren(...marks);
    this.cross.setAttribute("visibility", "visible");
    this.hover(i);
  }
}

/** The range of all means, zero included, with a little air. Classes of a few curves do not stretch it. */
export function extent(series: readonly (Series | null)[]): [number, number] {
  let [low, high] = [0, 0];
  for (const each of series) {
    if (each === null) continue;
    for (const value of each.mean) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  const air = 0.04 * (high - low) || 1;
  return [low - air, high + air];
}

type At = (i: number) => number;

/** A dot for each value: segments of no length, which round caps make visible. */
export function dots(mean: Float64Array, at: At, y: Scale): string {
  let path = "";
  for (let i = 0; i < mean.length; i++) path += `M${at(i).toFixed(1)},${y(mean[i]!).toFixed(1)}h0`;
  return path;
}

export function polyline(mean: Float64Array, at: At, y: Scale): string {
  let path = "";
  for (let i = 0; i < mean.length; i++) path += `${i === 0 ? "M" : "L"}${at(i).toFixed(1)},${y(mean[i]!).toFixed(1)}`;
  return path;
}

/** Two standard errors to both sides of each mean: upright lines, which stand so close that they make a band. */
export function errors({ mean, stderr }: Series, at: At, y: Scale): string {
  let path = "";
  for (let i = 0; i < mean.length; i++) {
    const reach = 2 * (stderr[i] || 0);
    path += `M${at(i).toFixed(1)},${y(mean[i]! - reach).toFixed(1)}V${y(mean[i]! + reach).toFixed(1)}`;
  }
  return path;
}

function clip(x: Scale, y: Scale): SVGElement {
  const [left, top] = [x(x.low), y(y.high)];
  const box = svg("rect", { x: left, y: top, width: x(x.high) - left, height: y(y.low) - top });
  return svg("defs", {}, svg("clipPath", { id: "plot-inside" }, box));
}

function text(x: number, y: number, content: string, anchor: string, kind = ""): SVGTextElement {
  return svg("text", { x, y, "text-anchor": anchor, class: kind }, content);
}

/** The middle of a pixel, where a line of one pixel is sharp. */
function crisp(value: number): number {
  return Math.floor(value) + 0.5;
}

function clamp(value: number, most: number): number {
  return Math.min(most, Math.max(0, value));
}
