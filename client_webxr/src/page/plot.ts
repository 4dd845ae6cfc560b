// The plot in the panel: figure.ts at the width of the panel, with a crosshair.

import { svg } from "../dom/element";
import { figure, MARGIN, type AxisKind, type Figure, type PlotData } from "./figure";
import { houseHex } from "../picture/palette";
import { nearest } from "../picture/scales";

const HEIGHT = 256;
/** Averages of classes with fewer curves are left out: their noise would set the range of the plot. */
export const LEAST_CURVES = 30;

export class Plot {
  axis: AxisKind = "n";
  data: PlotData = { cloud: null, classes: [], selection: null };
  private drawn: Figure | null = null;
  private readonly cross = svg("g", { visibility: "hidden" });

  /** `hover` gets the index of the place under the pointer, or null. */
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

  private draw(): void {
    const inks = {
      text: houseHex("--text-2"),
      dim: houseHex("--text-3"),
      grid: houseHex("--line"),
      zero: houseHex("--axis"),
      cloud: houseHex("--text-2"),
      accent: houseHex("--accent"),
      letters: 11,
      font: "inherit",
    };
    this.drawn = figure(this.data, this.axis, { width: this.host.clientWidth, height: HEIGHT }, inks);
    if (this.drawn === null) return this.host.replaceChildren();
    this.cross.setAttribute("visibility", "hidden");
    this.drawn.root.append(this.cross);
    this.host.replaceChildren(this.drawn.root);
  }

  private follow(event: PointerEvent | null): void {
    const values = this.data.selection ?? this.data.cloud;
    if (this.drawn === null || values === null) return;
    if (event === null) {
      this.cross.setAttribute("visibility", "hidden");
      return this.hover(null);
    }
    const { x, y, at } = this.drawn;
    const share = (event.clientX - this.host.getBoundingClientRect().left - x(x.low)) / (x(x.high) - x(x.low));
    const wanted = x.low + share * (x.high - x.low);
    const last = values.at.length - 1;
    const i = this.axis === "n" ? Math.min(last, Math.max(0, Math.round(wanted) - 1)) : nearest(values.at, wanted);
    this.cross.replaceChildren(
      svg("path", { class: "cross", d: `M${at(i)},${MARGIN.top}V${HEIGHT - MARGIN.bottom}` }),
      svg("circle", { class: "here", cx: at(i), cy: y(values.mean[i]!), r: 3.5 }),
    );
    this.cross.setAttribute("visibility", "visible");
    this.hover(i);
  }
}
