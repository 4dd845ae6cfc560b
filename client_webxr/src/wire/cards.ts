// Cards of curves, requested one at a time: a pointer that sweeps over the cloud must not queue requests.

import type { Card } from "./protocol.gen";

export class Cards {
  private readonly known = new Map<number, Card>();
  private asked: number | null = null;
  private next: number | null = null;

  constructor(
    private readonly ask: (row: number) => boolean,
    private readonly arrived: (card: Card) => void,
  ) {}

  /** The card of a row if it is known. Otherwise it is requested, after the pending request: only the newest waits. */
  want(row: number): Card | null {
    const card = this.known.get(row);
    if (card !== undefined) return card;
    if (this.asked === null) this.asked = this.ask(row) ? row : null;
    else if (this.asked !== row) this.next = row;
    return null;
  }

  take(card: Card): void {
    this.known.set(card.row, card);
    this.freed();
    this.arrived(card);
  }

  /** The pending request will not be answered. */
  freed(): void {
    const next = this.next;
    this.asked = this.next = null;
    if (next !== null) this.want(next);
  }

  /** Forget all cards: another scene begins. */
  reset(): void {
    this.known.clear();
    this.asked = this.next = null;
  }
}
