import { PerspectiveCamera } from "three";
import { beforeEach, expect, test } from "vitest";
import { Axes, type Extent, type Pen } from "../../src/picture/axes";
import type { TextLine } from "../../src/picture/labels";
import { openPage } from "../dom";
import { scene } from "../messages";

interface Word extends Extent {
  text: string;
}

/** A pen that records its lines and texts; every text is 20 by 10 pixels. */
class Recorder implements Pen<Word> {
  made: string[] = [];
  dropped: string[] = [];
  lines = 0;
  depths = new Set<number>();
  placed: { text: string; x: number; y: number; visible: boolean }[] = [];
  ratio = 1;

  text(lines: readonly TextLine[]): Word {
    const text = lines.map((line) => line.text).join("|");
    this.made.push(text);
    return { text, width: 20, height: 10 };
  }
  drop({ text }: Word): void {
    this.dropped.push(text);
  }
  sharpness(): number {
    return this.ratio;
  }
  begin(): void {
    [this.lines, this.placed] = [0, []];
    this.depths.clear();
  }
  line(from: readonly number[], to: readonly number[]): void {
    this.lines++;
    this.depths.add(from[2]!).add(to[2]!);
  }
  put({ text }: Word, _at: unknown, x: number, y: number, visible: boolean): void {
    this.placed.push({ text, x, y, visible });
  }
  finish(): void {}
}

let pen: Recorder;
let axes: Axes<Word>;

beforeEach(() => {
  openPage();
  const camera = new PerspectiveCamera(38, 4 / 3, 0.01, 100);
  camera.position.set(3, 2, 5);
  camera.lookAt(0, 0, 0);
  camera.updateMatrixWorld();
  pen = new Recorder();
  axes = new Axes({ camera, width: 800, height: 600, free: 800 }, pen);
});

test("each axis has its title with the explained share, and ticks with their values", () => {
  axes.show(scene().axes);
  axes.arrange();
  expect(pen.made).toContain("pc1  50%");
  expect(pen.placed.filter(({ text }) => text === "−1.0" || text === "1.0").length).toBeGreaterThan(3);
});

test("an axis below the noise edge says so", () => {
  const [axis] = scene().axes;
  axes.show([{ ...axis!, explained: null, signal: false }]);
  expect(pen.made).toContain("pc1|below the noise edge");
});

test("a scene reuses the texts of the one before, and drops the others", () => {
  axes.show(scene().axes);
  const before = pen.made.length;
  axes.show(scene({ epoch: 2 }).axes);
  expect([pen.made.length, pen.dropped.length]).toEqual([before, 0]);
  const [axis, ...others] = scene().axes;
  axes.show([{ ...axis!, name: "logN" }, ...others]);
  expect(pen.dropped).toEqual(["pc1  50%"]);
});

test("the frame of two axes lies in the plane of the points", () => {
  axes.show(scene().axes.slice(0, 2));
  axes.arrange();
  expect([...pen.depths]).toEqual([0]);
  axes.show(scene().axes);
  axes.arrange();
  expect(pen.depths.size).toBeGreaterThan(1);
});

test("another pixel ratio makes every text again", () => {
  axes.show(scene().axes);
  const before = pen.made.length;
  pen.ratio = 2;
  axes.show(scene().axes);
  expect(pen.made.length).toBe(2 * before);
});

test("texts that would overlap are hidden, titles first", () => {
  axes.show(scene().axes);
  axes.arrange();
  const titles = pen.placed.filter(({ text }) => text.startsWith("pc"));
  expect(titles.every(({ visible }) => visible)).toBe(true);
  const shown = pen.placed.filter(({ visible }) => visible).length;
  expect(shown).toBeLessThanOrEqual(pen.placed.length);
  expect(pen.lines).toBeGreaterThan(9);
});
