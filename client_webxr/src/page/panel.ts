// The selection panel: the count in a sentence, notes, and a bar for each class with its enrichment.

import { byId, element } from "../dom/element";
import { enrichment, grouped, percent, selectionSentence } from "../dom/format";
import { words } from "./legend";
import { classColour } from "../picture/palette";
import type { Scene, Selected } from "../wire/protocol.gen";

/** Show an exact answer. `drawn` counts the selected points on the screen by class; null without points. */
export function showSelected(
  scene: Scene,
  selected: Selected,
  drawn: readonly number[] | null,
  hidden: ReadonlySet<number>,
): void {
  const onScreen = drawn?.reduce((sum, n) => sum + n, 0) ?? null;
  const [head, tail] = selectionSentence(selected.count, onScreen).split(/(?<=,)(?= )/);
  const parts = [head ?? "", ...(tail === undefined ? [] : [element("span", { textContent: tail })])];
  const host = byId("sentence");
  if (host.textContent !== parts.map((part) => (typeof part === "string" ? part : part.textContent)).join(""))
    host.replaceChildren(...parts);
  byId("note").textContent = note(scene, selected, hidden);
  showClasses(scene, selected);
  byId<HTMLInputElement>("name-text").disabled = selected.count === 0;
  byId("name").querySelector("button")!.disabled = selected.count === 0;
}

/** Show that the server is still counting, with the number of selected points on the screen. */
export function showCounting(drawn: number): void {
  byId("sentence").replaceChildren(
    `${grouped(drawn)} drawn points selected,`,
    element("span", { textContent: " counting all rows" }),
  );
}

function note(scene: Scene, { count, counts }: Selected, hidden: ReadonlySet<number>): string {
  if (count === 0) return "Shift-drag a loop around some points, or choose a tool.";
  const notes: string[] = [];
  const outside = count - counts.reduce((sum, n) => sum + n, 0);
  if (outside > 0) notes.push(`${grouped(outside)} of them are outside the conductor window of this picture.`);
  if (hidden.size > 0) {
    const names = [...hidden]
      .sort((a, b) => a - b)
      .map((i) => scene.classes[i]?.value ?? "")
      .join(", ");
    const held = [...hidden].reduce((sum, i) => sum + (counts[i] ?? 0), 0);
    notes.push(`The lasso also selects points of hidden classes: ${grouped(held)} of ${words(scene.column)} ${names}.`);
  }
  return notes.join(" ");
}

/** A bar for each class: its share of the selection, with a mark at its share of the whole. */
function showClasses(scene: Scene, { count, counts }: Selected): void {
  const host = byId("classes");
  host.hidden = count === 0;
  if (count === 0) return;
  const inPicture = counts.reduce((sum, n) => sum + n, 0);
  const rows = scene.classes.map((one, i) => {
    const n = counts[i] ?? 0;
    const [share, whole] = [inPicture === 0 ? 0 : n / inPicture, one.count / Math.max(1, scene.rows)];
    const title = `${words(scene.column)} ${one.value}: ${percent(share)} of the selection, ${percent(whole)} of all`;
    return element(
      "li",
      { title },
      swatch(i),
      one.value,
      track(i, share, whole),
      element("span", { className: "count", textContent: grouped(n) }),
      element("span", { className: "times", textContent: enrichment(n, inPicture, one.count, scene.rows) }),
    );
  });
  const bar = element("div", { className: "bar" }, element("h2", { textContent: `By ${words(scene.column)}` }));
  bar.title = "Bar: share of the selection. Mark: share of all curves. ×: how many times more frequent.";
  host.replaceChildren(bar, element("ul", {}, ...rows));
}

function swatch(i: number): HTMLElement {
  const made = element("span", { className: "swatch" });
  made.style.background = classColour(i);
  return made;
}

function track(i: number, share: number, whole: number): HTMLElement {
  const fill = element("span", { className: "fill" });
  fill.style.width = `${100 * share}%`;
  fill.style.background = classColour(i);
  const mark = element("span", { className: "whole" });
  mark.style.left = `${100 * whole}%`;
  return element("span", { className: "track" }, fill, mark);
}
