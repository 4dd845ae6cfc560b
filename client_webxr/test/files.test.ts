import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { plotFile, viewFile } from "../src/files";
import { type FakeElement } from "./dom";
import { scene, selected, traceFrame } from "./messages";
import { RunningClient } from "./running";

let running: RunningClient;

beforeEach(() => void (running = new RunningClient()));
afterEach(() => void vi.useRealTimers());

const texts = (root: unknown) => (root as FakeElement).querySelectorAll("text").map(({ textContent }) => textContent);

test("without a scene or averages there is nothing to save", async () => {
  expect(viewFile(running.client)).toBeNull();
  await running.begin();
  expect(plotFile(running.client.murmuration, running.client.scene!)).toBeNull();
});

test("the printed plot names data, snapshot and window, and counts the curves of each average", async () => {
  await running.begin();
  running.send(traceFrame(2, "cloud", 0, [1, 2, 3]));
  running.say(selected(0, 5, [4, 0]));
  running.send(traceFrame(3, "selection", 5, [7, 7, 7]));
  const root = plotFile(running.client.murmuration, running.client.scene!)!;
  expect(texts(root)).toEqual(
    expect.arrayContaining(["selection, 9", "all, 9", "ec, snapshot 0, conductor 11 to 999", "Bars: two standard errors on both sides."]),
  );
  expect(root.getAttribute("width")).toBe("360pt");
});

test("the view has the picture, the axes, and a legend of what is shown", async () => {
  await running.begin();
  running.say({ type: "selections", version: 1, items: [{ name: "left", count: 2, colour: "#009e73", slot: 1 }] });
  running.client.toggleClass(1);
  const root = viewFile(running.client)!;
  expect(texts(root)).toEqual(expect.arrayContaining(["ec", "left", "rank 0", "60", "pc1  50%"]));
  expect(texts(root)).not.toContain("rank 1");
  expect((root as unknown as FakeElement).querySelector("image")!.getAttribute("href")).toBe("data:,");
});

test("a scene of another window is named in the view", async () => {
  await running.begin();
  running.say(scene({ epoch: 2, conductor: [7500, 10000] }));
  expect(texts(viewFile(running.client)).join()).toContain("conductor 7,500 to 10,000");
});
