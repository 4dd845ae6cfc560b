// The newest picture of the panel's chart, made elsewhere (chart.worker.ts): it is asked for, and comes some frames later.

import type { PlotData } from "../figure";
import type { Inks } from "./chart";

/** What is to be drawn: width and height in points, and pixels a point. */
export interface ChartAsked {
  id: number;
  width: number;
  height: number;
  pixels: number;
  data: PlotData;
  inks: Inks;
}

export interface ChartDrawn {
  id: number;
  picture: ImageBitmap;
}

export class Charts {
  /** What was drawn last, in pixels; null before the first. */
  picture: ImageBitmap | null = null;
  private readonly worker = new Worker(new URL("./chart.worker.ts", import.meta.url), { type: "module" });
  private asked = 0;

  /** `drawn` hears that there is another picture. */
  constructor(drawn: () => void) {
    this.worker.onmessage = ({ data: { id, picture } }: MessageEvent<ChartDrawn>) => {
      if (id !== this.asked) return picture.close(); // something else is wanted meanwhile
      this.picture?.close();
      this.picture = picture;
      drawn();
    };
  }

  ask(what: Omit<ChartAsked, "id">): void {
    this.worker.postMessage({ ...what, id: ++this.asked } satisfies ChartAsked);
  }
}
