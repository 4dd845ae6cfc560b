// Draw the panel's chart in a worker: thousands of dots take tens of milliseconds without a graphics card, and a frame of
// the headset has eleven.

import type { PlotData } from "../page/figure";
import { chart, type ChartColours } from "./chart";

/** A chart to draw: width and height in points, and pixels for each point. */
export interface ChartAsked {
  id: number;
  width: number;
  height: number;
  pixels: number;
  data: PlotData;
  inks: ChartColours;
}

export interface ChartDrawn {
  id: number;
  picture: ImageBitmap;
}

const scope = self as unknown as { postMessage(said: ChartDrawn, moved: Transferable[]): void; onmessage: unknown };
const pen = new OffscreenCanvas(1, 1).getContext("2d")!;

scope.onmessage = ({ data: asked }: MessageEvent<ChartAsked>) => {
  const { id, width, height, pixels, data, inks } = asked;
  pen.canvas.width = width * pixels;
  pen.canvas.height = height * pixels;
  pen.scale(pixels, pixels);
  chart(pen, { x: 0, y: 0, width, height }, data, inks);
  const picture = pen.canvas.transferToImageBitmap();
  scope.postMessage({ id, picture }, [picture]);
};
