// The murmuration plot on the panel: the paths of the page's plot, drawn on a canvas.

import { chance, dots, errors, extent, polyline, type PlotData } from "../page/figure";
import { linear, ticks, tickText } from "../picture/scales";
import type { Rect } from "./layout";
import { LEAST_TEXT } from "./angle";

export interface ChartColours {
  text: string;
  dim: string;
  line: string;
  accent: string;
}

/** The canvas of a page or of a worker. */
type ChartContext = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

const MARGIN = { left: 26, right: 4, top: 4, bottom: 16 };

/** Draw into a rectangle of the canvas; all lengths are in points. */
export function chart(pen: ChartContext, { x: left, y: top, width, height }: Rect, data: PlotData, inks: ChartColours): void {
  const primes = (data.selection ?? data.cloud)?.at;
  if (primes === undefined || primes.length === 0) return;
  const [low, high] = extent([data.cloud, data.selection, ...data.classes.map((each) => each.series)]);
  const x = linear(1, primes.length, left + MARGIN.left, left + width - MARGIN.right);
  const y = linear(low, high, top + height - MARGIN.bottom, top + MARGIN.top);
  frame(pen, x, y, inks);
  const at = (i: number) => x(i + 1);
  pen.save();
  pen.lineCap = "round";
  if (data.cloud !== null) stroke(pen, polyline(data.cloud.mean, at, y), inks.dim, 0.6, 0.8);
  for (const { series, colour } of data.classes) {
    stroke(pen, dots(series.mean, at, y), colour, 1.6, data.selection === null ? 0.9 : 0.4);
  }
  if (data.selection !== null) {
    if (data.cloud !== null) {
      stroke(pen, errors(data.cloud.mean, chance(data.cloud, data.selection), at, y), inks.dim, 0.7, 0.25);
    }
    stroke(pen, errors(data.selection.mean, data.selection.stderr, at, y), inks.accent, 0.7, 0.2);
    stroke(pen, dots(data.selection.mean, at, y), inks.accent, 2, 1);
  }
  pen.restore();
}

function frame(pen: ChartContext, x: ReturnType<typeof linear>, y: ReturnType<typeof linear>, inks: ChartColours): void {
  const marks = ticks(y.low, y.high, 3);
  const columns = ticks(0, x.high, 3).filter((value) => value >= x.low);
  pen.font = `${LEAST_TEXT}px system-ui, sans-serif`;
  pen.fillStyle = inks.dim;
  pen.textBaseline = "middle";
  pen.textAlign = "right";
  for (const value of marks) {
    const path = `M${x(x.low)},${y(value)}H${x(x.high)}`;
    stroke(pen, path, inks.line, value === 0 ? 1.4 : 0.8, 1);
    pen.fillStyle = inks.dim;
    pen.fillText(tickText(value, marks[1]! - marks[0]!), x(x.low) - 4, y(value));
  }
  pen.textBaseline = "bottom";
  pen.textAlign = "center";
  const foot = y(y.low) + MARGIN.bottom;
  for (const value of columns.slice(0, -1)) pen.fillText(tickText(value, columns[1]! - columns[0]!), x(value), foot);
  pen.textAlign = "right";
  pen.fillText("n-th prime", x(x.high), foot);
}

function stroke(pen: ChartContext, path: string, colour: string, width: number, opacity: number): void {
  pen.globalAlpha = opacity;
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.stroke(new Path2D(path));
  pen.globalAlpha = 1;
}
