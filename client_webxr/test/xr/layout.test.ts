import { expect, test } from "vitest";
import { degrees, LEAST_TEXT, POINT } from "../../src/xr/angle";
import { HEIGHT, hit, layout, NAMED_SHOWN, TEXT, WIDTH, type PanelPage, type PanelState, type Part } from "../../src/xr/layout";
import { BESIDE, WRIST } from "../../src/xr/panelAnchor";

const NAMED = Array.from({ length: 9 }, (_, i) => ({ name: `loop ${i}`, count: 1234, colour: "#56b4e9", slot: i % 2 }));

function state(change: Partial<PanelState> = {}): PanelState {
  return {
    page: "selection",
    count: 4812,
    drawn: 1203,
    operation: "replace",
    next: "replace",
    undo: "loop",
    redo: "",
    named: NAMED,
    first: 0,
    projection: "pc1,pc2,pc3",
    column: "root_number",
    columns: ["rank", "root_number"],
    points: "",
    live: true,
    recording: false,
    pinned: false,
    leftHanded: false,
    hint: "",
    ...change,
  };
}

const PAGES: PanelPage[] = ["selection", "named", "view"];
const buttons = (parts: Part[]) => parts.filter((part) => part.kind === "button");

test.each(PAGES)("on the page %s all parts are within the panel, and no two buttons overlap", (page) => {
  const parts = layout(state({ page }));
  for (const { x, y, width, height } of parts) {
    expect(x).toBeGreaterThanOrEqual(0);
    expect(y).toBeGreaterThanOrEqual(0);
    expect(x + width).toBeLessThanOrEqual(WIDTH);
    expect(y + height).toBeLessThanOrEqual(HEIGHT);
  }
  const all = parts.filter((part) => part.kind !== "words");
  for (const a of all)
    for (const b of all)
      expect(
        a === b || a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y,
      ).toBe(true);
});

test.each(PAGES)("on the page %s buttons are 2.5 cm or more, on the wrist as well", (page) => {
  for (const { width, height } of buttons(layout(state({ page })))) {
    for (const metres of [WRIST, BESIDE]) expect(Math.min(width, height) * POINT * metres).toBeGreaterThanOrEqual(0.025);
  }
});

test("every text is at least 1.5 degrees high at its reading distance", () => {
  const sizes = PAGES.flatMap((page) => layout(state({ page })))
    .filter((part) => part.kind === "words")
    .map((part) => part.size);
  for (const size of [...sizes, TEXT, LEAST_TEXT]) expect(degrees(size)).toBeGreaterThanOrEqual(1.5);
});

test("the operation is named in words", () => {
  const words = layout(state({ operation: "add", next: "subtract" }));
  expect(words.some((part) => part.kind === "words" && part.text === "The next loop subtracts.")).toBe(true);
  expect(words.some((part) => part.kind === "button" && part.text === "Add" && part.on)).toBe(true);
});

test("a press finds its button, and no disabled one", () => {
  const parts = layout(state({ redo: "" }));
  const undo = buttons(parts).find(({ text }) => text === "Undo")!;
  const redo = buttons(parts).find(({ text }) => text === "Redo")!;
  expect(hit(parts, undo.x + 5, undo.y + 5)).toBe(undo);
  expect(hit(parts, redo.x + 5, redo.y + 5)).toBeNull();
});

test("many named selections are shown page by page", () => {
  const parts = buttons(layout(state({ page: "named", first: NAMED_SHOWN })));
  expect(parts.filter(({ act }) => act.do === "recall")).toHaveLength(NAMED.length - NAMED_SHOWN);
  expect(parts.some(({ act }) => act.do === "more")).toBe(true);
});
