import { beforeEach, expect, test } from "vitest";
import { showCounting, showSelected } from "../../src/page/panel";
import { byId, openPage } from "../dom";
import { scene, selected } from "../messages";

beforeEach(() => void openPage());

const note = () => byId("note").textContent;

test("the sentence has the exact count, and how many are drawn", () => {
  showSelected(scene(), selected(1, 1, [6, 2]), [3, 0], new Set());
  expect(byId("sentence").textContent).toBe("8 curves selected, 3 of them drawn.");
  showSelected(scene(), selected(1, 2, [6, 2]), null, new Set());
  expect(byId("sentence").textContent).toBe("8 curves selected.");
});

test("without a selection the panel says how to make one, and nothing can be named", () => {
  showSelected(scene(), selected(1, 1, [0, 0]), [0, 0], new Set());
  expect(note()).toContain("Shift-drag");
  expect(byId("classes").hidden).toBe(true);
  expect((byId("name-text") as unknown as { disabled: boolean }).disabled).toBe(true);
});

test("each class has its share and its enrichment", () => {
  showSelected(scene(), selected(1, 1, [6, 6]), [6, 6], new Set());
  const rows = byId("classes").querySelectorAll("li");
  expect(rows.map((row) => row.querySelector(".times")!.textContent)).toEqual(["×0.8", "×1.3"]);
  expect((rows[1] as unknown as { title: string }).title).toBe("rank 1: 50% of the selection, 40% of all");
});

test("curves outside the conductor window and in hidden classes are mentioned", () => {
  showSelected(scene(), { ...selected(1, 1, [6, 2]), count: 10 }, [6, 0], new Set([1]));
  expect(note()).toContain("2 of them are outside the conductor window");
  expect(note()).toContain("points of hidden classes: 2 of rank 1.");
});

test("while the server counts, the drawn points are reported", () => {
  showCounting(1234);
  expect(byId("sentence").textContent).toBe("1,234 drawn points selected, counting all rows");
});
