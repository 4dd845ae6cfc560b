// The newest chart of the panel, drawn in a worker (chart.worker.ts): requested, and here some frames later.

import type { ChartAsked, ChartDrawn } from "./chart.worker";

export class Charts {
  /** The newest chart; null before the first. */
  picture: ImageBitmap | null = null;
  private worker: Worker | null = null;
  private asked = 0;

  /** `drawn` is called when a new chart is here. */
  constructor(private readonly drawn: () => void) {}

  /** Request a chart. The worker starts with the first one: most pages never enter a headset. */
  ask(chart: Omit<ChartAsked, "id">): void {
    this.worker ??= this.begin();
    this.worker.postMessage({ ...chart, id: ++this.asked } satisfies ChartAsked);
  }

  private begin(): Worker {
    const worker = new Worker(new URL("./chart.worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data: { id, picture } }: MessageEvent<ChartDrawn>) => {
      if (id !== this.asked) return picture.close(); // a newer chart was requested
      this.picture?.close();
      this.picture = picture;
      this.drawn();
    };
    return worker;
  }
}
