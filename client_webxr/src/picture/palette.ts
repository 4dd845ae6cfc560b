// Colours of the classes on a dark and on a light ground, and the colours of the style sheet.
//
// The first five are those of Okabe and Ito, in the order of the design (rank 0, 1, 2, 3, 4 and more), distinguishable
// with any colour vision; further classes take the rest of that set, then Tol's muted set, then grey. Colour is never the
// only sign: every class also has a label wherever it is drawn.

import { theme, type Theme } from "../dom/theme";

const DARK = [
  "#56b4e9",
  "#e69f00",
  "#009e73",
  "#cc79a7",
  "#f0e442",
  "#d55e00",
  "#0072b2",
  "#999933",
  "#aa4499",
  "#44aa99",
  "#cc6677",
  "#ddcc77",
] as const;

/** The same hues, dark enough for a light ground. */
const LIGHT = [
  "#0072b2",
  "#d55e00",
  "#009e73",
  "#aa4c83",
  "#8a7a00",
  "#a33c00",
  "#2f93cf",
  "#66661f",
  "#822f75",
  "#24786d",
  "#9b3d52",
  "#8f7d2e",
] as const;

const OTHER = { dark: "#9aa4b2", light: "#5a6270" };

/** Classes with a colour of their own in the point shader; further ones share the last colour. */
export const MOST_CLASSES = 32;

export type Rgb = readonly [number, number, number];

/** The colour of a class by its index in the scene, as `#rrggbb`, on the ground of the theme or of the one given. */
export function classColour(index: number, on: Theme = theme()): string {
  return (on === "dark" ? DARK : LIGHT)[index] ?? OTHER[on];
}

/** `#rrggbb` as three numbers 0..1 in sRGB: the shaders write the colours of the style sheet. */
export function rgb(hex: string): Rgb {
  if (!/^#[0-9a-f]{6}$/i.test(hex)) throw new Error(`expected a colour like #56b4e9, got ${hex}`);
  const at = (start: number) => parseInt(hex.slice(start, start + 2), 16) / 255;
  return [at(1), at(3), at(5)];
}

/** Contrast of a mark with the ground that WCAG 2.2 requires (1.4.11). */
const LEAST_CONTRAST = 3;

/**
 * The colour of a member or of a named selection, made for the dark ground, darkened for a light one: all components
 * are scaled alike, so that the hue stays.
 */
export function inTheme(hex: string, on: Theme = theme()): string {
  if (on === "dark") return hex;
  const parts = rgb(hex);
  const light = (share: number) =>
    parts.reduce((sum, v, i) => {
      const s = v * share;
      return sum + [0.2126, 0.7152, 0.0722][i]! * (s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4);
    }, 0);
  let share = 1;
  while (1.05 / (light(share) + 0.05) < LEAST_CONTRAST) share -= 0.02;
  return `#${parts.map((v) => Math.round(255 * v * share).toString(16).padStart(2, "0")).join("")}`;
}

/** A colour of the style sheet, e.g. `--ground`: the sheet is the only definition. */
export function houseColour(name: string): Rgb {
  return rgb(houseHex(name));
}

const known = new Map<string, string>();

/** The same as `#rrggbb`, cached for each theme: an answer computes the style of the whole page. */
export function houseHex(name: string): string {
  const key = `${theme()} ${name}`;
  const hex = known.get(key) ?? asked(name);
  known.set(key, hex);
  return hex;
}

function asked(name: string): string {
  const probe = document.createElement("i"); // resolves colours that depend on the theme
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const found = /^rgb\((\d+), (\d+), (\d+)\)$/.exec(getComputedStyle(probe).color);
  probe.remove();
  if (found === null) throw new Error(`expected a colour called ${name} in style.css`);
  return `#${found.slice(1).map((each) => Number(each).toString(16).padStart(2, "0")).join("")}`;
}
