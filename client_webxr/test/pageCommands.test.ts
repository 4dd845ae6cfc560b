import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Command } from "../src/input/commands";
import type { Drawing } from "../src/input/drawing";
import { CONDUCTOR_HINT } from "../src/page/header";
import { type PageActions, pageCommands } from "../src/pageCommands";
import { byId } from "./dom";
import { selected } from "./messages";
import { RunningClient } from "./running";

let running: RunningClient;
let page: PageActions;

beforeEach(() => {
  running = new RunningClient();
  const drawing = { armed: true, tool: "brush", operation: "replace" } as unknown as Drawing;
  const none = () => {};
  page = { client: running.client, drawing, fold: none, split: none, link: none, sheet: none, open: none, find: none, escape: none, save: none };
});

afterEach(() => void vi.useRealTimers());

const command = (name: string): Command => {
  const found = pageCommands(page).find((each) => each.name === name);
  if (found === undefined) throw new Error(`expected a command ${name}`);
  return found;
};

test("names and keys are unique", async () => {
  await running.begin();
  const commands = pageCommands(page);
  const [names, keys] = [commands.map(({ name }) => name), commands.flatMap((each) => each.keys ?? [])];
  expect(names.length).toBe(new Set(names).size);
  expect(keys.length).toBe(new Set(keys).size);
});

test("a viewer gets no command that changes the shared session", async () => {
  await running.begin("viewer");
  const names = pageCommands(page).map(({ name }) => name);
  for (const name of ["undo", "lasso name", "projection", "record", "lasso clear"]) expect(names).not.toContain(name);
  expect(names).toContain("zoom in");
});

test("undo and redo are available with a step, and describe it", async () => {
  await running.begin();
  expect(command("undo").able!()).toBe(false);
  running.say(selected(0, 1, [2, 0], { undo: "lasso added, 2 curves" }));
  expect(command("undo").able!()).toBe(true);
  expect(command("undo").about).toBe("lasso added, 2 curves");
  command("undo").run("");
  expect(running.sent("undo").length).toBe(1);
});

test("a view command changes one part of the view", async () => {
  await running.begin();
  command("projection").run("a2,a3,a5");
  command("conductor").run("100 to 500");
  command("colour by torsion").run("");
  expect(running.sent("view")).toEqual([
    { type: "view", projection: "a2,a3,a5", classes: "rank", conductor: [11, 999] },
    { type: "view", projection: "pc1,pc2,pc3", classes: "rank", conductor: [100, 500] },
    { type: "view", projection: "pc1,pc2,pc3", classes: "torsion", conductor: [11, 999] },
  ]);
  command("conductor").run("all");
  expect(byId("notice").textContent).toContain(CONDUCTOR_HINT);
});

test("each named selection has its commands", async () => {
  await running.begin();
  running.say({ type: "selections", version: 1, items: [{ name: "left", count: 2, colour: "#009e73", slot: 1 }] });
  command("lasso add left").run("");
  command("lasso unmark left").run("");
  expect(running.sent("recall")).toMatchObject([{ name: "left", operation: "add" }]);
  expect(running.sent("mark")).toEqual([{ type: "mark", name: "left", on: false }]);
});

test("keys move the camera", async () => {
  await running.begin();
  const before = running.client.orbit.camera.position.toArray();
  command("turn left").run("");
  expect(running.client.orbit.camera.position.toArray()).not.toEqual(before);
  command("see all").run("");
  running.client.orbit.camera.position.toArray().forEach((x, i) => expect(x).toBeCloseTo(before[i]!));
});
