// The toolbar above the picture: the tool of drags, its operation, the brush, undo and redo.

import type { Drawing } from "../input/drawing";
import { byId, element } from "../dom/element";
import { OPERATIONS } from "../input/operations";
import type { Tool } from "../input/shapes";

/** Each tool with its key. */
export const TOOLS: readonly { tool: Tool; words: string; key: string }[] = [
  { tool: "lasso", words: "Lasso", key: "l" },
  { tool: "box", words: "Box", key: "b" },
  { tool: "brush", words: "Brush", key: "r" },
];

export interface Steps {
  undo(): void;
  redo(): void;
}

export class Tools {
  private readonly tools: HTMLButtonElement[];
  private readonly operations: HTMLButtonElement[];
  private readonly size = byId("brush-size");

  constructor(
    private readonly drawing: Drawing,
    steps: Steps,
  ) {
    this.tools = TOOLS.map(({ tool, words, key }) => {
      const title = `${words} by dragging (${key.toUpperCase()}); with Shift held at any time`;
      return button(words, title, () => drawing.take(tool));
    });
    this.operations = OPERATIONS.map(({ operation, words, sign, keys }) => {
      const made = button(sign, `${capital(words)} (${keys}-drag)`, () => drawing.combine(operation));
      made.setAttribute("aria-label", capital(words));
      return made;
    });
    byId("tools").replaceChildren(...this.tools);
    byId("operations").replaceChildren(...this.operations);
    byId("brush-smaller").addEventListener("click", () => drawing.grow(-1));
    byId("brush-larger").addEventListener("click", () => drawing.grow(1));
    byId("undo").addEventListener("click", () => steps.undo());
    byId("redo").addEventListener("click", () => steps.redo());
    this.show();
  }

  /** Show the armed tool, its operation and the brush. */
  show(): void {
    const { armed, tool, operation, brush } = this.drawing;
    TOOLS.forEach((each, i) => press(this.tools[i]!, armed && each.tool === tool));
    OPERATIONS.forEach((each, i) => press(this.operations[i]!, each.operation === operation));
    byId("operations").hidden = !armed;
    byId("brush").hidden = !armed || tool !== "brush";
    this.size.textContent = `${brush} px`;
  }

  /** Name the steps that undo and redo would make; empty when there is none. */
  steps(undo: string, redo: string): void {
    step(byId<HTMLButtonElement>("undo"), "Undo", "Ctrl-Z", undo);
    step(byId<HTMLButtonElement>("redo"), "Redo", "Ctrl-Shift-Z", redo);
  }
}

function button(textContent: string, title: string, act: () => void): HTMLButtonElement {
  const made = element("button", { type: "button", textContent, title });
  made.addEventListener("click", act);
  return made;
}

function press(one: HTMLButtonElement, on: boolean): void {
  one.setAttribute("aria-pressed", String(on));
}

function step(one: HTMLButtonElement, word: string, keys: string, action: string): void {
  // Not `disabled`, which would drop the focus at the last step.
  one.setAttribute("aria-disabled", String(action === ""));
  one.title = action === "" ? `Nothing to ${word.toLowerCase()}` : `${word}: ${action} (${keys})`;
  one.setAttribute("aria-label", action === "" ? word : `${word}: ${action}`);
}

function capital(words: string): string {
  return words[0]!.toUpperCase() + words.slice(1);
}
