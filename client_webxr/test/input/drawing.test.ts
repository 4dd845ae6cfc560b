import { beforeEach, describe, expect, test } from "vitest";
import type { Point } from "../../src/cloud/polygon";
import { Drawing } from "../../src/input/drawing";
import type { Operation } from "../../src/wire/protocol.gen";
import { byId, fireWindow, openPage } from "../dom";

let drawn: { polygon: readonly Point[]; operation: Operation }[];
let aimed: (Point | null)[];
let drawing: Drawing;

const plain = { button: 0, pointerId: 1, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false };

beforeEach(() => {
  openPage();
  [drawn, aimed] = [[], []];
  drawing = new Drawing(byId("picture") as unknown as HTMLElement, byId("overlay") as unknown as SVGSVGElement, {
    began: () => {},
    done: (polygon, operation) => drawn.push({ polygon, operation }),
    aimed: (at) => aimed.push(at),
    changed: () => {},
  });
});

/** Drag from one corner to the other of a box, with some modifier keys. */
function drag(keys: Partial<typeof plain> = {}, pointerId = 1): void {
  const at = (type: string, x: number, y: number) =>
    byId("picture").fire(type, { ...plain, ...keys, pointerId, clientX: x, clientY: y });
  at("pointerdown", 100, 100);
  at("pointermove", 200, 100);
  at("pointermove", 200, 180);
  at("pointerup", 200, 180);
}

describe("a drag", () => {
  test("without a modifier key or an armed tool is left to the camera", () => {
    drag();
    expect([drawn, drawing.drawing]).toEqual([[], false]);
  });

  test("with a modifier key draws with the operation of that key", () => {
    for (const keys of [{ shiftKey: true }, { ctrlKey: true }, { altKey: true }, { altKey: true, shiftKey: true }]) drag(keys);
    expect(drawn.map(({ operation }) => operation)).toEqual(["replace", "add", "subtract", "intersect"]);
    expect(drawn[0]!.polygon.length).toBeGreaterThanOrEqual(3);
  });

  test("with an armed tool draws its shape with the chosen operation", () => {
    drawing.take("box");
    drawing.combine("add");
    drag();
    expect(drawn).toEqual([{ operation: "add", polygon: [[100, 100], [200, 100], [200, 180], [100, 180]] }]); // prettier-ignore
    drawing.take("box"); // again: disarmed
    drag();
    expect(drawn.length).toBe(1);
  });

  test("ignores other pointers and buttons", () => {
    drawing.take("box");
    byId("picture").fire("pointerdown", { ...plain, clientX: 0, clientY: 0 });
    byId("picture").fire("pointerup", { ...plain, pointerId: 2, clientX: 90, clientY: 90 });
    expect(drawing.drawing).toBe(true);
    drawing.cancel();
    drag({ button: 2 });
    expect(drawn).toEqual([]);
  });

  test("of no area selects nothing", () => {
    byId("picture").fire("pointerdown", { ...plain, shiftKey: true, clientX: 5, clientY: 5 });
    byId("picture").fire("pointerup", { ...plain, clientX: 6, clientY: 5 });
    expect(drawn).toEqual([]);
  });
});

test("Escape and a resize cancel the shape", () => {
  drawing.take("lasso");
  byId("picture").fire("pointerdown", { ...plain, clientX: 0, clientY: 0 });
  expect(byId("overlay").querySelector(".line")).not.toBeNull();
  expect(drawing.cancel()).toBe(true);
  expect(drawing.cancel()).toBe(false);
  expect(byId("overlay").querySelector(".line")).toBeNull();
  byId("picture").fire("pointerdown", { ...plain, clientX: 0, clientY: 0 });
  fireWindow("resize");
  expect(drawing.drawing).toBe(false);
});

test("a brush grows and shrinks within its bounds", () => {
  const first = drawing.brush;
  drawing.grow(1);
  expect(drawing.brush).toBeGreaterThan(first);
  drawing.grow(100);
  expect(drawing.brush).toBe(320);
  drawing.grow(-100);
  expect(drawing.brush).toBe(6);
});

describe("by keys", () => {
  const key = (name: string, more = {}) => drawing.key({ ...plain, key: name, ...more } as unknown as KeyboardEvent);

  test("nothing is handled without an armed tool", () => {
    expect(key("Enter")).toBe(false);
  });

  test("Enter starts a box at the crosshair, arrows stretch it, Enter ends it", () => {
    drawing.take("box");
    key("Enter");
    key("ArrowRight", { shiftKey: true });
    key("ArrowDown", { shiftKey: true });
    key("Enter");
    expect(drawn.length).toBe(1);
    const [[left, top], , [right, bottom]] = drawn[0]!.polygon as [Point, Point, Point];
    expect([right - left, bottom - top]).toEqual([48, 48]);
    expect(aimed.length).toBeGreaterThan(2);
  });

  test("a modifier key chooses the operation", () => {
    drawing.take("box");
    key("Enter", { altKey: true });
    key("ArrowLeft", { shiftKey: true });
    key("ArrowUp", { shiftKey: true });
    key("Enter");
    expect(drawn[0]!.operation).toBe("subtract");
  });

  test("laying down the tool hides the crosshair", () => {
    drawing.take("box");
    key("ArrowRight");
    drawing.take(null);
    expect(aimed.at(-1)).toBeNull();
    expect(byId("overlay").querySelector(".crosshair")!.getAttribute("visibility")).toBe("hidden");
  });
});
