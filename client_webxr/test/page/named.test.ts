import { beforeEach, expect, test } from "vitest";
import { type NamedActions, prepareNames, showNames } from "../../src/page/named";
import { byId, type FakeElement, openPage } from "../dom";

let calls: unknown[][];
let actions: NamedActions;
const item = (name: string, slot = 0) => ({ name, count: 1200, colour: "#009e73", slot });

beforeEach(() => {
  openPage();
  calls = [];
  const record = (name: string) => (...args: unknown[]) => void calls.push([name, ...args]);
  actions = { keep: record("keep"), recall: record("recall"), forget: record("forget"), mark: record("mark") };
});

const press = (label: string) => byId("names").all().find((each) => each.ariaLabel === label)!.click();

test("the form keeps the selection under a name, and clears itself", () => {
  prepareNames(actions);
  byId("name-text").value = "  left band ";
  byId("name").fire("submit");
  byId("name").fire("submit"); // empty: nothing
  expect(calls).toEqual([["keep", "left band"]]);
});

test("each item can be selected, combined, shown in its colour and forgotten", () => {
  showNames([item("left")], actions);
  press("Select left");
  press("Add left to the selection");
  press("Subtract left from the selection");
  press("Keep of the selection what is in left");
  press("Show left in its colour");
  press("Forget left");
  expect(calls).toEqual([
    ["recall", "left", "replace"],
    ["recall", "left", "add"],
    ["recall", "left", "subtract"],
    ["recall", "left", "intersect"],
    ["mark", "left", true],
    ["forget", "left"],
  ]);
});

test("when all slots are taken, the other items say so", () => {
  showNames([...Array.from({ length: 7 }, (_, i) => item(`n${i}`, i + 1)), item("late")], actions);
  const title = (name: string) =>
    (byId("names").all().find((each) => each.ariaLabel === `Show ${name} in its colour`) as FakeElement & { title: string }).title;
  expect(title("late")).toContain("7 named selections are shown already");
  expect(title("n0")).toContain("Click to stop showing it");
});

test("the focused button keeps its focus when the list is written again", () => {
  showNames([item("left")], actions);
  byId("names").all().find((each) => each.ariaLabel === "Forget left")!.focus();
  showNames([item("right"), item("left")], actions);
  const focused = document.activeElement as unknown as FakeElement;
  expect(focused.ariaLabel).toBe("Forget left");
  expect(byId("names").contains(focused)).toBe(true);
});
