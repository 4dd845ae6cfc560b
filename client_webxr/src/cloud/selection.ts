// The selection: the server's exact answer, and this client's guess until that answer is here.
//
// The client answers a stroke at once over the drawn points; the server answers it exactly a moment later, in three
// steps: the counts (`selected`), a mask for each chunk, a trace. Requests carry growing ids. While a request of this
// client is pending, masks of older versions are kept but not shown, so that the picture never returns to an earlier
// state; when the request is refused, those masks are shown again.

import type { Chunk, Cloud } from "./cloud";
import type { MaskFrame } from "../wire/frames";
import { unpack, wipe } from "./flags";
import type { Selected } from "../wire/protocol.gen";

const NOTHING: Selected = { type: "selected", id: 0, version: 0, count: 0, counts: [], milliseconds: 0, undo: "", redo: "" };

export class Selection {
  /** The server's newest answer. */
  word: Selected = NOTHING;
  /** Whether a request of this client is pending; the flags are then a guess. */
  waiting = false;
  private newest = 0;

  constructor(private readonly cloud: Cloud) {}

  /** The id of a new request to change the selection. */
  request(): number {
    this.waiting = true;
    return ++this.newest;
  }

  /** Guess that nothing is selected; returns whether any flag changed. */
  guessNothing(): boolean {
    return some(this.cloud.chunks, ({ flags }) => wipe(flags));
  }

  /** Take in the exact counts; returns whether any flag changed. Usually the guess was right. */
  hear(word: Selected): boolean {
    if (word.version < this.word.version) return false;
    this.word = word;
    if (this.waiting && word.id < this.newest) return false;
    this.waiting = false;
    return word.count === 0 ? this.guessNothing() : this.showExact();
  }

  /** Take in a mask; returns the chunk whose flags changed, or null. */
  mask(frame: MaskFrame): Chunk | null {
    const chunk = this.cloud.masked(frame);
    if (chunk === null || frame.version !== this.word.version) return null;
    chunk.exact = { version: frame.version, bits: frame.bits };
    if (this.waiting) return null;
    return unpack(chunk.flags, frame.bits) ? chunk : null;
  }

  /**
   * The server refused a request (id 0: it could not read the id). If that was the newest request, show the server's
   * last answer again. Returns whether any flag changed.
   */
  refuse(id: number): boolean {
    if (!this.waiting || (id !== 0 && id !== this.newest)) return false;
    this.waiting = false;
    const before = this.guessNothing();
    return (this.word.count > 0 && this.showExact()) || before;
  }

  /** Another scene begins; the server will send its selection. */
  reset(): void {
    this.word = { ...NOTHING };
    this.waiting = false;
  }

  /** Whether all flags are the server's newest answer. */
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

/** Call `act` for every item; whether any call returned true. */
function some<T>(all: readonly T[], act: (one: T) => boolean): boolean {
  return all.reduce((done, one) => act(one) || done, false);
}
