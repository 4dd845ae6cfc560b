// Keyboard commands, and the sheet that lists them.

import { chord, commandFor, spelled, type Command } from "./commands";
import { byId, element } from "../dom/element";

/** Actions of the mouse. */
const MOUSE: readonly (readonly [string, string])[] = [
  ["Drag", "orbit"],
  ["Wheel", "zoom to the pointer"],
  ["Right-drag", "pan"],
  ["Shift-drag", "select what is inside"],
  ["Ctrl-drag", "add to the selection"],
  ["Alt-drag", "subtract from the selection"],
  ["Shift-Alt-drag", "keep what is in both"],
  ["Click on a point", "pin its card"],
  ["Double-click on nothing", "clear the selection"],
];

/** Keys while a tool is armed. */
const DRAWING: readonly (readonly [string, string])[] = [
  ["← → ↑ ↓", "move the crosshair; with Shift in leaps"],
  ["Enter", "begin to draw there; again to finish"],
  ["Ctrl-, Alt-, Shift-Alt-Enter", "begin to add, subtract, intersect"],
];

/** The sheet of keys, filled from the commands when it opens; returns a function that opens or closes it. */
export function keySheet(commands: () => readonly Command[]): (open?: boolean) => void {
  const sheet = byId("keys");
  const button = byId<HTMLButtonElement>("help");
  const toggle = (open: boolean = sheet.hidden === true) => {
    if (open) fill(sheet, commands(), () => toggle(false));
    const inside = sheet.contains(document.activeElement);
    sheet.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
    if (open) sheet.querySelector("button")?.focus();
    else if (inside) button.focus();
  };
  button.addEventListener("click", () => toggle());
  return toggle;
}

function fill(sheet: HTMLElement, commands: readonly Command[], close: () => void): void {
  const shut = element("button", { type: "button", className: "plain close", title: "Close (Esc)" }, "×");
  shut.addEventListener("click", close);
  const own = commands.flatMap(({ keys, shown, about }) =>
    keys === undefined || about === "" ? [] : [[shown ?? spelled(keys[0]!), about] as const],
  );
  const part = (title: string, rows: readonly (readonly [string, string])[]) =>
    element(
      "div",
      {},
      element("h3", { textContent: title }),
      element("dl", {}, ...rows.flatMap(([keys, what]) => [
        element("dt", { textContent: keys }),
        element("dd", { textContent: what }),
      ])),
    );
  sheet.replaceChildren(
    element("div", { className: "bar" }, element("h2", { textContent: "Keys" }), shut),
    element("div", { className: "parts" }, part("Mouse", MOUSE), part("With a tool", DRAWING), part("Keys", own)),
  );
}

/** Run the command of a pressed key, unless a field or the browser needs the key. `first` is offered the key before. */
export function onKey(commands: () => readonly Command[], first: (event: KeyboardEvent) => boolean): void {
  window.addEventListener("keydown", (event) => {
    if (event.defaultPrevented) return;
    const target = event.target as HTMLElement;
    const keys = chord(event);
    const typing = target.matches("input:not([type=checkbox]), select, textarea");
    if (typing && keys !== "Escape" && keys !== "Ctrl+k") return;
    // Enter, Space and arrows belong to a focused button or row of the table.
    const acting = target.matches("button, a, summary, input, [role=grid], [role=grid] *, [role=option]");
    const own = acting && (event.key === "Enter" || event.key === " " || event.key.startsWith("Arrow"));
    if (own) return;
    const command = first(event) ? null : commandFor(commands(), keys);
    if (command === undefined) return;
    event.preventDefault();
    command?.run("");
  });
}
