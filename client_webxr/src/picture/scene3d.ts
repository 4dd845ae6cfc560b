// Renderer and scene graph of WebGL, and the life of the graphics context.

import { Color, type Object3D, Scene as Graph, SRGBColorSpace, WebGLRenderer } from "three";
import { houseColour } from "./palette";
import type { OrbitCamera } from "./orbitCamera";

/** Called before each picture with the time in milliseconds; returns true to have another one follow. */
export type Before = (now: number) => boolean | void;

/** The context was lost, came back, or has been lost for so long that it may not come back at all. */
export type ContextEvent = "lost" | "restored" | "gone";

const MOST_PIXELS_A_PIXEL = 2;
/** Milliseconds that a lost graphics context may take to come back. */
const PATIENCE = 3000;

export class Scene3d {
  readonly graph = new Graph();
  readonly renderer: WebGLRenderer;
  private readonly before: Before[] = [];

  /** Throws when the browser offers no WebGL 2. */
  constructor(
    readonly canvas: HTMLCanvasElement,
    readonly orbit: OrbitCamera,
    context: (event: ContextEvent) => void,
  ) {
    this.renderer = new WebGLRenderer({ canvas, antialias: false, stencil: false, alpha: false });
    this.restyle();
    this.watchContext(context);
  }

  /** Have something done before every picture. */
  onBefore(listener: Before): void {
    this.before.push(listener);
  }

  /** Take the ground's colour from the theme as it is now. A clear colour would be lost with the context. */
  restyle(): void {
    this.graph.background = new Color().setRGB(...houseColour("--ground"), SRGBColorSpace);
  }

  draw(now: number): boolean {
    if (this.renderer.xr.isPresenting) return false; // the headset draws
    const more = this.before.map((each) => each(now)).some((again) => again === true);
    this.renderer.render(this.graph, this.orbit.camera);
    return more;
  }

  /** Draw an object alone, in place of the picture, which has to be drawn again in the same task: else this is seen. */
  try(object: Object3D): void {
    this.renderer.render(object, this.orbit.camera);
  }

  resize(): void {
    if (this.renderer.xr.isPresenting) return; // done when the session ends
    this.renderer.setPixelRatio(Math.min(devicePixelRatio, MOST_PIXELS_A_PIXEL));
    this.renderer.setSize(this.orbit.width, this.orbit.height, false);
  }

  /** three.js rebuilds its own state; what else was in the context has to be made again once it is restored. */
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
