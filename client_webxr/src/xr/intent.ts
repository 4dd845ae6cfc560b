// The intent of two hands: draw a loop, hold the cloud, press a button.
//
// - A pinch or a pulled trigger in the air draws; the release closes the loop.
// - A pinch or a trigger on the bar under the cloud, or a controller's grip anywhere, carries the cloud.
// - Both hands pinching, or both grips, carry, turn and scale it. The second pinch always comes a little later than the
//   first, so a loop that has just begun is cancelled for it; beside a long loop a second pinch is ignored, since trackers
//   report false pinches.
// - A pinch or trigger at the panel presses a button and never draws.
// When a hand is no longer tracked, its loop is cancelled.

/** The state of a hand, as intents read it. */
export interface HandState {
  readonly tracked: boolean;
  readonly pinching: boolean;
  readonly gripping: boolean;
}

/** The place of a hand that begins to pinch. */
export type Target = "air" | "bar" | "panel";

export interface IntentActions {
  /** The place of hand 0 or 1. */
  target(hand: number): Target;
  /** Length of the current loop in metres. */
  length(): number;
  drawBegin(hand: number): void;
  /** The release: the loop closes. */
  drawEnd(hand: number): void;
  /** The loop is cancelled. */
  drawCancel(): void;
  press(hand: number): void;
  /** The hands that hold the cloud have changed: bit 0 is hand 0, bit 1 hand 1. */
  hold(mask: number): void;
}

/** Length in metres up to which a loop is cancelled when the other hand pinches. */
export const JUST_BEGUN = 0.12;

export class Intent {
  /** The hand that draws, or -1. */
  drawing = -1;
  /** Bits of the hands that hold the cloud. */
  holding = 0;
  private readonly was = [false, false];
  /** Bits of the hands that hold the cloud by a pinch. */
  private pinched = 0;

  constructor(private readonly acts: IntentActions) {}

  update(hands: readonly [HandState, HandState]): void {
    if (this.drawing >= 0 && !hands[this.drawing]!.tracked) this.cancel();
    for (let i = 0; i < 2; i++) {
      const { pinching } = hands[i]!;
      if (pinching !== this.was[i]) {
        this.was[i] = pinching;
        if (pinching) this.begun(i);
        else this.ended(i);
      }
    }
    let mask = this.pinched;
    for (let i = 0; i < 2; i++) if (hands[i]!.gripping) mask |= 1 << i;
    if (mask !== 0 && this.drawing >= 0) {
      if ((mask & (1 << this.drawing)) !== 0) this.cancel(); // the hand that draws begins to hold
      else mask = 0;
    }
    if (mask === this.holding) return;
    this.holding = mask;
    this.acts.hold(mask);
  }

  /** A hand or the session is lost: cancel its loop. */
  lost(hand: number): void {
    if (this.drawing === hand) this.cancel();
    this.pinched &= ~(1 << hand);
    this.was[hand] = false;
  }

  private begun(hand: number): void {
    const target = this.acts.target(hand);
    if (target === "panel") return this.acts.press(hand);
    const other = 1 - hand;
    if (this.drawing === other) {
      if (this.acts.length() > JUST_BEGUN) return;
      this.cancel();
      this.pinched = 3;
    } else if (target === "bar" || (this.pinched & (1 << other)) !== 0) this.pinched |= 1 << hand;
    else if (this.drawing < 0 && this.holding === 0) {
      this.drawing = hand;
      this.acts.drawBegin(hand);
    }
  }

  private ended(hand: number): void {
    this.pinched &= ~(1 << hand);
    if (this.drawing !== hand) return;
    this.drawing = -1;
    this.acts.drawEnd(hand);
  }

  private cancel(): void {
    this.drawing = -1;
    this.acts.drawCancel();
  }
}
