// Points or wireframe: which picture is shown, and the reason.
//
// The wireframe replaces the points when WebGL is absent, lost for good, or too slow without a graphics card; when the
// server asks for it; and when the user chooses it. Points return once the reason ends; the user's choice ends by hand.

import { byId } from "../dom/element";
import type { State } from "../wire/protocol.gen";
import type { Cloud3d } from "./cloud3d";
import type { Picture } from "./picture";
import type { PictureEvents, Pictures } from "./pictures";
import { BACK, type Reason, Reasons, Slowness } from "./reasons";
import type { ContextEvent } from "./scene3d";

/** Clouds up to this many times the smallest budget are not made smaller: if they are slow, points are too slow here. */
const FEWEST = 1.5;

export class Modes implements PictureEvents {
  private readonly reasons = new Reasons();
  private readonly slowness = new Slowness();
  private readonly line = byId("reason");
  private readonly back = byId<HTMLButtonElement>("points-again");
  private readonly button = byId<HTMLButtonElement>("wireframe");
  /** Whether a headset draws the points. */
  inHeadset = false;
  /** Reasons that the user overruled: ignored until they have ended once. */
  private serverOverruled = false;
  private slowOverruled = false;
  private readonly changed: (() => void)[] = [];
  private readonly restored: (() => void)[] = [];

  /** `drawn` is the number of points in the cloud now, `least` the smallest budget that the client asks for. */
  constructor(
    private readonly pictures: Pictures,
    private readonly drawn: () => number,
    private readonly least: number,
  ) {
    if (pictures.webgl === null) this.reasons.set("absent", "Wireframe: this browser has no WebGL 2.");
    this.button.addEventListener("click", () => this.toggle());
    this.back.addEventListener("click", () => this.toggle());
    this.show();
  }

  /** Call `listener` whenever another picture is to be shown. */
  onChange(listener: () => void): void {
    this.changed.push(listener);
  }

  /** Call `listener` when the graphics context is back and the picture must be drawn again. */
  onRestored(listener: () => void): void {
    this.restored.push(listener);
  }

  get picture(): Picture {
    const { wireframe, webgl, canvas } = this.pictures;
    if (this.wireframe) return wireframe;
    return this.inHeadset ? webgl! : (canvas ?? webgl!);
  }

  /** The picture of points in WebGL, also in a headset; null without WebGL 2. */
  get cloud3d(): Cloud3d | null {
    return this.pictures.webgl;
  }

  /** Whether WebGL draws the picture. */
  get webgl(): boolean {
    return this.picture === this.pictures.webgl;
  }

  get wireframe(): boolean {
    return this.reasons.first !== null && !this.inHeadset;
  }

  /** Choose the wireframe, or return from it to the points. */
  toggle(): void {
    const first = this.reasons.first?.reason;
    if (first === "lost") return location.reload(); // only a new page is given a new context
    if (first === undefined) return this.because("chosen", "Wireframe.");
    this.serverOverruled ||= first === "server";
    this.slowOverruled ||= first === "slow";
    this.because("chosen", null);
    this.because(first, null);
  }

  /** Take in the server's compute state. */
  hear({ compute, text }: State): void {
    if (compute !== "wireframe") this.serverOverruled = false;
    if (!this.serverOverruled) this.because("server", compute === "wireframe" ? `Wireframe: ${decapital(text)}` : null);
  }

  /** In the headset points are always drawn. */
  immersed(inHeadset: boolean): void {
    const before = this.picture;
    this.inHeadset = inHeadset;
    if (this.picture !== before) this.notify();
  }

  context(event: ContextEvent): void {
    if (this.pictures.canvas !== null) return; // the page is drawn without WebGL
    if (event === "gone") this.because("lost", "Wireframe: the graphics context was lost; points return with it.");
    if (event !== "restored") return;
    this.because("lost", null);
    for (const each of this.restored) each();
  }

  took(milliseconds: number): void {
    if (this.drawn() > FEWEST * this.least || this.slowOverruled) return; // a smaller budget comes first
    const slow = this.slowness.took(milliseconds);
    if (slow === null) return;
    this.because("slow", `Wireframe: without a graphics card, points took ${slow.toFixed(0)} ms a picture.`);
  }

  private because(reason: Reason, line: string | null): void {
    const before = this.picture;
    this.reasons.set(reason, line);
    this.show();
    if (this.picture !== before) this.notify();
  }

  private notify(): void {
    for (const each of this.changed) each();
  }

  private show(): void {
    const first = this.reasons.first;
    byId("mode").hidden = first === null;
    this.line.textContent = first?.line ?? "";
    if (first !== null) this.back.textContent = BACK[first.reason];
    this.button.setAttribute("aria-pressed", String(first !== null));
  }
}

function decapital(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
