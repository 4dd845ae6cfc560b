import { expect, test } from "vitest";
import { classColour, MOST_CLASSES, rgb } from "../src/palette";

test("the first five are Okabe and Ito's in the order of the design", () => {
  expect([0, 1, 2, 3, 4].map(classColour)).toEqual(["#56b4e9", "#e69f00", "#009e73", "#cc79a7", "#f0e442"]);
});

test("every class has a colour, the first twelve their own", () => {
  expect(new Set(Array.from({ length: 12 }, (_, i) => classColour(i))).size).toBe(12);
  for (let i = 0; i < MOST_CLASSES; i++) expect(classColour(i)).toMatch(/^#[0-9a-f]{6}$/);
});

test("colours as numbers", () => {
  expect(rgb("#ff0080")).toEqual([1, 0, 128 / 255]);
  expect(() => rgb("red")).toThrow("expected a colour like #56b4e9, got red");
});

test("every colour stands out from the ground (WCAG's 3 to 1 for graphics)", () => {
  const light = (hex: string) => {
    const [r, g, b] = rgb(hex).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
  };
  for (let i = 0; i < 12; i++) {
    expect((light(classColour(i)) + 0.05) / (light("#0b0e14") + 0.05), classColour(i)).toBeGreaterThan(3);
  }
});
