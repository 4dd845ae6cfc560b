// The murmuration plot as SVG: the average of a_p at each prime, as dots with a band of two standard errors (vertical
// hairlines: a filled outline would show every jump twice).
//
// Means jump from prime to prime, so a line through them would hide the wave: each mean is a dot, as in the literature,
// and only the average of all curves, the background for comparison, is a faint line. All styles are attributes, so that
// the same drawing works in the panel and in a file.

import { svg } from "../dom/element";
import type { Series } from "../wire/frames";
import { linear, ticks, tickText, type Scale } from "../picture/scales";

export interface Coloured {
  series: Series;
  colour: string;
}

export interface PlotData {
  cloud: Series | null;
  classes: readonly Coloured[];
  selection: Series | null;
}

/** The horizontal axis: the index of the prime, the prime, or the prime over the conductor. */
export type AxisKind = "n" | "p" | "ratio";

export const AXIS_TITLES: Record<AxisKind, string> = { n: "n, the index of the prime p", p: "p", ratio: "p / N" };

/** Colours and font of a plot; `letters` is the font size in the plot's units. */
export interface FigureColours {
  text: string;
  dim: string;
  grid: string;
  zero: string;
  cloud: string;
  accent: string;
  letters: number;
  font: string;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A plot with its scales, from values of the axis and of the mean to the plot's units. */
export interface Figure {
  readonly root: SVGSVGElement;
  readonly x: Scale;
  readonly y: Scale;
  readonly at: At;
}

export const MARGIN = { left: 34, right: 14, top: 20, bottom: 36 };

/** Draw the plot; null without data. */
export function figure(data: PlotData, axis: AxisKind, { width, height }: Size, inks: FigureColours): Figure | null {
  const { cloud, classes, selection } = data;
  const places = (selection ?? cloud)?.at;
  if (places === undefined || places.length === 0 || width <= 0) return null;
  const [low, high] = extent([cloud, selection, ...classes.map((each) => each.series)]);
  const last = axis === "n" ? places.length : places[places.length - 1]!;
  const first = axis === "n" ? 1 : axis === "p" ? 2 : 0;
  const x = linear(first, last, MARGIN.left, width - MARGIN.right);
  const y = linear(low, high, height - MARGIN.bottom, MARGIN.top);
  const of = (series: Series) => (i: number) => x(axis === "n" ? i + 1 : series.at[i]!);
  const clipped = `plot-${Math.random().toString(36).slice(2)}`;
  const inside = svg("g", { "clip-path": `url(#${clipped})`, fill: "none", "stroke-linecap": "round" });
  const band = { stroke: inks.cloud, "stroke-width": 0.7, "stroke-opacity": 0.22, "stroke-linecap": "butt" };
  if (cloud !== null) {
    const wide = selection === null ? cloud.stderr : chance(cloud, selection);
    inside.append(svg("path", { class: "errors", ...band, d: errors(cloud.mean, wide, of(cloud), y) }));
    const line = { stroke: inks.cloud, "stroke-width": 0.6, "stroke-opacity": 0.8 };
    inside.append(svg("path", { class: "cloud-line", ...line, d: polyline(cloud.mean, of(cloud), y) }));
  }
  for (const { series, colour } of classes) {
    const paint = { stroke: colour, "stroke-width": 1.8, "stroke-opacity": selection === null ? 0.9 : 0.4 };
    inside.append(svg("path", { class: "dots", ...paint, d: dots(series.mean, of(series), y) }));
  }
  if (selection !== null) {
    const own = { ...band, stroke: inks.accent, "stroke-opacity": 0.2 };
    inside.append(svg("path", { class: "errors selection", ...own, d: errors(selection.mean, selection.stderr, of(selection), y) }));
    const paint = { stroke: inks.accent, "stroke-width": 2 };
    inside.append(svg("path", { class: "dots selection", ...paint, d: dots(selection.mean, of(selection), y) }));
  }
  const root = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "font-family": inks.font });
  root.setAttribute("aria-label", `Average of a_p against ${AXIS_TITLES[axis]}`);
  root.append(clip(clipped, x, y), ...frame(axis, x, y, height, inks), inside);
  return { root, x, y, at: of((selection ?? cloud)!) };
}

/** The grid, the ticks and the titles. */
function frame(axis: AxisKind, x: Scale, y: Scale, height: number, inks: FigureColours): SVGElement[] {
  const [left, right, bottom] = [x(x.low), x(x.high), y(y.low)];
  const line = (value: number) => ({ stroke: value === 0 ? inks.zero : inks.grid, "stroke-width": 1, fill: "none" });
  const made: SVGElement[] = [];
  const marks = ticks(y.low, y.high, 5);
  for (const value of marks) {
    const place = crisp(y(value));
    made.push(svg("path", { ...line(value), d: `M${left},${place}H${right}` }));
    made.push(text(left - 6, place + 4, tickText(value, marks[1]! - marks[0]!), "end", inks.dim, inks));
  }
  const columns = ticks(0, x.high, 5).filter((value) => value >= x.low);
  for (const value of columns) {
    made.push(svg("path", { ...line(1), d: `M${crisp(x(value))},${bottom}v4` }));
    made.push(text(x(value), bottom + 16, tickText(value, columns[1]! - columns[0]!), "middle", inks.dim, inks));
  }
  const title = text(left - 28, 10, "mean of a", "start", inks.text, inks);
  title.append(svg("tspan", { dy: 3, "font-size": inks.letters - 2 }, "p"));
  made.push(title, text(right, height - 2, AXIS_TITLES[axis], "end", inks.text, inks));
  return made;
}

/** The range of all means and zero, with a small margin. */
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

/** The position of the i-th value along the axis. */
export type At = (i: number) => number;

/** A dot for each value: segments of zero length, visible by their round caps. */
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

/** Two standard errors on both sides of each mean: vertical lines so close together that they form a band. */
export function errors(mean: Float64Array, stderr: Float64Array, at: At, y: Scale): string {
  let path = "";
  for (let i = 0; i < mean.length; i++) {
    const reach = 2 * (stderr[i] || 0);
    path += `M${at(i).toFixed(1)},${y(mean[i]! - reach).toFixed(1)}V${y(mean[i]! + reach).toFixed(1)}`;
  }
  return path;
}

/**
 * The standard error of the mean of a random sample of all curves, as large as the selection: the mean of a selection
 * that is independent of a_p lies within two of these errors 19 times in 20.
 *
 * Sampling is without replacement, so the error is s sqrt(1/k - 1/n) for k of n curves, and 0 when all are selected; s
 * follows from the standard error of all curves, s / sqrt(n). Cochran, Sampling Techniques, section 2.6. In bins of p/N
 * the pairs of a curve and a prime are treated as independent.
 */
export function chance(cloud: Series, selection: Series): Float64Array {
  return cloud.stderr.map((error, i) => {
    const [n, k] = [cloud.counts[i]!, selection.counts[i] ?? 0];
    return k > 0 ? error * Math.sqrt(Math.max(0, n / k - 1)) : NaN;
  });
}

function clip(id: string, x: Scale, y: Scale): SVGElement {
  const [left, top] = [x(x.low), y(y.high)];
  const box = svg("rect", { x: left, y: top, width: x(x.high) - left, height: y(y.low) - top });
  return svg("defs", {}, svg("clipPath", { id }, box));
}

function text(x: number, y: number, content: string, anchor: string, fill: string, inks: FigureColours): SVGTextElement {
  return svg("text", { x, y, "text-anchor": anchor, fill, "font-size": inks.letters }, content);
}

/** The centre of a pixel, where a line of one pixel is sharp. */
function crisp(value: number): number {
  return Math.floor(value) + 0.5;
}
