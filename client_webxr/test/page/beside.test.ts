import { beforeEach, expect, test } from "vitest";
import { Beside } from "../../src/page/beside";
import { byId, openPage } from "../dom";

let changes: number;
let beside: Beside;

beforeEach(() => {
  openPage();
  Object.assign(globalThis, { innerWidth: 1100 });
  changes = 0;
  beside = new Beside(() => changes++);
});

const share = () => Number(byId("divider").getAttribute("aria-valuenow"));

test("the second view is a frame on pane 1, and is removed when it closes", () => {
  beside.toggle();
  const frame = byId("beside").querySelector("iframe")! as unknown as { src: string };
  expect([beside.isOpen, frame.src]).toEqual([true, "./#pane=1"]);
  expect(byId("split").getAttribute("aria-pressed")).toBe("true");
  beside.toggle();
  expect([beside.isOpen, byId("beside").children.length, changes]).toEqual([false, 0, 2]);
});

test("the divider moves by keys within its bounds", () => {
  beside.toggle();
  expect(share()).toBe(50);
  byId("divider").fire("keydown", { key: "ArrowLeft" });
  expect(share()).toBe(48);
  for (let i = 0; i < 100; i++) byId("divider").fire("keydown", { key: "ArrowRight" });
  expect(share()).toBe(80);
  byId("divider").fire("keydown", { key: "x" });
  expect(share()).toBe(80);
});
