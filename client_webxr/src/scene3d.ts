// The picture: renderer, camera and their events. It draws only when something changed, never in a loop of its own.

import { Color, Matrix4, PerspectiveCamera, Scene as Graph, SRGBColorSpace, Vector3, WebGLRenderer } from "three";
import { OrbitControls } from "three/examples/jsm/controls/OrbitControls.js";
import type { Rgb } from "./palette";

/** Called before each picture with the time in milliseconds; returns true to have another one follow. */
export type Before = (now: number) => boolean | void;

/** Where the eye starts: a little above and to the side of the cloud, looking at its middle. */
const FROM = new Vector3(0.62, 0.4, 1).normalize();
/** Half the picture's extent at the cloud, in the cube's units, when the whole is to be seen with its axes. */
const REACH = 1.78;
const MOST_PIXELS_A_PIXEL = 2;
/** How long a lost graphics context may take to come back. */
const PATIENCE = 3000;

export class Scene3d {
  readonly graph = new Graph();
  readonly camera = new PerspectiveCamera(38, 1, 0.01, 100);
  readonly renderer: WebGLRenderer;
  readonly controls: OrbitControls;
  /** Takes the drawn integers into the cube of half-width 1. */
  readonly model = new Matrix4();
  /** Size of the canvas in CSS pixels. */
  width = 1;
  height = 1;
  private covered = 0;
  private requested = false;
  private readonly before: Before[] = [];
  private readonly after: ((now: number) => void)[] = [];

  /** Throws when the browser offers no WebGL 2. */
  constructor(
    readonly canvas: HTMLCanvasElement,
    ground: Rgb,
    lost: (forGood: boolean) => void,
  ) {
    this.renderer = new WebGLRenderer({ canvas, antialias: false, stencil: false, alpha: false });
    this.graph.background = new Color().setRGB(...ground, SRGBColorSpace); // a clear colour is lost with the context
    this.controls = new OrbitControls(this.camera, canvas);
    this.controls.zoomToCursor = true;
    this.controls.minDistance = 0.02;
    this.controls.maxDistance = 20;
    this.controls.addEventListener("change", () => this.invalidate());
    this.watchContext(lost);
    new ResizeObserver(() => this.resize()).observe(canvas);
    this.resize();
    this.home();
  }

  /** Ask for a picture at the next frame. */
  invalidate(): void {
    if (this.requested) return;
    this.requested = true;
    requestAnimationFrame((now) => this.draw(now));
  }

  /** Have something done before, or after, every picture. */
  onBefore(listener: Before): void {
    this.before.push(listener);
  }

  onAfter(listener: (now: number) => void): void {
    this.after.push(listener);
  }

  /** projection x view x model, column-major, computed in float64. */
  matrix(): number[] {
    this.camera.updateMatrixWorld();
    const { projectionMatrix, matrixWorldInverse } = this.camera;
    return new Matrix4().multiplyMatrices(projectionMatrix, matrixWorldInverse).multiply(this.model).toArray();
  }

  /** Cover CSS pixels at the right with something else: the cloud's middle moves to that of what is left. */
  cover(right: number): void {
    this.covered = right;
    this.resize();
  }

  /** The width in CSS pixels that nothing covers. */
  get free(): number {
    return Math.max(1, this.width - this.covered);
  }

  /** Move the eye to where the whole cloud is seen. */
  home(): void {
    const distance = REACH / Math.tan((this.camera.fov * Math.PI) / 360) / Math.min(1, this.free / this.height);
    this.controls.target.set(0, 0, 0);
    this.camera.position.copy(FROM).multiplyScalar(distance);
    this.controls.update();
    this.invalidate();
  }

  private draw(now: number): void {
    this.requested = false;
    this.camera.updateMatrixWorld();
    const more = this.before.map((each) => each(now)).some((again) => again === true);
    this.renderer.render(this.graph, this.camera);
    for (const each of this.after) each(now);
    if (more) this.invalidate();
  }

  private resize(): void {
    this.width = Math.max(1, this.canvas.clientWidth);
    this.height = Math.max(1, this.canvas.clientHeight);
    this.renderer.setPixelRatio(Math.min(devicePixelRatio, MOST_PIXELS_A_PIXEL));
    this.renderer.setSize(this.width, this.height, false);
    this.camera.aspect = this.width / this.height;
    this.camera.setViewOffset(this.width, this.height, this.covered / 2, 0, this.width, this.height);
    this.invalidate();
  }

  /** three.js rebuilds its own state; what else was in the context has to be made again when `lost` says false. */
  private watchContext(lost: (forGood: boolean) => void): void {
    let timer: number | undefined;
    this.canvas.addEventListener("webglcontextlost", (event) => {
      event.preventDefault();
      this.canvas.style.visibility = "hidden"; // a canvas without a context is white
      timer = window.setTimeout(() => lost(true), PATIENCE);
    });
    this.canvas.addEventListener("webglcontextrestored", () => {
      window.clearTimeout(timer);
      this.canvas.style.visibility = "visible";
      lost(false);
      this.invalidate();
    });
  }
}
