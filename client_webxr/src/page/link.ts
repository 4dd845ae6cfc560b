// A link that restores the view, in the fragment of the address: view, camera, horizontal axis and tool. It never holds the
// token: other people need an address with their own.

import type { AxisKind } from "./figure";
import type { Tool } from "../input/shapes";

export interface Shown {
  projection: string;
  classes: string;
  conductor: readonly [number, number];
  hidden: readonly number[];
  /** Position and target of the camera, in the cube's units. */
  eye: readonly number[];
  target: readonly number[];
  axis: AxisKind;
  /** The armed tool, or null. */
  tool: Tool | null;
}

const AXES: readonly string[] = ["n", "p", "ratio"] satisfies AxisKind[];
const TOOLS: readonly string[] = ["lasso", "box", "brush"] satisfies Tool[];

/** The fragment, with its `#`. */
export function fragment(shown: Shown): string {
  const parts = new URLSearchParams({
    view: shown.projection,
    classes: shown.classes,
    conductor: shown.conductor.join("-"),
    eye: shown.eye.map(short).join(","),
    at: shown.target.map(short).join(","),
    axis: shown.axis,
  });
  if (shown.hidden.length > 0) parts.set("hidden", [...shown.hidden].sort((a, b) => a - b).join(","));
  if (shown.tool !== null) parts.set("tool", shown.tool);
  return `#${parts.toString().replaceAll("%2C", ",")}`;
}

/** The readable parts of a fragment; anybody can write one, so unreadable parts are ignored. */
export function read(text: string): Partial<Shown> {
  const parts = new URLSearchParams(text.replace(/^#/, ""));
  const found: Partial<Shown> = {};
  const [view, classes, axis, tool] = ["view", "classes", "axis", "tool"].map((name) => parts.get(name));
  if (view != null && /^[\w,:.+\-*/^() ]{1,400}$/.test(view)) found.projection = view;
  if (classes != null && /^\w{1,60}$/.test(classes)) found.classes = classes;
  const conductor = numbers(parts.get("conductor")?.replace("-", ","), 2);
  if (conductor !== null && conductor.every(Number.isSafeInteger)) found.conductor = conductor as [number, number];
  const hidden = parts.get("hidden")?.split(",").map(Number) ?? [];
  if (hidden.every((each) => Number.isInteger(each) && each >= 0)) found.hidden = hidden;
  const [eye, target] = [numbers(parts.get("eye"), 3), numbers(parts.get("at"), 3)];
  if (eye !== null && target !== null && eye.some((value, i) => value !== target[i])) Object.assign(found, { eye, target });
  if (axis != null && AXES.includes(axis)) found.axis = axis as AxisKind;
  if (tool != null && TOOLS.includes(tool)) found.tool = tool as Tool;
  return found;
}

/** The pane of the session that this page shows: 0, unless it is in a frame beside the first view. */
export function paneOf(text: string): number {
  const found = /(?:^#|&)pane=([1-3])(?:&|$)/.exec(text);
  return found === null ? 0 : Number(found[1]);
}

function numbers(text: string | null | undefined, count: number): number[] | null {
  const found = text?.split(",").map((each) => (each.trim() === "" ? NaN : Number(each))) ?? [];
  return found.length === count && found.every(Number.isFinite) ? found : null;
}

function short(value: number): string {
  return String(+value.toFixed(4));
}
