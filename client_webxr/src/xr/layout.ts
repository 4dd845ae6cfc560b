// The panel of the headset as plain data: texts and buttons with their rectangles, in points (angle.ts), y down.

import { selectionSentence } from "../dom/format";
import type { Named, Operation } from "../wire/protocol.gen";
import { USUAL_AXES } from "../wire/usualAxes";

export type PanelPage = "selection" | "named" | "view";

/** The action of a button. */
export type PanelAction =
  | { do: "page"; page: PanelPage }
  | { do: "operation"; operation: Operation }
  | { do: "undo" | "redo" | "clear" | "keep" | "record" | "arm" | "room" | "handed" | "pin" | "leave" }
  | { do: "mark"; name: string; on: boolean }
  | { do: "recall"; name: string }
  | { do: "projection"; projection: string }
  | { do: "colour"; column: string }
  | { do: "more" };

/** The state that the panel shows. */
export interface PanelState {
  page: PanelPage;
  count: number;
  drawn: number;
  /** The operation chosen on the panel, and that of the next loop, which an open hand changes. */
  operation: Operation;
  next: Operation;
  undo: string;
  redo: string;
  named: readonly Named[];
  /** The first named selection of those shown. */
  first: number;
  projection: string;
  column: string;
  columns: readonly string[];
  points: string;
  live: boolean;
  recording: boolean;
  pinned: boolean;
  leftHanded: boolean;
  /** A line from the server, or instructions. */
  hint: string;
}

export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Button extends Rect {
  kind: "button";
  text: string;
  act: PanelAction;
  on: boolean;
  enabled: boolean;
  /** "#rrggbb" of a swatch before the text, or empty. */
  swatch: string;
  align: "center" | "left";
}

export interface PanelText extends Rect {
  kind: "words";
  text: string;
  size: number;
  strong: boolean;
}

export interface Chart extends Rect {
  kind: "chart";
}

export type Part = Button | PanelText | Chart;

export const WIDTH = 268;
export const HEIGHT = 312;
const PAD = 10;
const GAP = 6;
/** Height of a button; 29 mm at the wrist's distance of 0.45 m. */
const ROW = 26;
const INNER = WIDTH - 2 * PAD;
export const TEXT = 12;

export const NEXT: Record<Operation, string> = {
  replace: "The next loop selects anew.",
  add: "The next loop adds.",
  subtract: "The next loop subtracts.",
  intersect: "The next loop keeps what is in both.",
};
const OPERATIONS: readonly (readonly [Operation, string])[] = [
  ["replace", "New"],
  ["add", "Add"],
  ["subtract", "Subtract"],
  ["intersect", "Both"],
];
const PAGES: readonly (readonly [PanelPage, string])[] = [
  ["selection", "Selection"],
  ["named", "Named"],
  ["view", "View"],
];
export const NAMED_SHOWN = 6;

/** Everything on the panel, top to bottom. */
export function layout(state: PanelState): Part[] {
  const tabs = PAGES.map(([page, text]) => button(text, { do: "page", page }, { on: state.page === page }));
  const parts: Part[] = row(PAD, ...tabs);
  const top = PAD + ROW + GAP;
  if (state.page === "selection") parts.push(...selection(state, top));
  else if (state.page === "named") parts.push(...named(state, top));
  else parts.push(...view(state, top));
  return parts;
}

function selection(state: PanelState, top: number): Part[] {
  const { count, drawn, live } = state;
  const [first, second] = split(selectionSentence(count, drawn));
  const operations = OPERATIONS.map(([operation, text]) =>
    button(text, { do: "operation", operation }, { on: state.operation === operation }),
  );
  const y = top + 38 + 116 + 4;
  return [
    words(first, top, 15, true),
    words(second, top + 18, 13),
    { kind: "chart", x: PAD, y: top + 38, width: INNER, height: 116 },
    words(NEXT[state.next], y, TEXT, state.next !== "replace"),
    ...row(y + 18, ...operations),
    ...row(
      y + 18 + ROW + GAP,
      button("Undo", { do: "undo" }, { enabled: live && state.undo !== "" }),
      button("Redo", { do: "redo" }, { enabled: live && state.redo !== "" }),
      button("Clear", { do: "clear" }, { enabled: live && count > 0 }),
      button("Keep", { do: "keep" }, { enabled: live && count > 0 }),
    ),
    words(state.hint, HEIGHT - PAD - 16, TEXT),
  ];
}

function named(state: PanelState, top: number): Part[] {
  const shown = state.named.slice(state.first, state.first + NAMED_SHOWN);
  const parts = shown.flatMap(({ name, count, colour, slot }, i) => {
    const y = top + i * (ROW + GAP);
    const mark = button(slot > 0 ? "On" : "Off", { do: "mark", name, on: slot === 0 }, { on: slot > 0, enabled: state.live });
    const recall = button(`${name}, ${count.toLocaleString("en")}`, { do: "recall", name }, { enabled: state.live });
    return [
      place({ ...recall, swatch: colour, align: "left" as const }, PAD, y, INNER - 56 - GAP),
      place(mark, WIDTH - PAD - 56, y, 56),
    ];
  });
  const y = top + NAMED_SHOWN * (ROW + GAP);
  if (state.named.length > NAMED_SHOWN) return [...parts, ...row(y, button("More", { do: "more" }))];
  if (shown.length > 0) return [...parts, words("A name selects it; On shows it in its colour.", y, TEXT)];
  return [words("No selection has a name yet: Keep gives one.", top, TEXT)];
}

function view(state: PanelState, top: number): Part[] {
  const line = (i: number) => top + i * (ROW + GAP);
  const half = (INNER - GAP) / 2;
  const { live } = state;
  const projection = after(USUAL_AXES, state.projection);
  const column = after(state.columns, state.column);
  return [
    ...row(line(0), button(spaced(state.projection), { do: "projection", projection }, { enabled: live })),
    ...row(line(1), button(`coloured by ${state.column.replaceAll("_", " ")}`, { do: "colour", column }, { enabled: live })),
    words(state.points, line(2) + 5, TEXT),
    place(button("Arm's length", { do: "arm" }), PAD, line(3), half),
    place(button("Room size", { do: "room" }), PAD + half + GAP, line(3), half),
    place(button("Left-handed", { do: "handed" }, { on: state.leftHanded }), PAD, line(4), half),
    place(button("Pinned", { do: "pin" }, { on: state.pinned }), PAD + half + GAP, line(4), half),
    place(button(state.recording ? "End recording" : "Record", { do: "record" }, { on: state.recording, enabled: live }), PAD, line(5), half),
    place(button("Leave", { do: "leave" }), PAD + half + GAP, line(5), half),
    words("Both hands pinching turn and scale the cloud;", line(6) + 4, TEXT),
    words("the bar below it, or a grip, carries it.", line(6) + 20, TEXT),
  ];
}

/** The button at a place of the panel, or null. */
export function hit(parts: readonly Part[], x: number, y: number): Button | null {
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i]!;
    if (part.kind !== "button" || !part.enabled) continue;
    if (x >= part.x && x <= part.x + part.width && y >= part.y && y <= part.y + part.height) return part;
  }
  return null;
}

function button(text: string, act: PanelAction, more: Partial<Button> = {}): Button {
  const where = { x: 0, y: 0, width: 0, height: ROW };
  return { kind: "button", text, act, on: false, enabled: true, swatch: "", align: "center", ...where, ...more };
}

function words(text: string, y: number, size: number, strong = false): PanelText {
  return { kind: "words", text, x: PAD, y, width: INNER, height: size + 4, size, strong };
}

function place(part: Button, x: number, y: number, width: number): Button {
  return { ...part, x, y, width };
}

/** Buttons side by side over the whole width. */
function row(y: number, ...buttons: Button[]): Button[] {
  const width = (INNER - GAP * (buttons.length - 1)) / buttons.length;
  return buttons.map((each, i) => place(each, PAD + i * (width + GAP), y, width));
}

/** "812 curves selected, 640 of them drawn." in two lines. */
function split(sentence: string): [string, string] {
  const comma = sentence.indexOf("selected,");
  return comma < 0 ? [sentence, ""] : [sentence.slice(0, comma + 8), sentence.slice(comma + 10)];
}

function spaced(projection: string): string {
  return projection.split(",").join(" · ");
}

function after<T extends string>(all: readonly T[], now: string): T {
  return all[(all.indexOf(now as T) + 1) % all.length]!;
}
