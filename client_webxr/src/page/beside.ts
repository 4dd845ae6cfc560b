// A second view beside the first: the same page in a frame, on another pane of the session. Each has its own projection;
// they share the selection, which belongs to the session.

import { byId, element } from "../dom/element";

/** Share of the width of the first view: the first one, the smallest and the largest; and the step of a key. */
const [HALF, LEAST, MOST, STEP] = [0.5, 0.2, 0.8, 0.02];

export class Beside {
  private readonly host = byId("beside");
  private readonly divider = byId("divider");
  private share = HALF;

  /** `changed` is called when the room of the first view has changed. */
  constructor(private readonly changed: () => void) {
    this.divider.addEventListener("pointerdown", (event) => this.divider.setPointerCapture(event.pointerId));
    this.divider.addEventListener("pointermove", (event) => {
      if (this.divider.hasPointerCapture(event.pointerId)) this.divide(event.clientX / this.room);
    });
    this.divider.addEventListener("keydown", (event) => {
      const step = event.key === "ArrowLeft" ? -STEP : event.key === "ArrowRight" ? STEP : 0;
      if (step === 0) return;
      event.preventDefault();
      this.divide(this.share + step);
    });
  }

  get isOpen(): boolean {
    return !this.host.hidden;
  }

  toggle(): void {
    const open = !this.isOpen;
    this.host.hidden = this.divider.hidden = !open;
    document.body.classList.toggle("linked", open);
    byId("split").setAttribute("aria-pressed", String(open));
    // A hidden frame would still be drawn and receive points.
    if (open) this.host.replaceChildren(element("iframe", { src: "./#pane=1", title: "Second view of the same curves" }));
    else this.host.replaceChildren();
    this.divide(this.share);
  }

  /** The width of both views together, in CSS pixels. */
  private get room(): number {
    const panel = document.body.classList.contains("folded") ? 0 : byId("panel").offsetWidth;
    return Math.max(1, innerWidth - panel);
  }

  private divide(share: number): void {
    this.share = Math.min(MOST, Math.max(LEAST, share));
    document.documentElement.style.setProperty("--share", String(this.share));
    this.divider.setAttribute("aria-valuenow", String(Math.round(100 * this.share)));
    this.changed();
  }
}
