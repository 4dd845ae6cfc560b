import { beforeEach, expect, test } from "vitest";
import { Pointer } from "../../src/input/pointer";
import { byId, frame, openPage } from "../dom";

let calls: string[];
let pointer: Pointer;

const plain = { button: 0, buttons: 0, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false };

beforeEach(() => {
  openPage();
  calls = [];
  pointer = new Pointer(byId("picture") as unknown as HTMLElement, {
    pick: (x) => (x > 100 ? { row: x, position: new Uint16Array(4) } : null),
    hover: (picked) => calls.push(`hover ${picked?.row ?? "nothing"}`),
    click: (picked) => calls.push(`click ${picked?.row ?? "nothing"}`),
    doubleClick: (picked) => calls.push(`double ${picked?.row ?? "nothing"}`),
  });
});

const at = (type: string, x: number, more: Partial<typeof plain> = {}) =>
  byId("picture").fire(type, { ...plain, ...more, offsetX: x, offsetY: 0 });

test("the point under the pointer is picked once in each frame", () => {
  for (const x of [50, 150, 250]) at("pointermove", x);
  frame();
  frame();
  expect(calls).toEqual(["hover 250"]);
  pointer.again(); // the picture moved
  frame();
  expect(calls).toEqual(["hover 250", "hover 250"]);
});

test("a drag hovers over nothing and does not click", () => {
  at("pointerdown", 150);
  at("pointermove", 300, { buttons: 1 });
  at("pointerup", 300);
  frame();
  expect(calls).toEqual(["hover nothing"]);
});

test("a press that hardly moves clicks, unless a modifier key is held", () => {
  at("pointerdown", 150);
  at("pointerup", 152);
  at("pointerdown", 150);
  at("pointerup", 150, { shiftKey: true });
  at("pointerdown", 150, { button: 2 });
  at("pointerup", 150, { button: 2 });
  expect(calls).toEqual(["click 152"]);
});

test("a double click reports the point, or nothing", () => {
  at("dblclick", 50);
  at("dblclick", 150, { ctrlKey: true });
  expect(calls).toEqual(["double nothing"]);
});
