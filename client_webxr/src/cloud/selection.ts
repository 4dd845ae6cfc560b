// What is selected: the server's word, and the guess shown until that word is here.
//
// A stroke is answered at once over the drawn points, and exactly by the server a moment later, in three steps: the
// counts (`selected`), a mask for each chunk, a trace. Requests carry a growing number. While one of ours is unanswered
// masks of older versions are kept but not shown, so that the picture never goes back to a state already left; when it
// is refused they are what is shown again.

import type { Chunk, Cloud } from "./cloud";
import type { MaskFrame } from "../wire/frames";
import type { Operation, Selected } from "../wire/protocol.gen";

const NOTHING: Selected = { type: "selected", id: 0, version: 0, count: 0, counts: [], milliseconds: 0, undo: "", redo: "" };

export class Selection {
  /** The server's newest word. */
  word: Selected = NOTHING;
  /** Whether a request of ours is unanswered: what is shown is then this side's guess. */
  waiting = false;
  private newest = 0;

  constructor(private readonly cloud: Cloud) {}

  /** Number a new request to change the selection. */
  request(): number {
    this.waiting = true;
    return ++this.newest;
  }

  /** Show nothing as selected before the server has answered; returns whether anything was. */
  guessNothing(): boolean {
    return some(this.cloud.chunks, ({ flags }) => wipe(flags));
  }

  /** Take in the exact count; returns whether the points shown as selected changed. Mostly the guess was right. */
  hear(word: Selected): boolean {
    if (word.version < this.word.version) return false;
    this.word = word;
    if (this.waiting && word.id < this.newest) return false;
    this.waiting = false;
    return word.count === 0 ? this.guessNothing() : this.showExact();
  }

  /** Take in a mask; returns the chunk whose shown flags changed, or null. */
  mask(frame: MaskFrame): Chunk | null {
    const chunk = this.cloud.chunks.find((each) => each.index === frame.chunk);
    if (chunk === undefined || frame.version !== this.word.version) return null;
    if (frame.points !== chunk.size || frame.bits.length * 8 < chunk.size) {
      throw new Error(`expected a mask of ${chunk.size} points for chunk ${chunk.index}, got ${frame.points}`);
    }
    chunk.exact = { version: frame.version, bits: frame.bits };
    if (this.waiting) return null;
    return unpack(chunk.flags, frame.bits) ? chunk : null;
  }

  /**
   * The server refused a request (id 0: it could not even read which): if it was the newest one, show the server's own
   * word again. Returns whether the points shown as selected changed.
   */
  refuse(id: number): boolean {
    if (!this.waiting || (id !== 0 && id !== this.newest)) return false;
    this.waiting = false;
    const before = this.guessNothing();
    return (this.word.count > 0 && this.showExact()) || before;
  }

  /** Another scene or another connection begins: it will say what is selected. */
  reset(): void {
    this.word = { ...NOTHING };
    this.waiting = false;
  }

  /** Whether every flag shown is the server's word of the newest version. */
  get settled(): boolean {
    if (this.waiting) return false;
    const { version, count } = this.word;
    return count === 0 || this.cloud.chunks.every((chunk) => chunk.exact?.version === version);
  }

  private showExact(): boolean {
    const { version } = this.word;
    return some(this.cloud.chunks, ({ exact, flags }) => exact?.version === version && unpack(flags, exact.bits));
  }
}

/** Do something to all, and say whether it did something to any. */
function some<T>(all: readonly T[], act: (one: T) => boolean): boolean {
  return all.reduce((done, one) => act(one) || done, false);
}

/** Combine hits (0 or 1 a point) with what is selected already: bit 0 of the flags. The other bits stay. */
export function combine(flags: Uint8Array, hits: Uint8Array, operation: Operation): void {
  for (let i = 0; i < flags.length; i++) {
    const now = flags[i]!;
    const hit = hits[i]!;
    if (operation === "replace") flags[i] = (now & ~1) | hit;
    else if (operation === "add") flags[i] = now | hit;
    else if (operation === "subtract") flags[i] = now & ~hit;
    else flags[i] = now & (~1 | hit);
  }
}

/**
 * Set one bit of each point's flags from one bit a point, the lowest bit of a byte first. The other bits stay. Returns
 * whether any changed.
 */
export function unpack(flags: Uint8Array, bits: Uint8Array, slot = 0): boolean {
  const others = ~(1 << slot);
  let changes = 0;
  for (let i = 0; i < flags.length; i++) {
    const now = (flags[i]! & others) | (((bits[i >> 3]! >> (i & 7)) & 1) << slot);
    changes |= now ^ flags[i]!;
    flags[i] = now;
  }
  return changes !== 0;
}

/** Take one bit of each point's flags away; returns whether any had it. */
export function wipe(flags: Uint8Array, slot = 0): boolean {
  const bit = 1 << slot;
  let had = 0;
  for (let i = 0; i < flags.length; i++) {
    had |= flags[i]! & bit;
    flags[i]! &= ~bit;
  }
  return had !== 0;
}
