// Why the wireframe is shown instead of points: several reasons may hold at once, and the first of them is said.

export type Reason = "absent" | "lost" | "server" | "slow" | "chosen";

const ORDER: readonly Reason[] = ["absent", "lost", "server", "slow", "chosen"];

/** What the way back is called: WebGL that was lost can only be tried anew. */
export const BACK: Record<Reason, string> = {
  absent: "Show points",
  lost: "Reload to try again",
  server: "Show points",
  slow: "Show points",
  chosen: "Show points",
};

export class Reasons {
  private readonly lines = new Map<Reason, string>();

  /** A reason holds, with one line that says so; or, with null, it holds no more. */
  set(reason: Reason, line: string | null): void {
    if (line === null) this.lines.delete(reason);
    else this.lines.set(reason, line);
  }

  /** The reason that is said, or null while points are shown. */
  get first(): { readonly reason: Reason; readonly line: string } | null {
    const reason = ORDER.find((each) => this.lines.has(each));
    return reason === undefined ? null : { reason, line: this.lines.get(reason)! };
  }
}

/** Milliseconds a picture of points may take, in the median over so many. */
const SLOW = 250;
const PICTURES = 12;

/**
 * Whether points are too slow where the processor draws them: that is measured, since few points are fast enough on any
 * machine. A graphics card that is busy for once recovers, and is not asked.
 */
export class Slowness {
  private times: number[] = [];

  /** A picture took so many milliseconds; returns the median when it is too long. */
  took(milliseconds: number): number | null {
    this.times.push(milliseconds);
    if (this.times.length < PICTURES) return null;
    const median = this.times.sort((a, b) => a - b)[PICTURES / 2]!;
    this.times = [];
    return median > SLOW ? median : null;
  }
}
