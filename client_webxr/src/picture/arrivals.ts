// Decide when to draw points that are still arriving.
//
// The cost of a picture is that of all its points, so a picture for every chunk would cost many times the complete one.
// The first picture is drawn at the first chunk when most of the cloud is still missing, the next ones when eight times as
// many points are here, when all are here, or when none has come for a while. Until the first one, the picture of the
// scene before stays on the screen.

const GROWTH = 8;
/** Milliseconds of a picture above which points do not fade in: they would appear in one or two steps. */
const SLOW = 40;
/** Milliseconds of a picture without points: one frame. */
const FRAME = 17;
/** Fewest points of a picture whose time is measured, and a number of points that every machine draws fast enough. */
const TELLING = 10_000;
const FEW = 50_000;

export class Arrivals {
  private total = 0;
  private here = 0;
  private shown = 0;
  /** Whether a scene has begun and none of it has been drawn. */
  waiting = false;
  /** Milliseconds for each point; null before the first measurement. */
  private costPerPoint: number | null = null;

  /** A scene of this many points begins. */
  begin(total: number): void {
    this.total = total;
    this.here = this.shown = 0;
    this.waiting = true;
  }

  /** Points have arrived: their number, and whether these are all. Returns whether a picture is due. */
  came(here: number, all: boolean): boolean {
    this.here = here;
    return all || (here >= GROWTH * this.shown && GROWTH * here <= this.total);
  }

  /** A picture of the points that are here was drawn. */
  drew(): void {
    this.shown = this.here;
    this.waiting = false;
  }

  /** That picture reached the screen after this many milliseconds. */
  seen(milliseconds: number): void {
    if (this.shown >= TELLING) this.costPerPoint = Math.max(0, milliseconds - FRAME) / this.shown;
  }

  /**
   * Whether points that arrive now may fade in. The points of a scene's first picture may not: moving points would never
   * be seen complete.
   */
  get gentle(): boolean {
    return this.smooth && !this.waiting;
  }

  /** Whether the complete picture is drawn fast enough for a fade. */
  get smooth(): boolean {
    return this.costPerPoint === null ? this.total <= FEW : this.costPerPoint * this.total <= SLOW;
  }
}
