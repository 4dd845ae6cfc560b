import { expect, test } from "vitest";
import { fragment, paneOf, read, type Shown } from "../../src/page/link";

const SHOWN: Shown = {
  projection: "pc1,pc2,logN",
  classes: "root_number",
  conductor: [7500, 10000],
  hidden: [2, 0],
  eye: [1.23456, -2, 0.5],
  target: [0, 0, 0.1],
  axis: "ratio",
  tool: "box",
};

test("a link that was written is read back", () => {
  expect(read(fragment(SHOWN))).toEqual({ ...SHOWN, hidden: [0, 2], eye: [1.2346, -2, 0.5] });
});

test("a link carries axes with an expression", () => {
  const view = "mn:1223,log(conductor)/2 + rank^2,a7*1.5-sha";
  expect(read(`#${new URLSearchParams({ view }).toString()}`).projection).toBe(view);
});

test("a link omits the tool and the hidden classes when there are none", () => {
  const text = fragment({ ...SHOWN, hidden: [], tool: null });
  expect(text).not.toMatch(/hidden|tool|token/);
  expect(read(text).tool).toBeUndefined();
});

test("unreadable parts of a link are ignored", () => {
  expect(read("#view=%3Cscript%3E&conductor=a-b&eye=1,2&at=0,0,0&axis=q&tool=axe&hidden=-1")).toEqual({});
  expect(read("#eye=0,0,0&at=0,0,0").eye).toBeUndefined();
  expect(read("#eye=,,&at=0,0,0").eye).toBeUndefined();
});

test("the pane of a frame", () => {
  expect(paneOf("#pane=1")).toBe(1);
  expect(paneOf("#view=pc1&pane=3")).toBe(3);
  expect(paneOf("#pane=9")).toBe(0);
  expect(paneOf("")).toBe(0);
});
