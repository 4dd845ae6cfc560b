import { beforeEach, expect, test } from "vitest";
import type { Drawing } from "../../src/input/drawing";
import { Tools } from "../../src/page/tools";
import { byId, openPage } from "../dom";

let calls: unknown[][];
let drawing: { armed: boolean; tool: string; operation: string; brush: number };
let tools: Tools;

beforeEach(() => {
  openPage();
  calls = [];
  const record = (name: string) => (...args: unknown[]) => void calls.push([name, ...args]);
  drawing = { armed: false, tool: "lasso", operation: "replace", brush: 48 };
  Object.assign(drawing, { take: record("take"), combine: record("combine"), grow: record("grow") });
  tools = new Tools(drawing as unknown as Drawing, { undo: record("undo"), redo: record("redo") });
});

test("buttons arm tools, choose operations and change the brush", () => {
  byId("tools").children[1]!.click();
  byId("operations").children[2]!.click();
  byId("brush-larger").click();
  byId("undo").click();
  expect(calls).toEqual([["take", "box"], ["combine", "subtract"], ["grow", 1], ["undo"]]);
});

test("the armed tool is pressed, and its options are shown", () => {
  expect([byId("operations").hidden, byId("brush").hidden]).toEqual([true, true]);
  Object.assign(drawing, { armed: true, tool: "brush" });
  tools.show();
  expect(byId("tools").children.map((each) => each.getAttribute("aria-pressed"))).toEqual(["false", "false", "true"]);
  expect([byId("operations").hidden, byId("brush").hidden]).toEqual([false, false]);
  expect(byId("brush-size").textContent).toBe("48 px");
});

test("undo and redo name their steps, or say that there is none", () => {
  tools.steps("lasso added, 812 curves", "");
  const title = (id: string) => (byId(id) as unknown as { title: string }).title;
  expect(title("undo")).toBe("Undo: lasso added, 812 curves (Ctrl-Z)");
  expect(byId("undo").getAttribute("aria-disabled")).toBe("false");
  expect(title("redo")).toBe("Nothing to redo");
  expect(byId("redo").getAttribute("aria-disabled")).toBe("true");
});
