import { beforeEach, expect, test } from "vitest";
import type { Command } from "../../src/input/commands";
import { keySheet, onKey } from "../../src/input/keys";
import { byId, type FakeElement, fireWindow, openPage } from "../dom";

let ran: string[];
let first: (event: KeyboardEvent) => boolean;

const commands: readonly Command[] = [
  { name: "undo", about: "undo the newest change", keys: ["Ctrl+z"], run: () => ran.push("undo") },
  { name: "theme", about: "dark or light", keys: ["t"], run: () => ran.push("theme") },
  { name: "cancel", about: "cancel, close", keys: ["Escape"], run: () => ran.push("cancel") },
  { name: "down", about: "", keys: ["ArrowDown"], run: () => ran.push("down") },
];

beforeEach(() => {
  openPage();
  [ran, first] = [[], () => false];
  onKey(() => commands, (event) => first(event)); // prettier-ignore
});

/** Press a key; whether the browser's own action was prevented. */
function press(key: string, target: FakeElement, more: Record<string, boolean> = {}): boolean {
  let prevented = false;
  const keys = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...more };
  fireWindow("keydown", { key, target, ...keys, defaultPrevented: false, preventDefault: () => (prevented = true) });
  return prevented;
}

test("a key runs its command, and an unknown key is left to the browser", () => {
  expect(press("z", byId("picture"), { ctrlKey: true })).toBe(true);
  expect(press("F5", byId("picture"))).toBe(false);
  expect(ran).toEqual(["undo"]);
});

test("letters typed into a field run nothing, Escape does", () => {
  press("t", byId("projection"));
  press("Escape", byId("projection"));
  expect(ran).toEqual(["cancel"]);
});

test("arrows, Enter and Space belong to a focused button or row", () => {
  press("ArrowDown", byId("undo"));
  press("ArrowDown", byId("table"));
  press("ArrowDown", byId("picture"));
  expect(ran).toEqual(["down"]);
});

test("a key that is taken before runs no command", () => {
  first = ({ key }) => key === "t";
  expect(press("t", byId("picture"))).toBe(true);
  expect(ran).toEqual([]);
});

test("the sheet lists the commands with a description, and returns the focus", () => {
  const toggle = keySheet(() => commands);
  byId("help").click();
  expect(byId("keys").hidden).toBe(false);
  expect(byId("keys").textContent).toContain("Ctrl-Zundo the newest change");
  expect(byId("keys").querySelectorAll("dt").at(-1)!.textContent).toBe("Esc"); // a command without a description has no line
  toggle(false);
  expect(byId("keys").hidden).toBe(true);
  expect(document.activeElement as unknown).toBe(byId("help"));
});
