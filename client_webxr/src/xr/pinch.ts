// Recognise a pinch of thumb and index finger from the distance between their tips.
//
// A device's own pinch (selectstart) fires at a strength of about 0.7, and falsely while the fingers are only near each
// other. Two thresholds (hysteresis) keep one pinch from becoming several: it begins when the tips almost touch and ends
// when they are clearly apart.

/** Metres between the joints of the tips; the joints lie inside the fingers, and skin touches at about 0.015. */
export const CLOSES = 0.02;
export const OPENS = 0.035;

export class Pinch {
  held = false;

  /** Take in the distance between the tips in metres; NaN, when it is unknown, ends the pinch. */
  update(distance: number): void {
    this.held = distance < (this.held ? OPENS : CLOSES);
  }
}
