// The thread that runs through broken connections: who this client is to the server, and the last frame it has taken in.
//
// It is kept in memory alone. A page that is loaded anew has no points, so there would be nothing to go on with; and a
// tab that was duplicated would have its twin's secret, and the two would take each other's place for ever.

import type { Scene, Welcome } from "./protocol.gen";

export class Resumption {
  private member = "";
  private epoch = 0;
  private taken = 0;
  private arrived = 0;

  /** A connection begins; what had arrived and was not taken in is lost. */
  welcome(heard: Welcome): void {
    this.member = heard.member;
    if (!heard.resumed) this.epoch = this.taken = 0;
    this.arrived = this.taken;
  }

  scene(heard: Scene): void {
    this.epoch = heard.epoch;
  }

  /** A frame has arrived. Throws when one before it is missing or it came before: then nothing fits any more. */
  arrive(seq: number): void {
    if (seq !== this.arrived + 1) {
      this.epoch = 0; // begin anew
      throw new Error(`expected frame ${this.arrived + 1}, got ${seq}`);
    }
    this.arrived = seq;
  }

  /** A frame has been taken in. */
  take(seq: number): void {
    this.taken = seq;
  }

  /** What cannot be read once would not be read again. */
  tear(): void {
    this.epoch = 0;
  }

  /** The query by which the next connection goes on here. */
  get query(): string {
    if (this.member === "") return "";
    return `?${new URLSearchParams({ member: this.member, epoch: String(this.epoch), seq: String(this.taken) })}`;
  }
}
