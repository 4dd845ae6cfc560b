// The words of an axis' title: its name, and how far to believe it.

import { percent } from "../dom/format";
import type { Axis } from "../wire/protocol.gen";

/** Characters of an expression that a title shows. */
const LONGEST = 40;

/** Lines of the title, the name first; the others are for smaller, dimmer text. */
export function axisTitle({ name, explained, signal, accuracy, null_accuracy: shuffled, note }: Axis): string[] {
  const short = name.length <= LONGEST ? name : `${name.slice(0, LONGEST - 1)}…`;
  const lines = [explained === null ? short : `${short}  ${percent(explained)}`];
  if (!signal) lines.push("below the noise edge");
  if (note !== "") lines.push(note);
  if (accuracy !== null && shuffled !== null)
    lines.push(`${tenths(accuracy)} held out, ${tenths(shuffled)} shuffled`);
  return lines;
}

/** A share 0..1 as a percentage with one decimal: 98.9% and 99.4% are different accuracies. */
function tenths(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}
