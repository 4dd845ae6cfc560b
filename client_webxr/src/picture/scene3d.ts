// The WebGL renderer, its scene graph, and the events of its graphics context.

import { Color, type Object3D, Scene as Graph, SRGBColorSpace, WebGLRenderer } from "three";
import { houseColour } from "./palette";
import type { OrbitCamera } from "./orbitCamera";

/** Called before each picture with the time in milliseconds; returns true to request another picture. */
export type Before = (now: number) => boolean | void;

/** The context was lost, was restored, or has been lost for so long that it may not return. */
export type ContextEvent = "lost" | "restored" | "gone";

const MOST_PIXELS_A_PIXEL = 2;
/** Milliseconds after which a lost graphics context counts as gone. */
const PATIENCE = 3000;

export class Scene3d {
  readonly graph = new Graph();
  readonly renderer: WebGLRenderer;
  private readonly before: Before[] = [];

  /** Throws when the browser has no WebGL 2. */
  constructor(
    readonly canvas: HTMLCanvasElement,
    readonly orbit: OrbitCamera,
    context: (event: ContextEvent) => void,
  ) {
    this.renderer = new WebGLRenderer({ canvas, antialias: false, stencil: false, alpha: false });
    this.restyle();
    this.watchContext(context);
  }

  /** Call `listener` before every picture. */
  onBefore(listener: Before): void {
    this.before.push(listener);
  }

  /** Take the ground's colour from the current theme. A clear colour would be lost with the context. */
  restyle(): void {
    this.graph.background = new Color().setRGB(...houseColour("--ground"), SRGBColorSpace);
  }

  draw(now: number): boolean {
    if (this.renderer.xr.isPresenting) return false; // the headset draws
    const more = this.before.map((each) => each(now)).some((again) => again === true);
    this.renderer.render(this.graph, this.orbit.camera);
    return more;
  }

  /** Draw one object instead of the picture. Draw the picture again in the same task, or the object becomes visible. */
  try(object: Object3D): void {
    this.renderer.render(object, this.orbit.camera);
  }

  resize(): void {
    if (this.renderer.xr.isPresenting) return; // done when the session ends
    this.renderer.setPixelRatio(Math.min(devicePixelRatio, MOST_PIXELS_A_PIXEL));
    this.renderer.setSize(this.orbit.width, this.orbit.height, false);
  }

  /** three.js rebuilds its own state; all other objects of the context are made again at "restored". */
  private watchContext(context: (event: ContextEvent) => void): void {
    let timer: number | undefined;
    this.canvas.addEventListener("webglcontextlost", (event) => {
      event.preventDefault();
      this.canvas.style.visibility = "hidden"; // a canvas without a context is white
      timer = window.setTimeout(() => context("gone"), PATIENCE);
      context("lost");
    });
    this.canvas.addEventListener("webglcontextrestored", () => {
      window.clearTimeout(timer);
      this.canvas.style.visibility = "visible";
      context("restored");
    });
  }
}
