// A document for tests: the elements of index.html with as much of the DOM as the modules of the page use. Nothing is
// laid out or drawn; `frame()` calls the callbacks of requestAnimationFrame.

import { readFileSync } from "node:fs";

type Handler = (event: Event & Record<string, unknown>) => void;

const VOID = new Set(["input", "meta", "link", "br", "!doctype"]);

/** An element, or a text with the tag "#text". */
export class FakeElement {
  parentElement: FakeElement | null = null;
  nodes: FakeElement[] = [];
  hidden = false;
  value = "";
  text = "";
  readonly dataset: Record<string, string> = {};
  readonly style: Record<string, unknown> & { setProperty(name: string, value: string): void };
  private readonly attributes = new Map<string, string>();
  private readonly handlers = new Map<string, Handler[]>();

  constructor(readonly tag: string) {
    const style: Record<string, unknown> = {};
    this.style = Object.assign(style, { setProperty: (name: string, value: string) => void (style[name] = value) });
  }

  // ---- attributes ----

  setAttribute(name: string, value: string): void {
    this.attributes.set(name, value);
    if (name === "hidden") this.hidden = true;
    if (name === "checked") Object.assign(this, { checked: true });
    if (name === "value" || name === "title" || name === "disabled") Object.assign(this, { [name]: value });
  }
  getAttribute(name: string): string | null {
    return this.attributes.get(name) ?? null;
  }
  removeAttribute(name: string): void {
    this.attributes.delete(name);
  }
  get id(): string {
    return this.getAttribute("id") ?? "";
  }
  set id(id: string) {
    this.setAttribute("id", id);
  }
  get className(): string {
    return this.getAttribute("class") ?? "";
  }
  set className(names: string) {
    this.setAttribute("class", names);
  }
  get ariaLabel(): string | null {
    return this.getAttribute("aria-label");
  }
  set ariaLabel(label: string | null) {
    this.setAttribute("aria-label", label ?? "");
  }
  get classList() {
    const names = () => this.className.split(" ").filter((name) => name !== "");
    const set = (name: string, on: boolean) =>
      (this.className = [...names().filter((each) => each !== name), ...(on ? [name] : [])].join(" "));
    return {
      add: (name: string) => void set(name, true),
      remove: (name: string) => void set(name, false),
      contains: (name: string) => names().includes(name),
      toggle: (name: string, on = !names().includes(name)) => void set(name, on),
    };
  }

  // ---- the tree ----

  get children(): FakeElement[] {
    return this.nodes.filter(({ tag }) => tag !== "#text");
  }
  get childElementCount(): number {
    return this.children.length;
  }
  get firstElementChild(): FakeElement | null {
    return this.children[0] ?? null;
  }
  get lastElementChild(): FakeElement | null {
    return this.children.at(-1) ?? null;
  }
  get nextElementSibling(): FakeElement | null {
    const row = this.parentElement?.children ?? [];
    return row[row.indexOf(this) + 1] ?? null;
  }
  get textContent(): string {
    return this.tag === "#text" ? this.text : this.nodes.map((node) => node.textContent).join("");
  }
  set textContent(text: string) {
    this.replaceChildren(text);
  }
  append(...nodes: (FakeElement | string)[]): void {
    for (const each of nodes) {
      const node = typeof each === "string" ? Object.assign(new FakeElement("#text"), { text: each }) : each;
      node.remove();
      node.parentElement = this;
      this.nodes.push(node);
    }
  }
  prepend(...nodes: FakeElement[]): void {
    const after = this.nodes;
    this.nodes = [];
    this.append(...nodes, ...after);
  }
  replaceChildren(...nodes: (FakeElement | string)[]): void {
    for (const node of this.nodes) node.parentElement = null;
    this.nodes = [];
    this.append(...nodes);
  }
  remove(): void {
    if (this.parentElement !== null) this.parentElement.nodes = this.parentElement.nodes.filter((each) => each !== this);
    this.parentElement = null;
  }
  contains(other: FakeElement | null): boolean {
    for (let at = other; at !== null; at = at.parentElement) if (at === this) return true;
    return false;
  }
  all(): FakeElement[] {
    return this.children.flatMap((child) => [child, ...child.all()]);
  }
  querySelectorAll(selector: string): FakeElement[] {
    return this.all().filter((each) => each.matches(selector));
  }
  /** Whether a selector of tags, classes, ids, attributes, `:not` and descendants matches. */
  matches(selector: string): boolean {
    return selector.split(",").some((part) => {
      const parts = part.trim().split(/\s+/);
      if (!this.is(parts.pop()!)) return false;
      let above = this.parentElement;
      for (const each of parts.reverse()) {
        while (above !== null && !above.is(each)) above = above.parentElement;
        if (above === null) return false;
        above = above.parentElement;
      }
      return true;
    });
  }
  private is(compound: string): boolean {
    const rest = compound.replace(/:not\(([^)]*)\)/g, "");
    const excluded = [...compound.matchAll(/:not\(([^)]*)\)/g)].some(([, inner]) => this.is(inner!));
    return !excluded && (rest.match(/^[\w-]+|[.#][\w-]+|\[[^\]]*\]/g) ?? []).every((each) => {
      if (each[0] === ".") return this.classList.contains(each.slice(1));
      if (each[0] === "#") return this.id === each.slice(1);
      if (each[0] !== "[") return this.tag === each;
      const [name, value] = each.slice(1, -1).split("=");
      const own = this.getAttribute(name!);
      return value === undefined ? own !== null : own === value.replaceAll('"', "");
    });
  }
  querySelector(selector: string): FakeElement | null {
    return this.querySelectorAll(selector)[0] ?? null;
  }

  // ---- events and layout ----

  addEventListener(type: string, handler: Handler): void {
    this.handlers.set(type, [...(this.handlers.get(type) ?? []), handler]);
  }
  removeEventListener(type: string, handler: Handler): void {
    this.handlers.set(type, (this.handlers.get(type) ?? []).filter((each) => each !== handler));
  }
  /** Call the handlers of an event here and in the elements around. */
  fire(type: string, event: Record<string, unknown> = {}): void {
    const whole = { type, target: this, preventDefault() {}, stopPropagation() {}, stopImmediatePropagation() {}, ...event };
    for (let at: FakeElement | null = this; at !== null; at = at.parentElement)
      for (const each of at.handlers.get(type) ?? []) each(whole as never);
  }
  click(): void {
    this.fire("click");
  }
  focus(): void {
    fakeDocument.activeElement = this;
  }
  blur(): void {
    fakeDocument.activeElement = fakeDocument.body;
  }
  select(): void {}
  scrollIntoView(): void {}
  setPointerCapture(): void {}
  get ownerDocument(): FakeElement {
    return fakeDocument.body;
  }
  getRootNode(): FakeElement {
    return this;
  }
  getBoundingClientRect() {
    return { left: 0, top: 0, right: 800, bottom: 600, width: 800, height: 600 };
  }
  clientWidth = 800;
  clientHeight = 600;
  offsetWidth = 100;
  offsetHeight = 20;

  // ---- a canvas ----

  width = 0;
  height = 0;
  getContext(kind: string): unknown {
    return kind === "2d" ? drawingContext() : null;
  }
  toDataURL(): string {
    return "data:,";
  }
}

/** A 2D context that draws nothing; every text is 10 pixels wide. */
function drawingContext(): unknown {
  const own: Record<string, unknown> = { measureText: () => ({ width: 10 }) };
  return new Proxy(own, { get: (target, name: string) => target[name] ?? (() => undefined) });
}

class FakeDocument {
  documentElement = new FakeElement("html");
  body = new FakeElement("body");
  activeElement: FakeElement = this.body;
  title = "";

  getElementById(id: string): FakeElement | null {
    return this.body.all().find((each) => each.id === id) ?? null;
  }
  createElement(tag: string): FakeElement {
    return new FakeElement(tag);
  }
  createElementNS(_space: string, tag: string): FakeElement {
    return new FakeElement(tag);
  }
}

let fakeDocument = new FakeDocument();
let handlers = new FakeElement("window");
let frames: ((now: number) => void)[] = [];

/** The elements of index.html in a new document, on the globals that the page's modules read. */
export function openPage(): FakeDocument {
  fakeDocument = new FakeDocument();
  frames = [];
  const html = new TextDecoder().decode(readFileSync(new URL("../index.html", import.meta.url)));
  parse(html.slice(html.indexOf("<body>") + 6, html.indexOf("</body>")), fakeDocument.body);
  const observer = class {
    observe() {}
  };
  handlers = new FakeElement("window");
  Object.assign(globalThis, {
    document: fakeDocument,
    window: globalThis,
    HTMLElement: FakeElement,
    ResizeObserver: observer,
    ImageData: class {},
    Path2D: class {},
    devicePixelRatio: 1,
    localStorage: storage(),
    matchMedia: () => ({ matches: false, addEventListener() {} }),
    getComputedStyle: () => ({ color: "rgb(1, 2, 3)", fontFamily: "sans-serif" }),
    location: { hash: "", reload() {} },
    requestAnimationFrame: (then: (now: number) => void) => frames.push(then),
    addEventListener: (type: string, handler: Handler) => handlers.addEventListener(type, handler),
  });
  return fakeDocument;
}

/** The element with this id. Throws when the page has none. */
export function byId(id: string): FakeElement {
  const found = fakeDocument.getElementById(id);
  if (found === null) throw new Error(`expected an element #${id} in index.html`);
  return found;
}

/** An event of the window. */
export function fireWindow(type: string, event: Record<string, unknown> = {}): void {
  handlers.fire(type, event);
}

/** A frame of the browser: what was asked for before it is done, and what that asks for waits for the next. */
export function frame(now = performance.now()): void {
  const due = frames;
  frames = [];
  for (const then of due) then(now);
}

function storage() {
  const kept = new Map<string, string>();
  return { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value) };
}

function parse(html: string, root: FakeElement): void {
  const open = [root];
  for (const [, close, tag, attributes, text] of html.matchAll(/<(\/?)([\w!]+)([^>]*)>|([^<]+)/g)) {
    const parent = open.at(-1)!;
    if (text !== undefined) {
      if (text.trim() !== "") parent.append(text.trim());
    } else if (close === "/") open.pop();
    else {
      const made = new FakeElement(tag!);
      for (const [, name, value] of attributes!.matchAll(/([\w-]+)(?:="([^"]*)")?/g)) made.setAttribute(name!, value ?? "");
      parent.append(made);
      if (!VOID.has(tag!) && !attributes!.endsWith("/")) open.push(made);
    }
  }
}
