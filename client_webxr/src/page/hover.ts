// The hovered point, with a tag beside it, and the pinned curve, with its card.

import { showCard, tagLine } from "./card";
import type { Cloud } from "../cloud/cloud";
import type { Display } from "../picture/display";
import { byId } from "../dom/element";
import { Marks } from "./marks";
import type { Picked } from "../cloud/pick";
import type { Card } from "../wire/protocol.gen";

export class Hover {
  private readonly marks: Marks;
  private hovered: number | null = null;
  private pinned: number | null = null;

  /** `want` returns the card of a row if it is known; otherwise the card is asked for and comes to `carded`. */
  constructor(
    display: Display,
    private readonly cloud: Cloud,
    private readonly want: (row: number) => Card | null,
  ) {
    this.marks = new Marks(display);
  }

  get isPinned(): boolean {
    return this.pinned !== null;
  }

  /** Show the tag of a point; null hides it. */
  point(picked: Picked | null): void {
    byId("picture").classList.toggle("point", picked !== null);
    if (picked?.row === this.hovered) return;
    this.hovered = picked?.row ?? null;
    this.marks.hovered = picked?.position ?? null;
    const card = picked === null ? null : this.want(picked.row);
    this.marks.say(card === null ? null : tagLine(card));
  }

  /** Show the card of a row, with a ring around its point if that is drawn; null hides the card. */
  pin(row: number | null): void {
    this.pinned = row;
    this.marks.pinned = row === null ? null : this.cloud.find(row);
    this.marks.follow();
    showCard(row === null ? null : this.want(row), () => this.pin(null));
  }

  /** Another scene: its rows may be other curves. */
  reset(): void {
    this.point(null);
    this.pin(null);
  }

  /** A card has arrived. */
  carded(card: Card): void {
    if (card.row === this.hovered) this.marks.say(tagLine(card));
    if (card.row === this.pinned) showCard(card, () => this.pin(null));
  }
}
