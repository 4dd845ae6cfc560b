// The finder (Ctrl-K): type a few letters of a command, or a command with its argument.

import { find, spelled, type Command, type Found } from "../input/commands";
import { byId, element } from "../dom/element";

/** Entries shown at once. */
const MOST = 12;

export class Finder {
  private readonly host = byId("finder");
  private readonly field = byId<HTMLInputElement>("finder-text");
  private readonly list = byId("found");
  private found: Found[] = [];
  private at = 0;
  private before: Element | null = null;

  /** `commands` is called at every search, since commands come and go. */
  constructor(private readonly commands: () => readonly Command[]) {
    this.field.addEventListener("input", () => this.search());
    this.field.addEventListener("keydown", (event) => this.key(event));
    this.host.addEventListener("focusout", (event) => {
      if (!this.host.contains(event.relatedTarget as Node | null)) this.close(false);
    });
  }

  get isOpen(): boolean {
    return !this.host.hidden;
  }

  open(): void {
    this.before = document.activeElement;
    this.host.hidden = false;
    this.field.value = "";
    this.search();
    this.field.focus();
  }

  /** With `back` the focus returns to where it was. */
  close(back = true): void {
    if (!this.isOpen) return;
    this.host.hidden = true;
    this.field.blur();
    if (back && this.before instanceof HTMLElement) this.before.focus();
  }

  private search(): void {
    this.found = find(this.commands(), this.field.value).slice(0, MOST);
    this.at = 0;
    const rows = this.found.map(({ command, rest }, i) => {
      const row = element(
        "li",
        { id: `found-${i}`, role: "option" },
        element("span", { textContent: rest === "" ? command.name : `${command.name} ${rest}` }),
        element("small", { textContent: command.takes !== undefined && rest === "" ? command.takes : command.about }),
        element("kbd", { textContent: command.keys === undefined ? "" : spelled(command.keys[0]!) }),
      );
      row.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
      row.addEventListener("click", () => this.run(i));
      return row;
    });
    const nothing = element("li", { textContent: "No command matches. Try fewer letters.", className: "none" });
    this.list.replaceChildren(...(rows.length > 0 ? rows : [nothing]));
    this.mark();
  }

  private key(event: KeyboardEvent): void {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
    const step = steps[event.key];
    if (step !== undefined && this.found.length > 0) {
      this.at = (this.at + step + this.found.length) % this.found.length;
      this.mark();
    } else if (event.key === "Enter") this.run(this.at);
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  private mark(): void {
    [...this.list.children].forEach((row, i) => row.setAttribute("aria-selected", String(i === this.at)));
    this.list.children[this.at]?.scrollIntoView({ block: "nearest" });
    if (this.found.length > 0) this.field.setAttribute("aria-activedescendant", `found-${this.at}`);
    else this.field.removeAttribute("aria-activedescendant");
  }

  /** Run an entry; a command that still needs its argument is written into the field instead. */
  private run(i: number): void {
    const found = this.found[i];
    if (found === undefined) return;
    const { command, rest } = found;
    if (command.takes !== undefined && rest === "") {
      this.field.value = `${command.name} `;
      return this.search();
    }
    this.close();
    command.run(rest);
  }
}
