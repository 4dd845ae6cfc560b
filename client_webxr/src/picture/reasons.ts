// The reasons for showing the wireframe instead of points: several may hold at once, and the first one is shown.

export type Reason = "absent" | "lost" | "server" | "slow" | "chosen";

const ORDER: readonly Reason[] = ["absent", "lost", "server", "slow", "chosen"];

/** Label of the button back to points: lost WebGL needs a new page. */
export const BACK: Record<Reason, string> = {
  absent: "Show points",
  lost: "Reload to try again",
  server: "Show points",
  slow: "Show points",
  chosen: "Show points",
};

export class Reasons {
  private readonly lines = new Map<Reason, string>();

  /** Set a reason with its line; null ends it. */
  set(reason: Reason, line: string | null): void {
    if (line === null) this.lines.delete(reason);
    else this.lines.set(reason, line);
  }

  /** The reason that is shown, or null while points are shown. */
  get first(): { readonly reason: Reason; readonly line: string } | null {
    const reason = ORDER.find((each) => this.lines.has(each));
    return reason === undefined ? null : { reason, line: this.lines.get(reason)! };
  }
}

/** Largest median of the milliseconds of a picture of points, and the number of pictures. */
const SLOW = 250;
const PICTURES = 12;

/**
 * Whether points are too slow when the processor draws them, by measurement: few points are fast enough on any machine.
 * Graphics cards are not measured, since a busy one recovers.
 */
export class Slowness {
  private times: number[] = [];

  /** Take in the milliseconds of a picture; returns the median when it is too long, else null. */
  took(milliseconds: number): number | null {
    this.times.push(milliseconds);
    if (this.times.length < PICTURES) return null;
    const median = this.times.sort((a, b) => a - b)[PICTURES / 2]!;
    this.times = [];
    return median > SLOW ? median : null;
  }
}
