// The legend: every class with its colour, value and count; a click hides or shows the class.

import { byId, element } from "../dom/element";
import { grouped } from "../dom/format";
import { classColour } from "../picture/palette";
import type { Scene } from "../wire/protocol.gen";

let drawn = "";

/**
 * Draw the legend, unless it is there already: moving points bring one scene after the other. `level` is the finest
 * level that has arrived, which determines how many curves a point represents.
 */
export function legend(
  scene: Scene,
  level: number,
  hidden: ReadonlySet<number>,
  toggle: (index: number) => void,
): void {
  const { column, classes, strides } = scene;
  const content = JSON.stringify([column, classes, strides, level, [...hidden], classColour(0)]);
  if (content === drawn) return;
  drawn = content;
  const host = byId("legend");
  host.hidden = false;
  const focused = [...host.querySelectorAll("button")].indexOf(document.activeElement as HTMLButtonElement);
  const rows = scene.classes.map(({ value, count }, i) => {
    const swatch = element("span", { className: "swatch" });
    swatch.style.background = classColour(i);
    const button = element(
      "button",
      { type: "button", title: explain(scene, level, i, hidden.has(i)) },
      swatch,
      element("span", { textContent: value }),
      element("span", { className: "count", textContent: grouped(count) }),
    );
    button.setAttribute("aria-pressed", String(!hidden.has(i)));
    button.addEventListener("click", () => toggle(i));
    return element("li", {}, button);
  });
  host.replaceChildren(element("h2", { textContent: words(scene.column) }), element("ul", {}, ...rows));
  host.querySelectorAll("button")[focused]?.focus();
}

/** A column's name as words: "root_number" -> "root number". */
export function words(column: string): string {
  return column.replaceAll("_", " ");
}

function explain(scene: Scene, level: number, i: number, isHidden: boolean): string {
  const { value, count } = scene.classes[i]!;
  const stride = scene.strides[Math.min(level, scene.strides.length - 1)]?.[i] ?? 1;
  const drawn = stride === 1 ? "all drawn" : `one of ${grouped(stride)} drawn`;
  const state = isHidden ? "hidden" : drawn;
  return `${words(scene.column)} ${value}: ${grouped(count)} curves, ${state}. Click to ${isHidden ? "show" : "hide"}.`;
}
