import { expect, test } from "vitest";
import { curves, enrichment, known, percent, selectionSentence, signed } from "../../src/dom/format";

test("the sentence", () => {
  expect(selectionSentence(812, 640)).toBe("812 curves selected, 640 of them drawn.");
  expect(selectionSentence(4812, 4812)).toBe("4,812 curves selected, all of them drawn.");
  expect(selectionSentence(1, 0)).toBe("1 curve selected, 0 of them drawn.");
  expect(selectionSentence(812, null)).toBe("812 curves selected.");
  expect(selectionSentence(0, 0)).toBe("Nothing selected.");
});

test("enrichment: the selection's share over the whole's", () => {
  expect(enrichment(90, 100, 500, 1000)).toBe("×1.8");
  expect(enrichment(0, 100, 500, 1000)).toBe("×0.0");
  expect(enrichment(10, 10, 1, 1000)).toBe("×1000");
  expect(enrichment(0, 0, 500, 1000)).toBe("");
  expect(enrichment(0, 10, 0, 1000)).toBe("");
});

test("numbers", () => {
  expect(curves(38042)).toBe("38,042 curves");
  expect([percent(0.5), percent(0.0153), percent(0), percent(1)]).toEqual(["50%", "1.5%", "0%", "100%"]);
  expect([signed(-2.314), signed(0.5), signed(0)]).toEqual(["−2.31", "+0.50", "+0.00"]);
});

test("an unknown value of a curve is called unknown, and never 0", () => {
  expect(known(null)).toBe("unknown");
  expect(known(0)).toBe("0");
  expect(known(38042)).toBe("38,042");
});
