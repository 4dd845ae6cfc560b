// The named selections that are shown in their colours: each has a slot, and its points carry the flag of that slot.
//
// Text messages overtake frames, so a mask may arrive long after the list that it belongs to, when its slot may have
// another owner. Each slot therefore keeps the version in which it got its owner; older masks are ignored.

import type { Chunk, Cloud } from "./cloud";
import type { MaskFrame } from "../wire/frames";
import { MOST_MARKS, type Named, type Selections } from "../wire/protocol.gen";
import { unpack, wipe } from "./flags";

interface Owner {
  name: string;
  count: number;
  colour: string;
  /** The version of the list in which it got the slot. */
  since: number;
}

export class Slots {
  private readonly owners: (Owner | null)[] = new Array<Owner | null>(MOST_MARKS + 1).fill(null);

  constructor(private readonly cloud: Cloud) {}

  /** Take in the list of named selections; returns whether any flag was cleared. */
  hear({ version, items }: Selections): boolean {
    let changed = false;
    for (let slot = 1; slot <= MOST_MARKS; slot++) {
      const before = this.owners[slot]!;
      const now = items.find((each) => each.slot === slot);
      if (now !== undefined && before !== null && same(now, before)) continue;
      this.owners[slot] = now === undefined ? null : { ...now, since: version };
      if (before === null) continue;
      for (const { flags } of this.cloud.chunks) wipe(flags, slot);
      changed = true;
    }
    return changed;
  }

  /** Take in a mask of a slot; returns the chunk whose flags changed, or null. */
  mask(frame: MaskFrame): Chunk | null {
    const chunk = this.cloud.masked(frame);
    const owner = this.owners[frame.slot];
    if (chunk === null || owner == null || frame.version < owner.since) return null;
    unpack(chunk.flags, frame.bits, frame.slot);
    return chunk;
  }

  /** The colour of each slot, "#rrggbb", or null for an empty one. */
  get colours(): (string | null)[] {
    return this.owners.map((owner) => owner?.colour ?? null);
  }
}

function same(now: Named, { name, count, colour }: Owner): boolean {
  return now.name === name && now.count === count && now.colour === colour;
}
