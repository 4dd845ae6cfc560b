import { expect, test } from "vitest";
import { classColour, inTheme, MOST_CLASSES, rgb } from "../../src/picture/palette";

test("the first five are Okabe and Ito's in the order of the design", () => {
  const five = (on: "dark" | "light") => [0, 1, 2, 3, 4].map((i) => classColour(i, on));
  expect(five("dark")).toEqual(["#56b4e9", "#e69f00", "#009e73", "#cc79a7", "#f0e442"]);
  expect(five("light")).toEqual(["#0072b2", "#d55e00", "#009e73", "#aa4c83", "#8a7a00"]);
});

test("every class has a colour, the first twelve their own", () => {
  expect(new Set(Array.from({ length: 12 }, (_, i) => classColour(i, "dark"))).size).toBe(12);
  expect(new Set(Array.from({ length: 12 }, (_, i) => classColour(i, "light"))).size).toBe(12);
  for (let i = 0; i < MOST_CLASSES; i++) expect(classColour(i)).toMatch(/^#[0-9a-f]{6}$/);
});

test("colours are read as numbers", () => {
  expect(rgb("#ff0080")).toEqual([1, 0, 128 / 255]);
  expect(() => rgb("red")).toThrow("expected a colour like #56b4e9, got red");
});

test("every colour has WCAG's contrast of 3 to 1 with the ground", () => {
  const light = (hex: string) => {
    const [r, g, b] = rgb(hex).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
  };
  const contrast = (one: string, other: string) => {
    const [low, high] = [light(one) + 0.05, light(other) + 0.05].sort((a, b) => a - b);
    return high! / low!;
  };
  for (let i = 0; i < 12; i++) {
    expect(contrast(classColour(i, "dark"), "#0b0e14"), classColour(i, "dark")).toBeGreaterThan(3);
    expect(contrast(inTheme(classColour(i, "dark"), "light"), "#ffffff"), String(i)).toBeGreaterThan(2.95);
    expect(contrast(classColour(i, "light"), "#fbfbf9"), classColour(i, "light")).toBeGreaterThan(3);
  }
});

test("colours made for the dark ground are darkened on the light one, and only as far as needed", () => {
  expect(inTheme("#00ffb0", "dark")).toBe("#00ffb0");
  expect(inTheme("#9000ff", "light")).toBe("#9000ff");
  expect(rgb(inTheme("#00ffb0", "light"))[1]).toBeLessThan(0.75);
});
