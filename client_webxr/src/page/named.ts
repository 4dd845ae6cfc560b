// The list of named selections: each with its colour, its count, and the operations with the current selection.

import { byId, element } from "../dom/element";
import { grouped } from "../dom/format";
import { OPERATIONS } from "../input/operations";
import { inTheme } from "../picture/palette";
import { MOST_MARKS, type Named, type Operation } from "../wire/protocol.gen";

/** The actions of the list. */
export interface NamedActions {
  keep(name: string): void;
  recall(name: string, operation: Operation): void;
  forget(name: string): void;
  mark(name: string, on: boolean): void;
}

/** Prepare the form that names the selection. */
export function prepareNames(wishes: NamedActions): void {
  const field = byId<HTMLInputElement>("name-text");
  byId("name").addEventListener("submit", (event) => {
    event.preventDefault();
    if (field.value.trim() === "") return;
    wishes.keep(field.value.trim());
    field.value = "";
  });
}

/** Write the list; the focused button keeps the focus. */
export function showNames(items: readonly Named[], wishes: NamedActions): void {
  byId("named").hidden = false;
  const host = byId("names");
  const focused = host.contains(document.activeElement) ? document.activeElement!.getAttribute("aria-label") : null;
  const full = items.filter(({ slot }) => slot > 0).length >= MOST_MARKS;
  host.replaceChildren(...items.map((item) => row(item, full, wishes)));
  if (focused !== null)
    [...host.querySelectorAll("button")].find((each) => each.getAttribute("aria-label") === focused)?.focus();
}

function row({ name, count, colour, slot }: Named, full: boolean, wishes: NamedActions): HTMLElement {
  const on = slot > 0;
  const swatch = element("span", { className: "swatch" });
  if (on) swatch.style.background = inTheme(colour);
  else swatch.style.boxShadow = `inset 0 0 0 1.5px ${inTheme(colour)}`;
  const mark = element("button", { type: "button", className: "mark plain", ariaLabel: `Show ${name} in its colour` }, swatch);
  mark.setAttribute("aria-pressed", String(on));
  mark.title = on ? "Shown in its colour. Click to stop showing it." : "Click to show it in its colour.";
  if (full && !on) mark.title = `${MOST_MARKS} named selections are shown already, the most at once. Click one of those first.`;
  mark.addEventListener("click", () => wishes.mark(name, !on));
  const recall = button(name, `Select ${name}`, "recall", () => wishes.recall(name, "replace"));
  const operations = OPERATIONS.filter(({ operation }) => operation !== "replace").map(({ operation, sign }) =>
    button(sign, TITLES[operation](name), "small", () => wishes.recall(name, operation)),
  );
  return element(
    "li",
    {},
    mark,
    recall,
    element("span", { className: "count", textContent: grouped(count) }),
    ...operations,
    button("×", `Forget ${name}`, "small", () => wishes.forget(name)),
  );
}

const TITLES: Record<Operation, (name: string) => string> = {
  replace: (name) => `Select ${name}`,
  add: (name) => `Add ${name} to the selection`,
  subtract: (name) => `Subtract ${name} from the selection`,
  intersect: (name) => `Keep of the selection what is in ${name}`,
};

function button(textContent: string, title: string, className: string, act: () => void): HTMLButtonElement {
  const made = element("button", { type: "button", className, textContent, title, ariaLabel: title });
  made.addEventListener("click", act);
  return made;
}
