// What the server says, in its order, at the pace at which it can be shown.
//
// Points that move come as one scene after the other. While a whole picture is owed, the next scene waits here, and what
// follows it: otherwise each would be replaced before it was ever seen. What waits is not acknowledged, so the server
// notices, and sends what is newest when there is room.

export class Inbox {
  private waiting: (() => void)[] = [];
  private held = false;

  /** Do this as soon as everything before it is done. */
  put(act: () => void): void {
    if (this.held) this.waiting.push(act);
    else act();
  }

  /** Do this, and all that follows, after the next release. */
  hold(act: () => void): void {
    this.held = true;
    this.waiting.unshift(act);
  }

  /** Go on, until something holds again. */
  release(): void {
    this.held = false;
    while (!this.held && this.waiting.length > 0) this.waiting.shift()!();
  }

  /** Forget what waits: the connection it came by has ended. */
  clear(): void {
    this.waiting = [];
    this.held = false;
  }
}
