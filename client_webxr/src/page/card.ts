// The card of the pinned curve, and the tag beside the pointer.

import { copyText } from "../dom/clipboard";
import { byId, element } from "../dom/element";
import { known } from "../dom/format";
import type { Card } from "../wire/protocol.gen";

/** Show the card of a curve, or hide the card. */
export function showCard(card: Card | null, close: () => void): void {
  const host = byId("card");
  host.hidden = card === null;
  if (card === null) return host.replaceChildren();
  host.style.top = `${byId("header").getBoundingClientRect().bottom + 10}px`; // the header may have several lines
  const shut = element("button", { type: "button", className: "plain close", textContent: "×", title: "Close (Esc)" });
  shut.addEventListener("click", close);
  host.replaceChildren(
    element("div", { className: "bar" }, element("h2", { textContent: card.label }), shut),
    element("p", { className: "equation", textContent: card.equation }),
    facts([
      ["conductor", known(card.conductor)],
      ["rank", known(card.rank)],
      ["root number", card.root_number === null ? "unknown" : card.root_number < 0 ? "−1" : "+1"],
      ["torsion", known(card.torsion)],
      ["isogeny class", card.isogeny_class],
      ["a-invariants", card.ainvs],
    ]),
    links(card),
  );
}

/** One line about a curve, for the tag beside the pointer. */
export function tagLine(card: Card): (Node | string)[] {
  return [element("b", { textContent: card.label }), `  conductor ${known(card.conductor)}, rank ${known(card.rank)}`];
}

function facts(rows: readonly (readonly [string, string])[]): HTMLElement {
  return element(
    "dl",
    {},
    ...rows.flatMap(([name, value]) => [element("dt", { textContent: name }), element("dd", { textContent: value })]),
  );
}

function links(card: Card): HTMLElement {
  const copy = element("button", { type: "button", textContent: "Copy a-invariants" });
  copy.addEventListener("click", () => {
    void copyText(card.ainvs).then(
      () => (copy.textContent = "Copied"),
      () => (copy.textContent = "The browser refused to copy"),
    );
  });
  const host = element("div", { className: "links" }, copy);
  if (/^https:\/\//.test(card.url)) {
    host.append(
      element("a", { href: card.url, target: "_blank", rel: "noopener noreferrer", textContent: "LMFDB page" }),
    );
  }
  return host;
}
