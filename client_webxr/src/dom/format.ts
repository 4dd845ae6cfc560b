// Numbers and short sentences as the interface writes them.

const GROUPED = new Intl.NumberFormat("en");

/** 38042 -> "38,042". */
export function grouped(n: number): string {
  return GROUPED.format(n);
}

/** A value of a curve, 38042 -> "38,042"; null is "unknown". */
export function known(n: number | null): string {
  return n === null ? "unknown" : grouped(n);
}

/** "1 curve", "812 curves". */
export function curves(n: number): string {
  return `${grouped(n)} ${n === 1 ? "curve" : "curves"}`;
}

/** A share 0..1 as a percentage with one decimal below ten percent. */
export function percent(share: number): string {
  const value = share * 100;
  return `${value.toFixed(value < 10 && value > 0 ? 1 : 0)}%`;
}

/** A signed number with a true minus and a fixed number of digits: -2.314 -> "−2.31". */
export function signed(value: number, digits = 2): string {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(digits)}`;
}

/** The ratio of a class's share of the selection to its share of all curves: "×1.8", or "" when either is empty. */
export function enrichment(selected: number, selection: number, inClass: number, rows: number): string {
  if (selection === 0 || inClass === 0 || rows === 0) return "";
  const ratio = selected / selection / (inClass / rows);
  return `×${ratio >= 100 ? ratio.toFixed(0) : ratio.toFixed(1)}`;
}

/** The sentence at the top of the selection panel: the exact count, and how many of those curves are drawn (null: no points). */
export function selectionSentence(count: number, drawn: number | null): string {
  if (count === 0) return "Nothing selected.";
  if (drawn === null) return `${curves(count)} selected.`;
  if (count === drawn) return `${curves(count)} selected, all of them drawn.`;
  return `${curves(count)} selected, ${grouped(drawn)} of them drawn.`;
}
