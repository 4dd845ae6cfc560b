// The plot in the panel with its switches, and the line below it: the legend, or the values under the crosshair.

import { byId, element } from "../dom/element";
import type { AxisKind, PlotData } from "./figure";
import { grouped, signed } from "../dom/format";
import type { Series, TraceFrame } from "../wire/frames";
import { words } from "./legend";
import { classColour } from "../picture/palette";
import { LEAST_CURVES, Plot } from "./plot";
import type { Against, Scene } from "../wire/protocol.gen";
import { soon } from "../dom/soon";
import type { Theme } from "../dom/theme";

const AXES: readonly AxisKind[] = ["n", "p", "ratio"];

/** The averages against one kind of place: primes, or bins of p/N. */
interface Averages {
  whole: readonly Series[];
  selection: Series | null;
}

export class Murmuration {
  private readonly plot = new Plot(byId("plot"), (i) => this.read(i));
  private readonly byClass = byId<HTMLInputElement>("by-class");
  private scene: Scene | null = null;
  private hidden: ReadonlySet<number> = new Set();
  private averages: Record<Against["axis"], Averages> = { p: none(), ratio: none() };
  private readonly draw = soon(() => this.drawNow());

  /** `ask` requests averages against another kind of place from the server. */
  constructor(private readonly ask: (axis: Against["axis"]) => void) {
    this.byClass.addEventListener("change", () => this.draw());
    for (const axis of AXES) byId(`axis-${axis}`).addEventListener("click", () => this.against(axis));
  }

  /** Begin a scene, without averages yet. */
  begin(scene: Scene): void {
    this.scene = scene;
    this.averages = { p: none(), ratio: none() };
    this.byClass.parentElement!.hidden = false;
    this.byClass.nextElementSibling!.textContent = `by ${words(scene.column)}`;
    const left = `classes of fewer than ${LEAST_CURVES} curves are left out`;
    this.byClass.parentElement!.title = `All curves by ${words(scene.column)}; ${left}`;
    if (this.kind !== "p") this.ask(this.kind); // also after a reconnect
    this.draw();
  }

  /**
   * Take in averages of all curves (class -1) and classes, or that of the selection; other averages stay. With `awaited`
   * the user waits for it, and the plot is drawn at once.
   */
  take({ of, axis, series }: TraceFrame, awaited: boolean): void {
    const own = this.averages[axis];
    if (of === "selection") own.selection = series[0] ?? null;
    else {
      const others = own.whole.filter(({ index }) => !series.some((each) => each.index === index));
      own.whole = [...others, ...series].sort((a, b) => a.index - b.index);
    }
    if (axis !== this.kind) return;
    if (awaited) this.drawNow();
    else this.draw();
  }

  private drawNow(): void {
    this.plot.show(this.data());
    this.read(null);
  }

  /** Another selection: the old average stays until the new one arrives, unless the selection is empty. */
  selected(count: number): void {
    for (const kind of ["p", "ratio"] as const) if (kind !== this.kind || count === 0) this.averages[kind].selection = null;
    if (count === 0) this.draw();
  }

  hide(hidden: ReadonlySet<number>): void {
    this.hidden = hidden;
    this.draw();
  }

  get axis(): AxisKind {
    return this.plot.axis;
  }

  /** Plot against the next axis, or a given one. */
  against(axis: AxisKind = AXES[(AXES.indexOf(this.plot.axis) + 1) % AXES.length]!): void {
    const before = this.kind;
    this.plot.axis = axis;
    for (const each of AXES) byId(`axis-${each}`).setAttribute("aria-pressed", String(each === axis));
    if (this.kind !== before) this.ask(this.kind);
    this.draw();
  }

  /** Another connection: the server sends averages against p until another axis is requested. */
  renew(): void {
    if (this.kind !== "p") this.ask(this.kind);
  }

  /** The data of the plot, in the colours of a theme. */
  data(on?: Theme): PlotData {
    const { selection } = this.averages[this.kind];
    const classes = this.classes().map((series) => ({ series, colour: classColour(series.index, on) }));
    return { cloud: this.all(), classes, selection };
  }

  /** The kind of place that the axis needs. */
  get kind(): Against["axis"] {
    return this.plot.axis === "ratio" ? "ratio" : "p";
  }

  private classes(): Series[] {
    if (!this.byClass.checked) return [];
    const { whole } = this.averages[this.kind];
    const many = (index: number) => (this.scene?.classes[index]?.count ?? 0) >= LEAST_CURVES;
    return whole.filter(({ index }) => index >= 0 && many(index) && !this.hidden.has(index));
  }

  private all(): Series | null {
    return this.averages[this.kind].whole.find(({ index }) => index === -1) ?? null;
  }

  /** The line below the plot: the meaning of the marks, or the values at one place with their standard errors. */
  private read(i: number | null): void {
    const all = this.all();
    const host = byId("readout");
    if (this.scene === null) return host.replaceChildren();
    if (all === null) return host.replaceChildren(this.plot.axis === "ratio" ? "Waiting for the averages against p/N." : "");
    const { selection } = this.averages[this.kind];
    const entry = (kind: string, name: string, series: Series) =>
      element(
        "span",
        {},
        element("i", { className: `key ${kind}` }),
        i !== null ? `${name} ${value(series, i)}` : this.kind === "p" ? `${name}, ${grouped(series.count)}` : name,
      );
    const parts = selection === null ? [] : [entry("selected", "selection", selection)];
    parts.push(entry("", "all", all));
    if (i === null && selection === null) parts.push(element("span", { textContent: "band: ± 2 standard errors" }));
    else if (i === null) {
      parts.splice(1, 0, chance()); // beside the selection, where there is room on the line
      parts.push(element("span", { textContent: "bands: ± 2 standard errors" }));
    }
    else {
      parts.unshift(this.place(all.at[i]!, i));
      for (const series of selection === null ? this.classes() : []) parts.push(this.classEntry(series, i));
    }
    host.replaceChildren(...parts);
  }

  private place(at: number, i: number): HTMLElement {
    if (this.plot.axis === "ratio") return element("span", {}, element("b", { textContent: `p/N = ${at.toFixed(4)}` }));
    return element("span", {}, element("b", { textContent: `p = ${grouped(at)}` }), `  n = ${grouped(i + 1)}`);
  }

  private classEntry(series: Series, i: number): HTMLElement {
    const key = element("i", { className: "key selected" });
    key.style.background = classColour(series.index);
    return element("span", {}, key, `${this.scene!.classes[series.index]?.value ?? ""}: ${signed(series.mean[i]!)}`);
  }
}

/** The meaning of the grey band beside a selection. */
function chance(): HTMLElement {
  const title = "The mean of as many curves, drawn at random from all of them, lies within the grey band 95 times in 100.";
  return element("span", { textContent: "grey: by chance", title });
}

function none(): Averages {
  return { whole: [], selection: null };
}

function value({ mean, stderr }: Series, i: number): string {
  const error = stderr[i]!;
  return signed(mean[i]!) + (Number.isFinite(error) ? ` ± ${error.toFixed(2)}` : "");
}
