import { beforeEach, expect, test } from "vitest";
import { legend } from "../../src/page/legend";
import { byId, openPage } from "../dom";
import { scene } from "../messages";

let number = 0;
/** A scene with another legend than those before. */
const other = () => scene({ column: `column_${number++}`, strides: [[1, 4]] });

beforeEach(() => void openPage());

const buttons = () => byId("legend").querySelectorAll("button");

test("every class has its value, its count and the share that is drawn", () => {
  legend(other(), 0, new Set([0]), () => {});
  expect(buttons().map((each) => each.textContent)).toEqual(["060", "140"]);
  expect(buttons()[0]!.getAttribute("aria-pressed")).toBe("false");
  expect((buttons()[1] as unknown as { title: string }).title).toMatch(/40 curves, one of 4 drawn\. Click to hide\./);
});

test("a click toggles a class", () => {
  const toggled: number[] = [];
  legend(other(), 0, new Set(), (index) => toggled.push(index));
  buttons()[1]!.click();
  expect(toggled).toEqual([1]);
});

test("the same legend is not written again, so that a focused button keeps its focus", () => {
  const one = other();
  legend(one, 0, new Set(), () => {});
  const [first] = buttons();
  legend({ ...one, epoch: 9 }, 0, new Set(), () => {});
  expect(buttons()[0]).toBe(first);
  first!.focus();
  legend(one, 0, new Set([1]), () => {});
  expect(buttons()[0]).not.toBe(first);
  expect((document as unknown as { activeElement: unknown }).activeElement).toBe(buttons()[0]);
});
