// The panel's chart is drawn in a thread of its own: thousands of dots take tens of milliseconds without a graphics card,
// and a headset's frame has eleven.

import type { PlotData } from "../page/figure";
import { chart, type ChartColours } from "./chart";

/** What is to be drawn: width and height in points, and pixels a point. */
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
