// Points or wireframe: which picture is shown, and why.
//
// Points are drawn by the graphics card; where the browser has none and would draw WebGL in software, by our own loop.
// The wireframe stands in when WebGL is absent, lost for good, or too slow without a graphics card; when the server asks
// for it; and by choice. It goes by itself when its reason does, except for the last.

import type { Cloud } from "../cloud/cloud";
import { Cloud2d } from "./cloud2d";
import { Cloud3d } from "./cloud3d";
import { byId } from "../dom/element";
import type { Picture } from "./picture";
import type { State } from "../wire/protocol.gen";
import { BACK, Reasons, Slowness } from "./reasons";
import type { ContextEvent } from "./scene3d";
import type { OrbitCamera } from "./orbitCamera";
import { Wireframe2d } from "./wireframe2d";
import type { Wireframes } from "../cloud/wireframes";

export interface ModesListener {
  /** Another picture is to be shown. */
  changed(): void;
  /** The picture has to be drawn anew. */
  redraw(): void;
}

export class Modes {
  readonly wireframe2d: Wireframe2d;
  /** The picture of points in WebGL, and in a headset; null without WebGL 2. */
  readonly cloud3d: Cloud3d | null;
  /** The picture of points where there is no WebGL, or where it is drawn in software; else null. */
  private readonly cloud2d: Cloud2d | null;
  private readonly reasons = new Reasons();
  private readonly slowness = new Slowness();
  private readonly line = byId("reason");
  private readonly back = byId<HTMLButtonElement>("points-again");
  private readonly button = byId<HTMLButtonElement>("wireframe");
  private inside = false;
  /** Reasons that the user overruled: they are not heard again while they last. */
  private serverOverruled = false;
  private slowOverruled = false;

  constructor(
    private readonly orbit: OrbitCamera,
    private readonly cloud: Cloud,
    wireframes: Wireframes,
    private readonly least: number,
    still: boolean,
    private readonly listener: ModesListener,
  ) {
    this.wireframe2d = new Wireframe2d(byId<HTMLCanvasElement>("wires"), orbit, wireframes);
    const drawnBy = renderer();
    this.cloud3d = drawnBy === "" ? null : this.inWebGl(still);
    this.cloud2d = this.cloud3d === null || SOFTWARE.test(drawnBy) ? this.onCanvas(still) : null;
    if (this.cloud3d === null) this.reasons.set("absent", "Wireframe: this browser offers no WebGL 2 here.");
    this.button.addEventListener("click", () => this.toggle());
    this.back.addEventListener("click", () => this.toggle());
    this.show();
  }

  get picture(): Picture {
    if (this.wireframe) return this.wireframe2d;
    return this.inside ? this.cloud3d! : (this.cloud2d ?? this.cloud3d!);
  }

  /** Whether WebGL draws the picture. */
  get webgl(): boolean {
    return this.picture === this.cloud3d;
  }

  get wireframe(): boolean {
    return this.reasons.first !== null && !this.inside;
  }

  /** The wireframe by choice, or the way back from it. */
  toggle(): void {
    const first = this.reasons.first?.reason;
    if (first === "lost") return location.reload(); // a context is given to a new page alone
    if (first === undefined) return this.because("chosen", "Wireframe.");
    this.serverOverruled ||= first === "server";
    this.slowOverruled ||= first === "slow";
    this.because("chosen", null);
    this.because(first, null);
  }

  /** The server says how it computes. */
  hear({ compute, text }: State): void {
    if (compute !== "wireframe") this.serverOverruled = false;
    if (!this.serverOverruled) this.because("server", compute === "wireframe" ? `Wireframe: ${decapital(text)}` : null);
  }

  /** In the headset points are drawn, whatever the page would show. */
  immersed(immersed: boolean): void {
    const before = this.picture;
    this.inside = immersed;
    if (this.picture !== before) this.listener.changed();
  }

  private inWebGl(still: boolean): Cloud3d | null {
    const hear = (event: ContextEvent) => this.context(event);
    try {
      return new Cloud3d(byId<HTMLCanvasElement>("points"), this.orbit, this.cloud, still, hear);
    } catch {
      return null;
    }
  }

  private onCanvas(still: boolean): Cloud2d {
    const took = (milliseconds: number) => queueMicrotask(() => this.took(milliseconds)); // not while it is being drawn
    return new Cloud2d(byId<HTMLCanvasElement>("splats"), this.orbit, this.cloud, still, took);
  }

  private context(event: ContextEvent): void {
    if (this.cloud2d !== null) return; // the page does without it
    if (event === "gone") this.because("lost", "Wireframe: the graphics context was lost; points return with it.");
    if (event !== "restored") return;
    this.because("lost", null);
    this.listener.redraw();
  }

  private took(milliseconds: number): void {
    if (this.cloud.size > 1.5 * this.least || this.slowOverruled) return; // fewer points will be asked for
    const slow = this.slowness.took(milliseconds);
    if (slow === null) return;
    this.because("slow", `Wireframe: without a graphics card, points took ${slow.toFixed(0)} ms a picture.`);
  }

  private because(reason: Parameters<Reasons["set"]>[0], line: string | null): void {
    const before = this.picture;
    this.reasons.set(reason, line);
    this.show();
    if (this.picture !== before) this.listener.changed();
  }

  private show(): void {
    const first = this.reasons.first;
    byId("mode").hidden = first === null;
    this.line.textContent = first?.line ?? "";
    if (first !== null) this.back.textContent = BACK[first.reason];
    this.button.setAttribute("aria-pressed", String(first !== null));
  }
}

/** Renderers that draw on the CPU. */
const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i;

/** What draws WebGL here in its own words; empty when there is no WebGL 2. */
function renderer(): string {
  const gl = document.createElement("canvas").getContext("webgl2");
  if (gl === null) return "";
  const info = gl.getExtension("WEBGL_debug_renderer_info");
  const words = String(gl.getParameter(info === null ? gl.RENDERER : info.UNMASKED_RENDERER_WEBGL)) || "unnamed";
  gl.getExtension("WEBGL_lose_context")?.loseContext(); // a page may have few contexts
  return words;
}

function decapital(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
