// The drawn points inside a stroke, shown as selected until the server has answered for all rows.
//
// In the headset one frame has no time to test all points, so each frame tests a part, coarsest level first. On a fast
// network the answer arrives before the last part, and the rest is never tested.

import type { Chunk } from "./cloud";
import type { Inside } from "./polygon";
import type { Operation } from "../wire/protocol.gen";
import { combine } from "./flags";

export class Guess {
  private readonly chunks: readonly Chunk[];
  private chunk = 0;
  private at = 0;
  /** Points found inside so far. */
  hits = 0;

  constructor(
    chunks: readonly Chunk[],
    private readonly inside: Inside,
    private readonly operation: Operation,
  ) {
    this.chunks = [...chunks];
  }

  get done(): boolean {
    return this.chunk === this.chunks.length;
  }

  /** Test this many more points; returns the chunks whose flags may have changed. */
  go(points: number): Chunk[] {
    const seen: Chunk[] = [];
    for (let left = points; left > 0 && !this.done; ) {
      const chunk = this.chunks[this.chunk]!;
      const end = Math.min(chunk.size, this.at + left);
      const hits = this.inside(chunk.position.subarray(4 * this.at, 4 * end));
      combine(chunk.flags.subarray(this.at, end), hits, this.operation);
      this.hits += hits.reduce((sum, hit) => sum + hit, 0);
      seen.push(chunk);
      left -= end - this.at;
      this.at = end;
      if (end === chunk.size) [this.chunk, this.at] = [this.chunk + 1, 0];
    }
    return seen;
  }
}
