// The sheet of keys, and the keys themselves.

import { byId, element } from "./element";

const SHEET: readonly (readonly [string, string])[] = [
  ["Drag", "orbit"],
  ["Wheel", "zoom to the pointer"],
  ["Right-drag", "pan"],
  ["Shift-drag", "lasso: select what is inside"],
  ["Ctrl-drag", "lasso: add"],
  ["Alt-drag", "lasso: subtract"],
  ["Double-click on nothing", "clear the selection"],
  ["Click on a point", "pin its card"],
  ["L", "lasso by plain dragging, on or off"],
  ["1 to 9", "show or hide a class"],
  ["N", "plot against n or p"],
  ["P", "selection panel, open or closed"],
  ["0", "see the whole cloud again"],
  ["Esc", "cancel, close"],
  ["?", "this sheet"],
];

/** Fill the sheet once; returns a function that opens or closes it and says whether it is open then. */
export function keySheet(): (open?: boolean) => boolean {
  const sheet = byId("keys");
  const button = byId<HTMLButtonElement>("help");
  const close = element("button", { type: "button", className: "plain close", title: "Close (Esc)" }, "×");
  const rows = SHEET.flatMap(([keys, what]) => [
    element("dt", { textContent: keys }),
    element("dd", { textContent: what }),
  ]);
  sheet.append(
    element("div", { className: "bar" }, element("h2", { textContent: "Keys" }), close),
    element("dl", {}, ...rows),
  );
  const toggle = (open: boolean = sheet.hidden === true) => {
    sheet.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
    return open;
  };
  button.addEventListener("click", () => toggle());
  close.addEventListener("click", () => toggle(false));
  return toggle;
}

/** Call the action of a pressed key, unless it is meant for a text field or the browser. */
export function onKey(actions: Record<string, () => void>): void {
  window.addEventListener("keydown", (event) => {
    const target = event.target as HTMLElement;
    const typing = target.matches("input:not([type=checkbox]), select, textarea");
    if (event.ctrlKey || event.metaKey || event.altKey || (typing && event.key !== "Escape")) return;
    actions[event.key.length === 1 ? event.key.toLowerCase() : event.key]?.();
  });
}
