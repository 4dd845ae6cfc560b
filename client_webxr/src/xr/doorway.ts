// The entrance to the headset on the page: a button for each available mode, and the list of missing requirements.

import { byId, element } from "../dom/element";
import { check, findingList, type XrMode, type Surroundings } from "./entry";

export interface DoorwayListener {
  surroundings(): Surroundings;
  /** Enter; rejects with a message when the device refuses. */
  enter(mode: XrMode): Promise<void>;
}

const LABELS: Record<XrMode, string> = { "immersive-vr": "Enter VR", "immersive-ar": "Enter AR" };

export class Doorway {
  private readonly buttons = element("span", { id: "doorway" });
  private readonly sheet = byId("entry");
  private modes = "";

  constructor(private readonly listener: DoorwayListener) {
    byId("corner").prepend(this.buttons);
    navigator.xr?.addEventListener?.("devicechange", () => void this.refresh());
    this.show([]);
    void this.refresh();
  }

  /** Check the requirements, and offer the available modes. */
  async refresh(): Promise<void> {
    const { findings, modes } = await check(this.listener.surroundings());
    this.show(modes);
    if (!this.sheet.hidden) this.list(findings);
  }

  private show(modes: readonly XrMode[]): void {
    if (this.buttons.childElementCount > 0 && modes.join() === this.modes) return;
    this.modes = modes.join();
    const made = modes.map((mode) => this.button(LABELS[mode], "", () => void this.enter(mode)));
    if (made.length === 0) made.push(this.button("VR", "Requirements of a headset", () => void this.toggle()));
    this.buttons.replaceChildren(...made);
  }

  private button(text: string, title: string, act: () => void): HTMLButtonElement {
    const made = element("button", { type: "button", className: "plain", textContent: text, title });
    made.addEventListener("click", act);
    return made;
  }

  private async toggle(): Promise<void> {
    this.sheet.hidden = !this.sheet.hidden;
    await this.refresh();
  }

  private async enter(mode: XrMode): Promise<void> {
    this.sheet.hidden = true;
    try {
      await this.listener.enter(mode);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const { findings } = await check(this.listener.surroundings());
      findings.unshift({ name: LABELS[mode], ok: false, text: `The device refused: ${why} Wake the headset and try again.` });
      this.sheet.hidden = false;
      this.list(findings);
    }
  }

  private list(findings: Parameters<typeof findingList>[0]): void {
    const close = this.button("×", "Close", () => (this.sheet.hidden = true));
    close.classList.add("close");
    const bar = element("div", { className: "bar" }, element("h2", { textContent: "Requirements of a headset" }), close);
    this.sheet.replaceChildren(bar, findingList(findings));
  }
}
