// Export of the plot for print and of the view, each as SVG and as PNG.
//
// The plot is drawn on a light ground with letters of 8 points, for every theme. The points of the view are a bitmap
// inside the SVG (no program opens a hundred thousand circles); its axes and legend are editable lines and letters. The
// PNG of either is its SVG, drawn by the browser.

import { Axes } from "./picture/axes";
import type { Client } from "./client";
import { element, svg } from "./dom/element";
import { figure, type FigureColours } from "./page/figure";
import { grouped } from "./dom/format";
import { words } from "./page/legend";
import type { Murmuration } from "./page/murmuration";
import { classColour, houseHex, inTheme } from "./picture/palette";
import { PenFile } from "./picture/penFile";
import type { Scene } from "./wire/protocol.gen";

/** Size of the printed plot in points (1/72 inch): one and a half columns wide; and the height of a line of its legend. */
const [PLOT_WIDTH, PLOT_HEIGHT, LINE] = [360, 220, 12];
const FONT = "Helvetica, Arial, sans-serif";
/** The colours of print. */
const INKS: FigureColours = {
  text: "#14171c",
  dim: "#14171c",
  grid: "#dcdcd6",
  zero: "#9a9a94",
  cloud: "#5a6270",
  accent: "#000000",
  letters: 8,
  font: FONT,
};
/** Pixels of the plot's PNG for each point: 300 dots per inch. */
const PLOT_SCALE = 300 / 72;

/** The plot for print; null without data. */
export function plotFile(murmuration: Murmuration, scene: Scene): SVGSVGElement | null {
  const data = murmuration.data("light");
  const made = figure(data, murmuration.axis, { width: PLOT_WIDTH, height: PLOT_HEIGHT }, INKS);
  if (made === null) return null;
  // Against p/N a count is that of pairs of a curve and a prime in one bin, which would mislead here.
  const counted = (name: string, count: number) => (murmuration.kind === "p" ? `${name}, ${grouped(count)}` : name);
  const keys = [
    ...(data.selection === null ? [] : [{ name: counted("selection", data.selection.count), colour: INKS.accent }]),
    ...data.classes.map(({ series, colour }) => {
      const value = scene.classes[series.index]?.value ?? "";
      return { name: counted(`${words(scene.column)} ${value}`, series.count), colour };
    }),
    ...(data.cloud === null ? [] : [{ name: counted("all", data.cloud.count), colour: INKS.cloud }]),
  ];
  const rows = Math.ceil(keys.length / 4);
  const height = PLOT_HEIGHT + LINE * (rows + 3);
  const { root } = made;
  root.prepend(svg("rect", { width: PLOT_WIDTH, height, fill: "#ffffff" }));
  keys.forEach(({ name, colour }, k) => {
    const [x, y] = [34 + (k % 4) * 82, PLOT_HEIGHT + LINE * (Math.floor(k / 4) + 1)];
    root.append(svg("circle", { cx: x + 2, cy: y - 2.5, r: 2, fill: colour }), label(x + 8, y, name, INKS.text, 8));
  });
  const about = `${scene.dataset}, snapshot ${scene.snapshot}, conductor ${scene.conductor.map(grouped).join(" to ")}`;
  [about, "Bars: two standard errors on both sides."].forEach((line, k) =>
    root.append(label(34, PLOT_HEIGHT + LINE * (rows + 1.3 + k), line, INKS.cloud, 8)),
  );
  sized(root, PLOT_WIDTH, height, "pt");
  return root;
}

/** The current view with axes and legend; null before the first scene. */
export function viewFile(client: Client): SVGSVGElement | null {
  const { display, orbit, scene } = client;
  if (scene === null) return null;
  const { free: width, height } = orbit;
  const root = svg("svg", { "font-family": FONT });
  root.append(svg("rect", { width, height, fill: houseHex("--ground") }));
  root.append(svg("image", { href: display.image(), width: orbit.width, height }));
  const pen = new PenFile(orbit);
  const axes = new Axes(orbit, pen);
  axes.show(scene.axes);
  axes.arrange();
  root.append(pen.group);
  const [text, dim] = [houseHex("--text"), houseHex("--text-2")];
  root.append(legend(client, scene, height, text, dim));
  const about = [
    `snapshot ${scene.snapshot}`,
    scene.projection.split(",").join(" "),
    `conductor ${scene.conductor.map(grouped).join(" to ")}`,
  ];
  root.append(label(17, 26, scene.dataset, text, 14), label(17, 44, about.join(", "), dim, 12));
  sized(root, width, height, "");
  return root;
}

/** The legend at the bottom left: visible classes, and named selections in their colours. */
function legend({ hidden, names }: Client, scene: Scene, height: number, text: string, dim: string): SVGElement {
  const rows = [
    ...names.filter(({ slot }) => slot > 0).map(({ name, count, colour }) => ({ name, count, colour: inTheme(colour) })),
    ...scene.classes
      .map(({ value, count }, i) => ({ name: `${words(scene.column)} ${value}`, count, colour: classColour(i), i }))
      .filter(({ i }) => !hidden.has(i)),
  ];
  const widest = Math.max(0, ...rows.map(({ name }) => name.length));
  const [high, wide] = [18 * rows.length + 8, Math.max(110, 80 + 7 * widest)];
  const made = svg("g", {});
  const back = { x: 8, y: height - high - 8, width: wide, height: high, rx: 6, fill: houseHex("--ground"), "fill-opacity": 0.88 };
  made.append(svg("rect", back));
  rows.forEach(({ name, count, colour }, k) => {
    const y = height - high + 10 + 18 * k;
    made.append(svg("circle", { cx: 22, cy: y - 4, r: 4.5, fill: colour }), label(34, y, name, text, 12));
    made.append(label(wide, y, grouped(count), dim, 12, "end"));
  });
  return made;
}

/** Save an SVG as a file of this kind. Rejects when the browser cannot draw it. */
export async function save(root: SVGSVGElement, kind: "svg" | "png", name: string): Promise<void> {
  root.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  const text = new XMLSerializer().serializeToString(root);
  const file = new Blob([text], { type: "image/svg+xml" });
  download(kind === "svg" ? file : await drawn(file, root), `${name}.${kind}`);
}

async function drawn(file: Blob, root: SVGSVGElement): Promise<Blob> {
  const [, , width, height] = root.getAttribute("viewBox")!.split(" ").map(Number) as [number, number, number, number];
  const scale = root.getAttribute("width")!.endsWith("pt") ? PLOT_SCALE : Math.min(2, devicePixelRatio);
  const address = URL.createObjectURL(file);
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = element("canvas", { width: Math.round(width * scale), height: Math.round(height * scale) });
    canvas.getContext("2d")!.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) =>
      canvas.toBlob((blob) => (blob === null ? reject(new Error("the browser made no PNG; save it as SVG instead")) : resolve(blob))),
    );
  } finally {
    URL.revokeObjectURL(address);
  }
}

function download(file: Blob, name: string): void {
  const link = element("a", { href: URL.createObjectURL(file), download: name });
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function sized(root: SVGSVGElement, width: number, height: number, unit: string): void {
  root.setAttribute("width", `${width}${unit}`);
  root.setAttribute("height", `${height}${unit}`);
  root.setAttribute("viewBox", `0 0 ${width} ${height}`);
}

function label(x: number, y: number, content: string, fill: string, size: number, anchor = "start"): SVGTextElement {
  return svg("text", { x, y, fill, "font-size": size, "text-anchor": anchor }, content);
}
