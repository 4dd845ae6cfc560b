// The table of the selected curves: only the rows in view exist, however long it is.
//
// Browsers limit an element's height to some millions of pixels. So the scrolled body has at most MOST_HEIGHT, where the
// position of the scroll bar is a share of the rows; wheel and keys always move by rows.

import { byId, element } from "../dom/element";
import { grouped } from "../dom/format";
import { RowPages, type Column, type Curve, type Fetch } from "./rowPages";

const ROW = 24;
const VISIBLE = 12;
const MOST_HEIGHT = 4_000_000;

const COLUMNS: readonly { column: Column; title: string; about: string }[] = [
  { column: "label", title: "curve", about: "label" },
  { column: "conductor", title: "N", about: "conductor" },
  { column: "rank", title: "rank", about: "rank" },
  { column: "torsion", title: "tors", about: "order of the torsion subgroup" },
  { column: "root_number", title: "ε", about: "root number" },
];

export interface TableListener {
  /** A row was chosen. */
  chosen(row: number): void;
  failed(line: string): void;
}

export class Table {
  private readonly host = byId("table");
  private readonly body = element("div", { className: "body", role: "rowgroup" });
  private readonly space = element("div", { className: "space", role: "presentation" });
  private readonly rows = Array.from({ length: VISIBLE + 1 }, () => this.row());
  private readonly heads = new Map<Column, HTMLButtonElement>();
  private readonly pages: RowPages;
  /** The row at the top, and the row of the keyboard focus. */
  private first = 0;
  private at = 0;
  private chosen: number | null = null;
  private version = -1;

  constructor(
    fetch: Fetch,
    private readonly listener: TableListener,
  ) {
    this.pages = new RowPages(
      fetch,
      () => this.draw(),
      (error) => listener.failed(`The rows of the table could not be loaded: ${error.message} Scroll to try again.`),
    );
    this.space.append(...this.rows);
    this.body.append(this.space);
    this.host.append(this.head(), this.body);
    this.body.addEventListener("scroll", () => this.scrolled());
    this.body.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    this.body.addEventListener("keydown", (event) => this.key(event));
  }

  /** Show the selection of this version, with this many rows. */
  show(count: number, version: number): void {
    byId("curves").hidden = count === 0;
    if (version === this.version) return;
    this.version = version;
    this.chosen = null;
    this.pages.begin(count);
    this.resize(count);
  }

  private resize(count: number): void {
    this.host.setAttribute("aria-rowcount", String(count + 1));
    this.space.style.height = `${Math.min(count * ROW, MOST_HEIGHT)}px`;
    this.body.style.height = `${Math.min(count, VISIBLE) * ROW}px`;
    this.at = 0;
    this.go(0);
  }

  private head(): HTMLElement {
    const cells = COLUMNS.map(({ column, title, about }) => {
      const button = element("button", { type: "button", className: "plain", textContent: title, title: `Sort by ${about}` });
      button.addEventListener("click", () => this.sort(column));
      this.heads.set(column, button);
      const cell = element("div", { role: "columnheader", ariaLabel: about }, button);
      return cell;
    });
    const row = element("div", { role: "row", className: "head" }, ...cells);
    row.setAttribute("aria-rowindex", "1");
    return element("div", { role: "rowgroup" }, row);
  }

  /** Sort by a column; the second time in the other direction. */
  private sort(column: Column): void {
    const { order, length } = this.pages;
    const descending = order.column === column && !order.descending;
    this.pages.begin(length, { column, descending });
    for (const [each, button] of this.heads) {
      const way = each === column ? (descending ? "descending" : "ascending") : "none";
      button.parentElement!.setAttribute("aria-sort", way);
    }
    this.resize(length);
  }

  private row(): HTMLElement {
    const row = element("div", { role: "row", hidden: true });
    row.append(...COLUMNS.map(() => element("div", { role: "gridcell" })));
    row.addEventListener("click", () => this.choose(Number(row.getAttribute("aria-rowindex")) - 2));
    return row;
  }

  private get last(): number {
    return Math.max(0, this.pages.length - VISIBLE);
  }

  /** Rows for each pixel of the scroll bar: 1 / ROW, unless the body is shortened. */
  private get rate(): number {
    const room = this.space.offsetHeight - this.body.clientHeight;
    return room > 0 ? this.last / room : 0;
  }

  private scrolled(): void {
    const top = this.body.scrollTop * this.rate;
    if (Math.abs(top - this.first) > this.rate) this.first = top; // otherwise this was set by `go`, rounded
    this.draw();
  }

  private wheel(event: WheelEvent): void {
    if (this.pages.length * ROW <= MOST_HEIGHT || event.deltaY === 0) return;
    event.preventDefault();
    this.go(this.first + event.deltaY / ROW);
  }

  private go(first: number): void {
    this.first = Math.min(this.last, Math.max(0, first));
    if (this.rate > 0) this.body.scrollTop = this.first / this.rate;
    this.draw();
  }

  private key(event: KeyboardEvent): void {
    const steps: Record<string, number> = {
      ArrowUp: -1,
      ArrowDown: 1,
      PageUp: -VISIBLE,
      PageDown: VISIBLE,
      Home: -Infinity,
      End: Infinity,
    };
    const step = steps[event.key];
    if (step !== undefined) {
      this.at = Math.min(this.pages.length - 1, Math.max(0, this.at + step));
      if (this.at < this.first) this.go(this.at);
      else if (this.at > this.first + VISIBLE - 1) this.go(this.at - VISIBLE + 1);
      else this.draw();
      this.rows[this.at - Math.floor(this.first)]?.focus({ preventScroll: true });
    } else if (event.key === "Enter" || event.key === " ") this.choose(this.at);
    else return;
    event.preventDefault();
  }

  private choose(i: number): void {
    const curve = this.pages.at(i);
    if (curve === null) return;
    this.at = i;
    this.chosen = curve.row;
    this.draw();
    this.listener.chosen(curve.row);
  }

  private draw(): void {
    const first = Math.floor(this.first);
    const top = this.body.scrollTop - (this.first - first) * ROW;
    this.pages.want(first, first + VISIBLE);
    const reached = this.at >= first && this.at <= first + VISIBLE ? this.at - first : 0;
    this.rows.forEach((row, k) => {
      const i = first + k;
      row.hidden = i >= this.pages.length;
      row.style.transform = `translateY(${top + k * ROW}px)`;
      row.setAttribute("aria-rowindex", String(i + 2));
      const curve = this.pages.at(i);
      row.tabIndex = k === reached ? 0 : -1; // one Tab stop; arrows move from there
      row.setAttribute("aria-selected", String(curve !== null && curve.row === this.chosen));
      COLUMNS.forEach(({ column }, c) => (row.children[c]!.textContent = curve === null ? "" : cell(curve, column)));
    });
  }
}

function cell(curve: Curve, column: Column): string {
  const value = curve[column];
  if (value === null) return "?";
  if (column === "root_number") return Number(value) < 0 ? "−1" : "+1";
  return typeof value === "number" ? grouped(value) : value;
}
