// The queue of received messages: processed in order, held back while a picture must be seen first (backpressure).
//
// Moving points arrive as one scene after the other. While a complete picture has not been on the screen, the next scene
// and all messages after it wait here; otherwise each scene would be replaced before anyone saw it. Waiting frames are
// not acknowledged, so the server slows down and then sends the newest scene.

export class Inbox {
  private waiting: (() => void)[] = [];
  private held = false;

  /** Process a message, after all messages before it. */
  put(act: () => void): void {
    if (this.held) this.waiting.push(act);
    else act();
  }

  /** Process a message, and all after it, at the next release. */
  hold(act: () => void): void {
    this.held = true;
    this.waiting.unshift(act);
  }

  /** Process waiting messages until one holds again. */
  release(): void {
    this.held = false;
    while (!this.held && this.waiting.length > 0) this.waiting.shift()!();
  }

  /** Drop the waiting messages: their connection has ended. */
  clear(): void {
    this.waiting = [];
    this.held = false;
  }
}
