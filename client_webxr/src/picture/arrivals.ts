// When to draw points that keep arriving.
//
// A picture costs what all its points cost, so drawing one for every chunk would cost many times the whole. The first
// picture comes with the first chunk when most of the cloud is still on its way; then it is drawn again when there is
// eight times as much to see, when everything is here, or when nothing has come for a while. Until the first, the
// picture of the scene before stays.

const GROWTH = 8;
/** Milliseconds of a picture from which on points no longer fade in: they would come up in a step or two. */
const SLOW = 40;
/** Milliseconds that a picture takes however few points it has: a frame. */
const FRAME = 17;
/** Points of a picture that says how long pictures take, and points that every machine draws fast enough. */
const TELLING = 10_000;
const FEW = 50_000;

export class Arrivals {
  private total = 0;
  private here = 0;
  private shown = 0;
  /** Whether a scene has begun of which nothing was drawn yet. */
  waiting = false;
  /** Milliseconds a point, once known. */
  private costPerPoint: number | null = null;

  /** A scene of so many points begins. */
  begin(total: number): void {
    this.total = total;
    this.here = this.shown = 0;
    this.waiting = true;
  }

  /** So many points are here now, and whether they are all; returns whether a picture is due. */
  came(here: number, all: boolean): boolean {
    this.here = here;
    return all || (here >= GROWTH * this.shown && GROWTH * here <= this.total);
  }

  /** A picture of what is here was drawn. */
  drew(): void {
    this.shown = this.here;
    this.waiting = false;
  }

  /** That picture was on its way to the screen after so many milliseconds. */
  seen(milliseconds: number): void {
    if (this.shown >= TELLING) this.costPerPoint = Math.max(0, milliseconds - FRAME) / this.shown;
  }

  /**
   * Whether points that come now may fade in: those of a scene's first picture take the place of another scene at once,
   * or points that move would never be seen whole.
   */
  get gentle(): boolean {
    return this.smooth && !this.waiting;
  }

  /** Whether the picture of all that is coming is drawn fast enough for something to fade in it. */
  get smooth(): boolean {
    return this.costPerPoint === null ? this.total <= FEW : this.costPerPoint * this.total <= SLOW;
  }
}
