import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Drawing } from "../src/input/drawing";
import { read } from "../src/page/link";
import { copyLink, restore } from "../src/restore";
import { byId, fireWindow } from "./dom";
import { scene } from "./messages";
import { RunningClient } from "./running";

let running: RunningClient;
let taken: (string | null)[];
let drawing: Drawing;

beforeEach(() => {
  running = new RunningClient();
  taken = [];
  drawing = { armed: false, tool: "lasso", take: (tool: string | null) => taken.push(tool) } as unknown as Drawing;
});

afterEach(() => void vi.useRealTimers());

const link = "#view=pc1,pc2,pc3&classes=rank&conductor=11-999&eye=1,2,3&at=0.1,0,0&axis=ratio&hidden=1&tool=box";

test("a link restores camera, axis, tool and hidden classes at the first scene", async () => {
  location.hash = link;
  restore(running.client, drawing);
  await running.begin();
  const { orbit, hidden, murmuration } = running.client;
  [1, 2, 3].forEach((x, i) => expect(orbit.camera.position.toArray()[i]).toBeCloseTo(x));
  expect(orbit.controls.target.toArray()).toEqual([0.1, 0, 0]);
  expect([...hidden]).toEqual([1]);
  expect(murmuration.axis).toBe("ratio");
  expect(taken).toEqual(["box"]);
  expect(running.sent("view")).toEqual([]);
});

test("another view is requested once, and the rest restored when it comes", async () => {
  location.hash = link.replace("classes=rank", "classes=torsion");
  restore(running.client, drawing);
  await running.begin();
  expect(running.sent("view")).toMatchObject([{ classes: "torsion", conductor: [11, 999] }]);
  expect([...running.client.hidden]).toEqual([]);
  running.say(scene({ epoch: 2, column: "torsion" }));
  expect([...running.client.hidden]).toEqual([1]);
  expect(running.sent("view").length).toBe(1);
});

test("a view that another member changes meanwhile is not requested again, and the rest is restored", async () => {
  location.hash = link.replace("classes=rank", "classes=torsion");
  restore(running.client, drawing);
  await running.begin();
  running.say(scene({ epoch: 2 })); // not the requested one
  expect(running.sent("view").length).toBe(1);
  expect([...running.client.hidden]).toEqual([1]);
});

test("a link that is pasted later is restored at once", async () => {
  restore(running.client, drawing);
  await running.begin();
  location.hash = "#hidden=0";
  fireWindow("hashchange");
  expect([...running.client.hidden]).toEqual([0]);
});

test("a copied link holds the current view", async () => {
  const copied: string[] = [];
  let address = "";
  Object.assign(globalThis, { history: { state: null, replaceState: (...args: string[]) => (address = args[2]!) } });
  Object.assign(location, { href: "http://localhost/" });
  vi.stubGlobal("navigator", { clipboard: { writeText: async (text: string) => void copied.push(text) } });
  await running.begin();
  running.client.toggleClass(1);
  await copyLink(running.client, drawing);
  expect(copied.length).toBe(1);
  expect(read(address)).toMatchObject({ projection: "pc1,pc2,pc3", classes: "rank", conductor: [11, 999], hidden: [1], axis: "n" });
  vi.stubGlobal("navigator", { clipboard: { writeText: () => Promise.reject(new Error()) } });
  await copyLink(running.client, drawing);
  expect(byId("notice").textContent).toContain("The link is in the address bar");
  vi.unstubAllGlobals();
});
