import { beforeEach, expect, test } from "vitest";
import type { Command } from "../../src/input/commands";
import { Finder } from "../../src/page/finder";
import { byId, openPage } from "../dom";

let ran: string[];
let finder: Finder;

const commands = (): Command[] => [
  { name: "undo", about: "undo the newest change", keys: ["Ctrl+z"], run: () => ran.push("undo") },
  { name: "projection", about: "three axes", takes: "pc1,pc2,pc3", run: (rest) => ran.push(`projection ${rest}`) },
];

beforeEach(() => {
  openPage();
  ran = [];
  finder = new Finder(commands);
  byId("picture").focus();
  finder.open();
});

function type(text: string): void {
  byId("finder-text").value = text;
  byId("finder-text").fire("input");
}
const press = (key: string) => byId("finder-text").fire("keydown", { key });

test("typing finds a command, Enter runs it, and the focus returns", () => {
  type("un");
  press("Enter");
  expect([ran, finder.isOpen]).toEqual([["undo"], false]);
  expect(document.activeElement as unknown).toBe(byId("picture"));
});

test("arrows choose among the found commands", () => {
  press("ArrowDown");
  expect(byId("finder-text").getAttribute("aria-activedescendant")).toBe("found-1");
  press("ArrowDown"); // round to the first
  press("Enter");
  expect(ran).toEqual(["undo"]);
});

test("a command with an argument waits for it", () => {
  type("proj");
  press("Enter");
  expect([ran, byId("finder-text").value]).toEqual([[], "projection "]);
  type("projection a2,a3");
  press("Enter");
  expect(ran).toEqual(["projection a2,a3"]);
});

test("text without a match says so, and runs nothing", () => {
  type("xyz");
  press("Enter");
  expect(byId("found").textContent).toContain("No command matches");
  expect(ran).toEqual([]);
});

test("Escape and a lost focus close it", () => {
  press("Escape");
  expect(finder.isOpen).toBe(false);
  finder.open();
  byId("finder").fire("focusout", { relatedTarget: byId("picture") });
  expect(finder.isOpen).toBe(false);
});
