// The panel's plot with its switches and its words: what is drawn, and the values under the crosshair.

import { byId, element } from "./element";
import { grouped, signed } from "./format";
import type { Series } from "./frames";
import { words } from "./legend";
import { classColour } from "./palette";
import { LEAST_CURVES, Plot, type PlotData } from "./plot";
import type { Scene } from "./protocol.gen";

export class Murmuration {
  private readonly plot = new Plot(byId("plot"), (i) => this.read(i));
  private readonly byClass = byId<HTMLInputElement>("by-class");
  private scene: Scene | null = null;
  private hidden: ReadonlySet<number> = new Set();
  private whole: readonly Series[] = [];
  private selection: Series | null = null;

  constructor() {
    this.byClass.addEventListener("change", () => this.draw());
    for (const axis of ["n", "p"] as const) byId(`axis-${axis}`).addEventListener("click", () => this.against(axis));
  }

  /** Begin a scene: nothing averaged is known of it yet. */
  begin(scene: Scene): void {
    this.scene = scene;
    this.whole = [];
    this.selection = null;
    this.byClass.parentElement!.hidden = false;
    this.byClass.nextElementSibling!.textContent = `by ${words(scene.column)}`;
    const left = `classes of fewer than ${LEAST_CURVES} curves are left out`;
    this.byClass.parentElement!.title = `All curves by ${words(scene.column)}; ${left}`;
    this.draw();
  }

  /** Some of the averages of all curves (class -1) and of each class; the rest stay. */
  showWhole(series: readonly Series[]): void {
    const others = this.whole.filter(({ index }) => !series.some((each) => each.index === index));
    this.whole = [...others, ...series].sort((a, b) => a.index - b.index);
    this.draw();
  }

  /** The average of what is selected, or null. */
  showSelection(series: Series | null): void {
    if (series === null && this.selection === null) return;
    this.selection = series;
    this.draw();
  }

  hide(hidden: ReadonlySet<number>): void {
    this.hidden = hidden;
    this.draw();
  }

  /** Plot against the other axis, or a given one. */
  against(axis: "n" | "p" = this.plot.axis === "n" ? "p" : "n"): void {
    this.plot.axis = axis;
    for (const each of ["n", "p"]) byId(`axis-${each}`).setAttribute("aria-pressed", String(each === axis));
    this.draw();
  }

  private classes(): Series[] {
    if (!this.byClass.checked) return [];
    return this.whole.filter(({ index, count }) => index >= 0 && count >= LEAST_CURVES && !this.hidden.has(index));
  }

  /** What is plotted: the whole cloud, its classes and the selection. */
  get data(): PlotData {
    const classes = this.classes().map((series) => ({ series, colour: classColour(series.index) }));
    return { cloud: this.all(), classes, selection: this.selection };
  }

  private draw(): void {
    this.plot.show(this.data);
    this.read(null);
  }

  private all(): Series | null {
    return this.whole.find(({ index }) => index === -1) ?? null;
  }

  /** The line below: what the marks mean, or the values at one prime with their standard errors. */
  private read(i: number | null): void {
    const all = this.all();
    const host = byId("readout");
    if (this.scene === null || all === null) return host.replaceChildren();
    const entry = (kind: string, name: string, series: Series) =>
      element(
        "span",
        {},
        element("i", { className: `key ${kind}` }),
        i === null ? `${name}, ${grouped(series.count)}` : `${name} ${value(series, i)}`,
      );
    const parts = this.selection === null ? [] : [entry("selected", "selection", this.selection)];
    parts.push(entry("", "all", all));
    if (i === null) parts.push(element("span", { textContent: "band: ± 2 standard errors" }));
    else {
      parts.unshift(
        element("span", {}, element("b", { textContent: `p = ${grouped(all.at[i]!)}` }), `  n = ${grouped(i + 1)}`),
      );
      for (const series of this.selection === null ? this.classes() : []) parts.push(this.classEntry(series, i));
    }
    host.replaceChildren(...parts);
  }

  private classEntry(series: Series, i: number): HTMLElement {
    const key = element("i", { className: "key selected" });
    key.style.background = classColour(series.index);
    return element("span", {}, key, `${this.scene!.classes[series.index]?.value ?? ""}: ${signed(series.mean[i]!)}`);
  }
}

function value({ mean, stderr }: Series, i: number): string {
  const error = stderr[i]!;
  return signed(mean[i]!) + (Number.isFinite(error) ? ` ± ${error.toFixed(2)}` : "");
}
