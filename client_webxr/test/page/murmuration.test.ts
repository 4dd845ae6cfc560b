import { beforeEach, describe, expect, test } from "vitest";
import { Murmuration } from "../../src/page/murmuration";
import { decode, type TraceFrame } from "../../src/wire/frames";
import { byId, frame, openPage } from "../dom";
import { scene, traceFrame } from "../messages";

let asked: string[];
let murmuration: Murmuration;

beforeEach(() => {
  openPage();
  asked = [];
  murmuration = new Murmuration((axis) => asked.push(axis));
  murmuration.begin(scene());
});

const trace = (of: "cloud" | "selection", mean: number[], index = -1): TraceFrame => {
  const found = decode(traceFrame(1, of, 1, mean)) as TraceFrame;
  return { ...found, series: found.series.map((each) => ({ ...each, index, count: 900 })) };
};
const readout = () => byId("readout").textContent;

test("averages of all curves and of classes are collected as they arrive", () => {
  murmuration.take(trace("cloud", [1, 2]), false);
  murmuration.take(trace("cloud", [3, 4], 1), false);
  murmuration.take(trace("cloud", [5, 6], 1), false); // replaces
  const { cloud, classes } = murmuration.data();
  expect(Array.from(cloud!.mean)).toEqual([1, 2]);
  expect(classes.map(({ series }) => Array.from(series.mean))).toEqual([[5, 6]]);
});

test("hidden classes and classes of few curves are left out", () => {
  const few = scene({ classes: [{ value: "0", count: 12 }, { value: "1", count: 400 }] }); // prettier-ignore
  murmuration.begin(few);
  for (const index of [-1, 0, 1]) murmuration.take(trace("cloud", [1, 2], index), false);
  expect(murmuration.data().classes.map(({ series }) => series.index)).toEqual([1]);
  murmuration.hide(new Set([1]));
  expect(murmuration.data().classes).toEqual([]);
});

describe("the selection's average", () => {
  test("stays until the new one arrives, so that the plot does not flicker", () => {
    murmuration.take(trace("selection", [7, 8]), false);
    murmuration.selected(5);
    expect(Array.from(murmuration.data().selection!.mean)).toEqual([7, 8]);
    murmuration.selected(0);
    expect(murmuration.data().selection).toBeNull();
  });

  test("is drawn at once when it is awaited, otherwise in the next frame", () => {
    const drawn = () => byId("plot").querySelectorAll(".selection").length;
    murmuration.take(trace("cloud", [1, 2]), false);
    murmuration.take(trace("selection", [7, 8]), true);
    expect(drawn()).toBeGreaterThan(0);
    murmuration.selected(0);
    expect(drawn()).toBeGreaterThan(0);
    frame();
    expect(drawn()).toBe(0);
  });
});

describe("the axis", () => {
  test("against p/N needs averages of its own, and they are requested once", () => {
    murmuration.against("p");
    murmuration.against("ratio");
    murmuration.against("ratio");
    murmuration.against("n");
    expect(asked).toEqual(["ratio", "p"]);
    expect(byId("axis-n").getAttribute("aria-pressed")).toBe("true");
  });

  test("is requested again after a reconnect and for another scene", () => {
    murmuration.against("ratio");
    murmuration.renew();
    murmuration.begin(scene({ epoch: 2 }));
    expect(asked).toEqual(["ratio", "ratio", "ratio"]);
  });

  test("goes round with every step", () => {
    for (const axis of ["p", "ratio", "n"]) {
      murmuration.against();
      expect(murmuration.axis).toBe(axis);
    }
  });
});

test("the line below explains the marks, or says that averages are awaited", () => {
  murmuration.take(trace("cloud", [1, 2]), true);
  expect(readout()).toContain("all, 900");
  expect(readout()).toContain("band: ± 2 standard errors");
  murmuration.take(trace("selection", [7, 8]), true);
  expect(readout()).toContain("grey: by chance");
  murmuration.against("ratio");
  frame();
  expect(readout()).toBe("Waiting for the averages against p/N.");
});

test("under the pointer the line has the values with their errors", () => {
  murmuration.take(trace("cloud", [1, -2]), true);
  byId("plot").fire("pointermove", { clientX: 790 });
  expect(readout()).toContain("p = 3  n = 2");
  expect(readout()).toContain("all −2.00 ± 0.10");
  byId("plot").fire("pointerleave");
  expect(readout()).toContain("band");
});
