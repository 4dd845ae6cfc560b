// Whether thumb and index finger are pinched, from the distance between their tips.
//
// A device's own pinch (selectstart) comes at a strength of about 0.7, and falsely while fingers are merely near each
// other. Two thresholds far apart keep one pinch from becoming several: it closes when the tips all but touch and opens
// only when they are clearly apart again.

/** Metres between the joints of the two tips: they lie inside the fingers, so that skin touches at about 0.015. */
export const CLOSES = 0.02;
export const OPENS = 0.035;

export class Pinch {
  held = false;

  /** Take in the distance between the tips in metres, or NaN when it is not known: what is not seen is not held. */
  update(distance: number): void {
    this.held = distance < (this.held ? OPENS : CLOSES);
  }
}
