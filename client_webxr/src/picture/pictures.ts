// The pictures that this browser can draw: points with WebGL, points on a plain canvas, and the wireframe.
//
// Browsers without a graphics card draw WebGL in software, where a point costs ten times as much as in our own loop
// (splat.ts). There points are drawn on a plain canvas, and WebGL is kept for the headset alone.

import type { Cloud } from "../cloud/cloud";
import type { Wireframes } from "../cloud/wireframes";
import { byId } from "../dom/element";
import { Cloud2d } from "./cloud2d";
import { Cloud3d } from "./cloud3d";
import type { OrbitCamera } from "./orbitCamera";
import type { Picture } from "./picture";
import type { ContextEvent } from "./scene3d";
import { Wireframe2d } from "./wireframe2d";

export interface Pictures {
  readonly wireframe: Picture;
  /** Points in WebGL, also in a headset; null without WebGL 2. */
  readonly webgl: Cloud3d | null;
  /** Points on a plain canvas, where WebGL is absent or drawn in software; else null. */
  readonly canvas: Picture | null;
}

export interface PictureEvents {
  /** The graphics context was lost or came back. */
  context(event: ContextEvent): void;
  /** A picture of points on the plain canvas took this many milliseconds. */
  took(milliseconds: number): void;
}

/** Renderers that draw on the CPU. */
const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i;

/** Make the pictures on the canvases of index.html. With `still` nothing fades in. */
export function makePictures(
  orbit: OrbitCamera,
  cloud: Cloud,
  wireframes: Wireframes,
  still: boolean,
  events: PictureEvents,
): Pictures {
  const canvas = (id: string) => byId<HTMLCanvasElement>(id);
  const drawnBy = renderer();
  const inWebGl = () => {
    try {
      return new Cloud3d(canvas("points"), orbit, cloud, still, (event) => events.context(event));
    } catch {
      return null;
    }
  };
  // Reported after the drawing: the answer may be another picture.
  const took = (milliseconds: number) => queueMicrotask(() => events.took(milliseconds));
  const webgl = drawnBy === "" ? null : inWebGl();
  return {
    wireframe: new Wireframe2d(canvas("wires"), orbit, wireframes),
    webgl,
    canvas: webgl === null || SOFTWARE.test(drawnBy) ? new Cloud2d(canvas("splats"), orbit, cloud, still, took) : null,
  };
}

/** The name of the renderer behind WebGL; empty without WebGL 2. */
function renderer(): string {
  const gl = document.createElement("canvas").getContext("webgl2");
  if (gl === null) return "";
  const info = gl.getExtension("WEBGL_debug_renderer_info");
  const words = String(gl.getParameter(info === null ? gl.RENDERER : info.UNMASKED_RENDERER_WEBGL)) || "unnamed";
  gl.getExtension("WEBGL_lose_context")?.loseContext(); // browsers allow a page few contexts
  return words;
}
