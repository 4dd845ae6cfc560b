// The members of the session: a chip with a dot for each at the top right, and the list behind it, where the user can
// change their name.

import { byId, element } from "../dom/element";
import { remember, remembered } from "../dom/storage";
import { inTheme } from "../picture/palette";
import type { Person } from "../wire/protocol.gen";

const KEY = "name";
/** Most dots in the chip; a number beside them counts all members. */
const MOST_DOTS = 5;
const KINDS: Record<Person["kind"], string> = {
  browser: "in a browser",
  vr: "in VR",
  ar: "in AR",
  wireframe: "on the wireframe",
  window: "in a window",
  script: "a script",
};

export class PeopleList {
  private own = 0;
  private items: readonly Person[] = [];
  private readonly button = byId<HTMLButtonElement>("people");
  private readonly sheet = byId("people-list");
  private readonly field = byId<HTMLInputElement>("own-name");

  /** `introduce` sends the user's name to the server. */
  constructor(private readonly introduce: (name: string) => void) {
    this.button.addEventListener("click", () => this.open(this.sheet.hidden === true));
    byId("rename").addEventListener("submit", (event) => {
      event.preventDefault();
      const name = this.field.value.trim();
      if (name === "") return;
      remember(KEY, name);
      this.introduce(name);
      this.open(false);
      this.button.focus();
    });
    this.sheet.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.open(false);
      this.button.focus();
    });
  }

  /** The server has given this page an id and a name; a stored name replaces the latter. */
  welcome(id: number, name: string): void {
    this.own = id;
    const kept = remembered(KEY);
    if (kept !== null && kept !== name) this.introduce(kept);
  }

  show(items: readonly Person[]): void {
    this.items = items;
    this.button.hidden = false;
    const dots = items.slice(0, MOST_DOTS).map(({ colour }) => dot(colour));
    const count = items.length === 1 ? "1 person" : `${items.length} people`;
    this.button.replaceChildren(...dots, element("span", { textContent: String(items.length) }));
    this.button.setAttribute("aria-label", `${count} here`);
    this.button.title = `${count} here: ${items.map((each) => each.name).join(", ")}`;
    byId("persons").replaceChildren(...items.map((each) => this.row(each)));
  }

  /** Take every colour from the current theme. */
  restyle(): void {
    if (this.items.length > 0) this.show(this.items);
  }

  /** The other members. */
  get others(): readonly Person[] {
    return this.items.filter((each) => each.id !== this.own);
  }

  private row({ id, name, colour, kind }: Person): HTMLElement {
    const place = id === this.own ? "you" : KINDS[kind];
    return element("li", {}, dot(colour), element("b", { textContent: name }), element("span", { textContent: place }));
  }

  private open(open: boolean): void {
    this.sheet.hidden = !open;
    this.button.setAttribute("aria-expanded", String(open));
    if (!open) return;
    this.field.value = this.items.find((each) => each.id === this.own)?.name ?? "";
    this.field.select();
  }
}

function dot(colour: string): HTMLElement {
  const made = element("i", { className: "swatch" });
  made.style.background = inTheme(colour);
  return made;
}
