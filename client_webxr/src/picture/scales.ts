// Linear scales and their ticks, for the plot and the axes of the picture.

export interface Scale {
  (value: number): number;
  readonly low: number;
  readonly high: number;
}

/** The linear map of low..high to from..to. */
export function linear(low: number, high: number, from: number, to: number): Scale {
  const slope = high === low ? 0 : (to - from) / (high - low);
  return Object.assign((value: number) => from + (value - low) * slope, { low, high });
}

/** About `wanted` round numbers in low..high: multiples of 1, 2 or 5 times a power of ten. */
export function ticks(low: number, high: number, wanted: number): number[] {
  if (!(high > low) || !Number.isFinite(high - low)) return [low];
  const rough = (high - low) / Math.max(1, wanted);
  const power = 10 ** Math.floor(Math.log10(rough));
  // The nearest of 1, 2, 5, 10 on a logarithmic scale.
  const step =
    power *
    (rough >= power * Math.sqrt(50) ? 10 : rough >= power * Math.sqrt(10) ? 5 : rough >= power * Math.SQRT2 ? 2 : 1);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i === 0 ? 0 : (first + i) * step));
}

/** A tick as text, with as many digits as its step needs and a true minus. */
export function tickText(value: number, step: number): string {
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const text = new Intl.NumberFormat("en", { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(
    value,
  );
  return text.replace("-", "−");
}

/** Index of the value nearest to `wanted` in an ascending array, by bisection. */
export function nearest(values: ArrayLike<number>, wanted: number): number {
  let [low, high] = [0, values.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (values[middle]! < wanted) low = middle;
    else high = middle;
  }
  return wanted - values[low]! <= values[high]! - wanted ? low : high;
}
