// Colours of the classes, and those of the house as the style sheet has them.
//
// The first five are Okabe and Ito's, in the order of the design (rank 0, 1, 2, 3, 4 and more), readable by people with
// any colour vision; further classes take the rest of that set, then Tol's muted one, then grey. Colour is never the
// only sign: every class also has a label wherever it is drawn.

const CLASSES = [
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

const OTHER = "#9aa4b2";

/** Classes the point shader has a colour for; those past it share the last one. */
export const MOST_CLASSES = 32;

export type Rgb = readonly [number, number, number];

/** The colour of a class by its index in the scene, as `#rrggbb`. */
export function classColour(index: number): string {
  return CLASSES[index] ?? OTHER;
}

/** `#rrggbb` as three numbers 0..1, still in sRGB: the shaders write what the style sheet says. */
export function rgb(hex: string): Rgb {
  if (!/^#[0-9a-f]{6}$/i.test(hex)) throw new Error(`expected a colour like #56b4e9, got ${hex}`);
  const at = (start: number) => parseInt(hex.slice(start, start + 2), 16) / 255;
  return [at(1), at(3), at(5)];
}

/** One of the style sheet's colours, e.g. `--ground`: the sheet stays the only place that says what it is. */
export function houseColour(name: string): Rgb {
  return rgb(getComputedStyle(document.documentElement).getPropertyValue(name).trim());
}
