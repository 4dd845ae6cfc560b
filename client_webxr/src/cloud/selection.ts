// What is selected: the server's word, and the guess shown until that word is here.
//
// A stroke is answered at once over the drawn points, and exactly by the server a moment later, in three steps: the
// counts (`selected`), a mask for each chunk, a trace. Requests carry a growing number. While one of ours is unanswered
// masks of older versions are kept but not shown, so that the picture never goes back to a state already left; when it
// is refused they are what is shown again.

import type { Chunk, Cloud } from "./cloud";
import type { MaskFrame } from "../wire/frames";
import { unpack, wipe } from "./flags";
import type { Selected } from "../wire/protocol.gen";

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
    const chunk = this.cloud.masked(frame);
    if (chunk === null || frame.version !== this.word.version) return null;
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
