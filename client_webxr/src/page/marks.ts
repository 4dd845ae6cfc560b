// Marks over the picture that follow points: ring and tag of the hovered point, ring of the pinned one.

import type { Display } from "../picture/display";
import { byId, svg } from "../dom/element";
import { place } from "../cloud/pick";

const RING = 7;

export class Marks {
  /** x, y, z of the marked points, or null. */
  hovered: ArrayLike<number> | null = null;
  pinned: ArrayLike<number> | null = null;
  private readonly tag = byId("tag");
  private readonly rings = [
    svg("circle", { class: "ring", r: RING }),
    svg("circle", { class: "ring", r: RING }),
  ] as const;

  constructor(private readonly display: Display) {
    byId<SVGSVGElement>("overlay").append(...this.rings);
    display.onAfter(() => this.follow());
    this.follow();
  }

  /** Write the tag of the hovered point, or hide it. */
  say(line: readonly (Node | string)[] | null): void {
    this.tag.hidden = line === null;
    this.tag.replaceChildren(...(line ?? []));
    this.follow();
  }

  /** Move every mark to its point. */
  follow(): void {
    const { width, height } = this.display.orbit;
    const matrix = this.hovered === null && this.pinned === null ? [] : this.display.orbit.matrix();
    [this.hovered, this.pinned].forEach((point, i) => {
      const at = point === null ? null : place(matrix, point, width, height);
      const ring = this.rings[i]!;
      ring.setAttribute("visibility", at === null ? "hidden" : "visible");
      if (at === null) return;
      ring.setAttribute("cx", at[0].toFixed(1));
      ring.setAttribute("cy", at[1].toFixed(1));
      if (i === 0) this.placeTag(at);
    });
  }

  /** Put the tag beside the point, on the side with room. */
  private placeTag([x, y]: readonly [number, number]): void {
    if (this.tag.hidden) return;
    const { offsetWidth, offsetHeight } = this.tag;
    const left = x + 14 + offsetWidth > this.display.orbit.free ? x - 14 - offsetWidth : x + 14;
    const top = Math.min(Math.max(4, y - offsetHeight / 2), this.display.orbit.height - offsetHeight - 4);
    this.tag.style.transform = `translate(${Math.round(Math.max(4, left))}px, ${Math.round(top)}px)`;
  }
}
