// Texts beside the cloud on a canvas: the legend, and the card of a curve. Opaque, left-aligned, in points.

import { words } from "../page/legend";
import { grouped, known } from "../dom/format";
import { classColour } from "../picture/palette";
import type { Card, Scene } from "../wire/protocol.gen";
import { PIXELS } from "./angle";
import type { HeadsetColours } from "./board";

export interface NoteEntry {
  text: string;
  size: number;
  strong?: boolean;
  /** A colour before the text; struck out when hidden. */
  swatch?: string;
  hidden?: boolean;
}

const PAD = 9;
const LEADING = 1.4;
const SWATCH = 14;

/** Draw lines of text on a canvas and fit its size to them; without a canvas a new one is made. */
export function drawEntries(entries: readonly NoteEntry[], colours: HeadsetColours, canvas = document.createElement("canvas")): HTMLCanvasElement {
  const pen = canvas.getContext("2d")!;
  const font = ({ size, strong }: NoteEntry) => `${strong ? "600 " : ""}${size}px system-ui, "Liberation Sans", sans-serif`;
  const indent = (entry: NoteEntry) => (entry.swatch === undefined ? 0 : SWATCH);
  const widths = entries.map((entry) => ((pen.font = font(entry)), pen.measureText(entry.text).width + indent(entry)));
  const width = Math.max(...widths) + 2 * PAD;
  const height = entries.reduce((sum, { size }) => sum + size * LEADING, 2 * PAD);
  canvas.width = Math.ceil(width * PIXELS);
  canvas.height = Math.ceil(height * PIXELS);
  pen.scale(PIXELS, PIXELS);
  pen.fillStyle = colours.panel;
  pen.strokeStyle = colours.line;
  pen.lineWidth = 1.5;
  pen.beginPath();
  pen.roundRect(1, 1, width - 2, height - 2, 5);
  pen.fill();
  pen.stroke();
  pen.textBaseline = "middle";
  let y = PAD;
  for (const entry of entries) {
    const middle = y + (entry.size * LEADING) / 2;
    if (entry.swatch !== undefined) disc(pen, PAD + 4.5, middle, entry.hidden ? colours.line : entry.swatch);
    pen.font = font(entry);
    pen.fillStyle = entry.strong && !entry.hidden ? colours.text : colours.dim;
    pen.fillText(entry.text, PAD + indent(entry), middle);
    if (entry.hidden) pen.fillRect(PAD + SWATCH, middle - 0.5, pen.measureText(entry.text).width, 1);
    y += entry.size * LEADING;
  }
  return canvas;
}

/** The classes with their colours and counts. */
export function legendEntries(scene: Scene, hidden: ReadonlySet<number>): NoteEntry[] {
  const rows = scene.classes.map(({ value, count }, i) => ({
    text: `${value}   ${grouped(count)}`,
    size: 12,
    strong: true,
    swatch: classColour(i),
    hidden: hidden.has(i),
  }));
  return [{ text: words(scene.column), size: 12 }, ...rows];
}

/** A curve in four lines. */
export function cardEntries(card: Card): NoteEntry[] {
  return [
    { text: card.label, size: 15, strong: true },
    { text: card.equation, size: 12, strong: true },
    { text: `conductor ${known(card.conductor)}`, size: 12 },
    { text: `rank ${known(card.rank)}, torsion ${known(card.torsion)}`, size: 12 },
  ];
}

function disc(pen: CanvasRenderingContext2D, x: number, y: number, colour: string): void {
  pen.fillStyle = colour;
  pen.beginPath();
  pen.arc(x, y, 4.5, 0, 7);
  pen.fill();
}
