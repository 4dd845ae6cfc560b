// Both hands of a session: assigns input sources to hands as they come, go and are exchanged for controllers.

import { Hand } from "./hand";

const EVENTS = ["selectstart", "selectend", "squeezestart", "squeezeend"] as const;

export class Hands {
  readonly left = new Hand();
  readonly right = new Hand();
  readonly both = [this.left, this.right] as const;
  private sources: XRInputSource[] = [];

  /** `lost` is called when the source of a hand goes away: its action is cancelled. */
  constructor(private readonly lost: (hand: Hand) => void) {}

  begin(session: XRSession): void {
    this.sources = [];
    session.addEventListener("inputsourceschange", (event) => this.change(event.added, event.removed));
    for (const type of EVENTS) {
      session.addEventListener(type, (event) => this.of(event.inputSource)?.hear(type));
    }
    this.change([...session.inputSources], []);
  }

  end(): void {
    for (const hand of this.both) hand.connect(null);
  }

  read(frame: XRFrame, room: XRReferenceSpace, time: number): void {
    this.left.read(frame, room, time);
    this.right.read(frame, room, time);
  }

  private of(source: XRInputSource): Hand | undefined {
    return this.both.find((hand) => hand.source === source);
  }

  /** The newest source of a side is that hand; when it goes away, the one before takes its place again. */
  private change(added: readonly XRInputSource[], removed: readonly XRInputSource[]): void {
    this.sources = this.sources.filter((source) => !removed.includes(source)).concat(added);
    for (const [hand, handedness] of [
      [this.left, "left"],
      [this.right, "right"],
    ] as const) {
      const newest = this.sources.findLast((source) => source.handedness === handedness) ?? null;
      if (newest === hand.source) continue;
      if (hand.source !== null) this.lost(hand);
      hand.connect(newest);
    }
  }
}
