// The newest picture of the panel's chart, made elsewhere (chart.worker.ts): it is asked for, and comes some frames later.

import type { ChartAsked, ChartDrawn } from "./chart.worker";

export class Charts {
  /** What was drawn last, in pixels; null before the first. */
  picture: ImageBitmap | null = null;
  private worker: Worker | null = null;
  private asked = 0;

  /** `drawn` hears that there is another picture. */
  constructor(private readonly drawn: () => void) {}

  /** The thread begins with the first chart: most pages never enter a headset. */
  ask(chart: Omit<ChartAsked, "id">): void {
    this.worker ??= this.begin();
    this.worker.postMessage({ ...chart, id: ++this.asked } satisfies ChartAsked);
  }

  private begin(): Worker {
    const worker = new Worker(new URL("./chart.worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data: { id, picture } }: MessageEvent<ChartDrawn>) => {
      if (id !== this.asked) return picture.close(); // something else is wanted meanwhile
      this.picture?.close();
      this.picture = picture;
      this.drawn();
    };
    return worker;
  }
}
