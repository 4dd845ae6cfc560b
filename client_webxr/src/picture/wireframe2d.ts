// The wireframe on a plain 2D canvas, without WebGL.
//
// Each class shows two surfaces of equal density, the outer one faint and the inner one strong, and lines fade with depth.
// The axes are those of the picture of points; the axes in the frame are for clients without their own.

import type { Chunk } from "../cloud/cloud";
import { Canvas2d } from "./canvas2d";
import { classColour, houseHex, rgb, type Rgb } from "./palette";
import type { Picture } from "./picture";
import type { Scene } from "../wire/protocol.gen";
import { trace } from "./segments";
import type { OrbitCamera } from "./orbitCamera";
import { type Run, type Wireframes } from "../cloud/wireframes";

/** Number of depths, each with a path for every run. */
const DEPTHS = 6;
/** Strength of the farthest lines, as a share of that of the nearest. */
const FAINTEST = 0.2;
const HALO = 5;
/**
 * More lines than this are one device pixel wide and have no halo: browsers that draw in software draw those three times
 * as fast, and among so many lines a wider one is not visible.
 */
const MANY = 6000;

interface LineStyle {
  readonly colour: string;
  readonly alpha: number;
  readonly width: number;
}

interface StyledPaths {
  readonly paths: readonly Path2D[];
  readonly styles: readonly LineStyle[];
}

export class Wireframe2d implements Picture {
  private readonly ground: Canvas2d;
  private hidden: ReadonlySet<number> = new Set();
  private selecting = false;
  private many = false;
  private accent = houseHex("--accent");
  private quiet = houseHex("--text-3");

  constructor(
    readonly canvas: HTMLCanvasElement,
    private readonly orbit: OrbitCamera,
    private readonly wireframes: Wireframes,
  ) {
    this.ground = new Canvas2d(canvas, orbit);
  }

  begin(scene: Scene): void {
    this.ground.begin(scene);
  }

  /** The wireframe has no points. */
  add(): void {}

  arrange(): void {}

  flag(_chunks: readonly Chunk[], selecting: boolean): void {
    this.selecting = selecting;
  }

  hide(hidden: ReadonlySet<number>): void {
    this.hidden = hidden;
  }

  /** Named selections have no wireframe: their colours appear only on points. */
  mark(): void {}

  restyle(): void {
    this.accent = houseHex("--accent");
    this.quiet = houseHex("--text-3");
    this.ground.restyle();
  }

  resize(): void {
    this.ground.resize();
  }

  image(): string {
    this.draw();
    return this.canvas.toDataURL("image/png");
  }

  draw(): boolean {
    const { context, axes, pen } = this.ground;
    this.ground.scale();
    context.clearRect(0, 0, this.orbit.width, this.orbit.height);
    context.lineJoin = "round";
    axes.arrange();
    const jobs = this.jobs();
    for (let depth = DEPTHS - 1; depth >= 0; depth--) {
      const strength = 1 - (1 - FAINTEST) * (depth / (DEPTHS - 1));
      for (const { paths, styles } of jobs) for (const style of styles) this.stroke(paths[depth]!, style, strength);
    }
    context.globalAlpha = 1;
    pen.write();
    return false;
  }

  private jobs(): StyledPaths[] {
    const { camera, width, height } = this.orbit;
    const away = camera.position.length();
    const view = { matrix: this.orbit.matrix(), width, height, near: away - 1.1, far: away + 1.1 };
    const job = (run: Run, styles: readonly LineStyle[]): StyledPaths => {
      const paths = Array.from({ length: DEPTHS }, () => new Path2D());
      trace(run.segment, view, paths);
      return { paths, styles };
    };
    const shown = (run: Run) => run.role !== "axis" && run.role !== "tick" && !this.hidden.has(run.kind);
    const selection = this.selecting ? this.wireframes.selection : null;
    this.many = (this.wireframes.cloud?.segments ?? 0) + (selection?.segments ?? 0) > MANY;
    return [
      ...(this.wireframes.cloud?.runs ?? []).filter(shown).map((run) => job(run, [this.ofCloud(run)])),
      ...(selection?.runs ?? []).filter(shown).map((run) => job(run, this.ofSelection(run))),
    ];
  }

  private stroke(path: Path2D, { colour, alpha, width }: LineStyle, strength: number): void {
    const { context, ratio } = this.ground;
    context.strokeStyle = colour;
    context.globalAlpha = alpha * strength;
    context.lineWidth = this.many ? 1 / ratio : width;
    context.stroke(path);
  }

  private ofCloud(run: Run): LineStyle {
    const faded = this.selecting ? 0.45 : 1;
    if (run.role === "hull") return { colour: this.quiet, alpha: 0.2 * faded, width: 1 };
    const colour = this.selecting ? pale(classColour(run.kind)) : classColour(run.kind);
    if (run.role === "centroid") return { colour, alpha: faded, width: 1.6 };
    return run.surface === 0 ? { colour, alpha: 0.5 * faded, width: 1 } : { colour, alpha: 0.9 * faded, width: 1.2 };
  }

  private ofSelection(run: Run): LineStyle[] {
    if (run.role === "hull") return [{ colour: this.accent, alpha: 0.4, width: 1 }];
    const colour = hex(mix(rgb(classColour(run.kind)), rgb(this.accent), 0.2));
    if (run.role === "centroid") return [{ colour, alpha: 1, width: 1.6 }];
    const line = run.surface === 0 ? { colour, alpha: 0.75, width: 1.2 } : { colour, alpha: 1, width: 1.5 };
    return this.many ? [line] : [{ colour: this.accent, alpha: 0.07, width: HALO }, line];
  }
}

/** A colour at a quarter of its saturation. */
function pale(colour: string): string {
  const own = rgb(colour);
  const grey = 0.2126 * own[0] + 0.7152 * own[1] + 0.0722 * own[2];
  return hex(mix([grey, grey, grey], own, 0.25));
}

function mix(a: Rgb, b: Rgb, t: number): Rgb {
  return [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1]), a[2] + t * (b[2] - a[2])];
}

function hex(colour: Rgb): string {
  return `#${colour.map((each) => Math.round(255 * each).toString(16).padStart(2, "0")).join("")}`; // prettier-ignore
}
