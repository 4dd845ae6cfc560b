// The One-Euro filter of a position: slow hands do not tremble, fast hands do not lag.
//
// Casiez, Roussel, Vogel: 1€ Filter, CHI 2012. A first-order low-pass whose cutoff grows with the speed, which is itself
// low-passed at 1 Hz. Times are in seconds, positions in metres.

/** Hz for a hand at rest; tracked joints tremble by about a millimetre at 10 Hz and more. */
const LEAST_CUTOFF = 2;
/** Additional Hz for each m/s: at the 0.3 m/s of a drawing hand the lag is about 10 ms. */
const SLOPE = 40;
const SPEED_CUTOFF = 1;

export class Filter {
  /** The filtered position. */
  readonly value = new Float64Array(3);
  private readonly speed = new Float64Array(3);
  private last = NaN;

  /** Forget the past: the next position is taken unfiltered. */
  reset(): void {
    this.last = NaN;
  }

  /** Take in a position, x, y, z, at a time in seconds. */
  update(position: Float64Array, time: number): void {
    const gap = time - this.last;
    if (!(gap >= 0)) {
      this.value.set(position);
      this.speed.fill(0);
      this.last = time;
    } else if (gap > 0) {
      this.last = time;
      const towards = share(SPEED_CUTOFF, gap);
      for (let axis = 0; axis < 3; axis++) this.follow(axis, position[axis]!, gap, towards);
    }
  }

  private follow(axis: number, to: number, gap: number, towards: number): void {
    const off = to - this.value[axis]!;
    this.speed[axis] = this.speed[axis]! + towards * (off / gap - this.speed[axis]!);
    this.value[axis] = this.value[axis]! + share(LEAST_CUTOFF + SLOPE * Math.abs(this.speed[axis]!), gap) * off;
  }
}

/** The share of the way to its input that a low-pass of this cutoff covers in `gap` seconds. */
function share(cutoff: number, gap: number): number {
  const turn = 2 * Math.PI * cutoff * gap;
  return turn / (turn + 1);
}
