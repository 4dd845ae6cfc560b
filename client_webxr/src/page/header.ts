// The header at the top left: data set, snapshot, and the view as three editable chips.

import { byId, element } from "../dom/element";
import { grouped } from "../dom/format";
import { words } from "./legend";
import type { Scene, View } from "../wire/protocol.gen";
import { USUAL_AXES } from "../wire/usualAxes";

/** The notice for a conductor window that cannot be read. */
export const CONDUCTOR_HINT =
  "The conductor window was not changed: expected its lowest and highest conductor, for example 7500 to 10000.";

export class Header {
  private readonly form = byId<HTMLFormElement>("view");
  private readonly projection = byId<HTMLInputElement>("projection");
  private readonly conductor = byId<HTMLInputElement>("conductor");
  private readonly column = byId<HTMLSelectElement>("column");
  private readonly usual = byId<HTMLSelectElement>("usual-axes");
  private scene: Scene | null = null;
  private asked = false;

  /** `view` gets the requested view; `wrong` gets one line when the input cannot be read. */
  constructor(
    private readonly view: (view: View) => void,
    private readonly wrong: (line: string) => void,
  ) {
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
      (document.activeElement as HTMLElement | null)?.blur();
    });
    this.column.addEventListener("change", () => this.submit());
    this.usual.replaceChildren(element("option", { value: "", textContent: "Axes", hidden: true }));
    this.usual.append(...USUAL_AXES.map((value) => element("option", { value, textContent: axesInWords(value) })));
    this.usual.addEventListener("change", () => {
      this.projection.value = this.usual.value;
      this.usual.value = "";
      this.submit();
    });
    for (const chip of [this.projection, this.conductor]) {
      chip.addEventListener("focus", () => this.raw(chip));
      chip.addEventListener("blur", () => this.paint());
      chip.addEventListener("keydown", (event) => {
        if (event.key === "Escape") chip.blur();
      });
    }
  }

  /** Show a scene, which may be the answer to a requested view. */
  show(scene: Scene): void {
    const before = this.scene;
    this.scene = scene;
    if (before?.dataset !== scene.dataset || before.columns.join() !== scene.columns.join()) this.open(scene);
    byId("snapshot").textContent = `snapshot ${scene.snapshot}`;
    this.settle();
  }

  /** Another data set, or other columns. */
  private open({ dataset, columns }: Scene): void {
    byId("dataset").textContent = dataset;
    document.title = `${dataset} · Murmuration Lab`;
    this.form.hidden = false;
    this.column.replaceChildren(...columns.map((value) => element("option", { value, textContent: words(value) })));
  }

  /** The requested view was answered, by a scene or a refusal: show the current view. */
  settle(): void {
    this.asked = false;
    this.form.classList.remove("busy");
    this.paint();
  }

  private paint(): void {
    if (this.scene === null || this.asked) return;
    const { projection, conductor, column } = this.scene;
    if (document.activeElement !== this.projection) this.projection.value = axesInWords(projection);
    if (document.activeElement !== this.conductor) this.conductor.value = conductor.map(grouped).join(" to ");
    this.column.value = column;
  }

  private raw(chip: HTMLInputElement): void {
    if (this.scene === null) return;
    chip.value = chip === this.projection ? this.scene.projection : this.scene.conductor.join(" to ");
    chip.select();
  }

  private submit(): void {
    if (this.scene === null) return;
    const projection = this.projection.value.replaceAll(" · ", ",").trim();
    const conductor = readWindow(this.conductor.value);
    if (conductor === null) return this.wrong(CONDUCTOR_HINT);
    const same = projection === this.scene.projection && this.column.value === this.scene.column;
    if (same && conductor.join() === this.scene.conductor.join()) return;
    this.asked = true;
    this.view({ type: "view", projection, classes: this.column.value, conductor });
    this.form.classList.add("busy");
  }
}

/** "pc1,pc2" as it is shown: "pc1 · pc2". */
function axesInWords(projection: string): string {
  return projection.split(",").join(" · ");
}

/** "7,500 to 10,000", "7500-10000" or "7500 10000" as two integers; null for other text. */
export function readWindow(text: string): [number, number] | null {
  const found = /^\s*(\d+)\s*(?:to|-|–|\.\.|\s)\s*(\d+)\s*$/.exec(text.replaceAll(",", ""));
  const [low, high] = [Number(found?.[1]), Number(found?.[2])];
  return found !== null && Number.isSafeInteger(low) && Number.isSafeInteger(high) ? [low, high] : null;
}
