// Resume the session over broken connections: this client's identity on the server, and the last frame it took in.
//
// The state is kept in memory only. A reloaded page has no points to continue from, and a duplicated tab would share its
// twin's secret: the two would take each other's place forever.

import type { Scene, Welcome } from "./protocol.gen";

export class Resumption {
  private member = "";
  private epoch = 0;
  private taken = 0;
  private arrived = 0;

  /** A connection begins; frames that arrived and were not taken in are lost. */
  welcome(heard: Welcome): void {
    this.member = heard.member;
    if (!heard.resumed) this.epoch = this.taken = 0;
    this.arrived = this.taken;
  }

  scene(heard: Scene): void {
    this.epoch = heard.epoch;
  }

  /** A frame has arrived. Throws when its number does not follow the last one: client and server no longer agree. */
  arrive(seq: number): void {
    if (seq !== this.arrived + 1) {
      this.epoch = 0; // the next connection starts from scratch
      throw new Error(`expected frame ${this.arrived + 1}, got ${seq}`);
    }
    this.arrived = seq;
  }

  /** A frame has been taken in. */
  take(seq: number): void {
    this.taken = seq;
  }

  /** A frame could not be decoded; it would not be the next time either, so do not resume. */
  tear(): void {
    this.epoch = 0;
  }

  /** The query with which the next connection resumes; empty before the first welcome. */
  get query(): string {
    if (this.member === "") return "";
    return `?${new URLSearchParams({ member: this.member, epoch: String(this.epoch), seq: String(this.taken) })}`;
  }
}
