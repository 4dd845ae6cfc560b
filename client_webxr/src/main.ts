// The page begins: it makes the client, and hands it what the user does.

import { Client } from "./client";
import { byId } from "./element";
import { door, enter } from "./enter";
import { expose } from "./hook";
import { keySheet, onKey } from "./keys";
import { Lasso } from "./lasso";
import { message, notice } from "./notice";
import { pick } from "./pick";
import { Pointer } from "./pointer";
import { Rate, statusLine } from "./status";

/** Milliseconds without a picture after which the picture is said to be still. */
const STILL = 400;
/** Milliseconds between two changes of the line that says so: words that flicker cannot be read. */
const REST = 250;
const NARROW = "(max-width: 719px)";

function main(): void {
  const host = byId("picture");
  const client = make(host);
  if (client === null) return;
  const lasso = new Lasso(host, byId<SVGSVGElement>("overlay"), {
    began: () => client.hover(null),
    done: (line, operation) => client.stroke(line, operation),
  });
  point(host, client, lasso);
  const fold = foldPanel(client);
  keys(client, lasso, fold);
  watch(client);
  byId("connection").addEventListener(
    "click",
    () => client.connection.state.kind === "lost" && client.connection.connect(),
  );
  window.addEventListener("online", () => client.connection.state.kind === "lost" && client.connection.connect());
  // An address pasted into this very page changes its fragment and loads nothing by itself.
  window.addEventListener("hashchange", () => void enter(door).then((shown) => shown && location.reload()));
  void enter(door).then(() => client.connection.connect());
}

function make(host: HTMLElement): Client | null {
  try {
    return new Client(host, matchMedia("(prefers-reduced-motion: reduce)").matches);
  } catch {
    document.body.classList.add("bare");
    message(
      "WebGL 2 is missing",
      "The picture is drawn with it, and this browser does not offer it here: " +
        "it may be switched off in the settings, or the graphics driver is blocked.",
    );
    return null;
  }
}

function point(host: HTMLElement, client: Client, lasso: Lasso): void {
  const { viewpoint, cloud, hidden } = client;
  const pointer = new Pointer(host, {
    pick: (x, y) =>
      lasso.drawing
        ? null
        : pick(cloud, viewpoint.matrix(), { x, y, width: viewpoint.width, height: viewpoint.height }, hidden),
    hover: (picked) => client.hover(picked),
    click: (picked) => picked !== null && client.pin(picked),
    doubleClick: (picked) => picked === null && client.clear(),
  });
  viewpoint.onMove(() => pointer.again());
}

/** The panel opens and closes; in a narrow window it begins closed, since it would cover the picture. */
function foldPanel(client: Client): () => void {
  const button = byId<HTMLButtonElement>("fold");
  const narrow = matchMedia(NARROW);
  const set = (folded: boolean) => {
    document.body.classList.toggle("folded", folded);
    button.setAttribute("aria-expanded", String(!folded));
    client.viewpoint.cover(narrow.matches ? 0 : byId("panel").offsetWidth); // 0 while it is folded away
  };
  const toggle = () => set(!document.body.classList.contains("folded"));
  button.addEventListener("click", toggle);
  narrow.addEventListener("change", () => set(narrow.matches));
  set(narrow.matches);
  client.viewpoint.home();
  return toggle;
}

function keys(client: Client, lasso: Lasso, fold: () => void): void {
  const sheet = keySheet();
  const loop = byId<HTMLButtonElement>("loop");
  const arm = () => {
    lasso.arm(!lasso.armed);
    loop.setAttribute("aria-pressed", String(lasso.armed));
  };
  loop.addEventListener("click", arm);
  const classes = Array.from({ length: 9 }, (_, i) => [String(i + 1), () => client.toggleClass(i)] as const);
  onKey({
    ...Object.fromEntries(classes),
    "0": () => client.viewpoint.home(),
    "?": () => sheet(),
    l: arm,
    n: () => client.against(),
    p: fold,
    Escape() {
      if (lasso.cancel()) return;
      if (!byId("keys").hidden) return void sheet(false);
      if (!byId("notice").hidden) return notice(null);
      if (client.isPinned) return client.pin(null);
      if (lasso.armed) arm();
    },
  });
}

/** Keep the small line at the bottom right, and note when the first picture with points was there. */
function watch(client: Client): void {
  const rate = new Rate();
  let firstPictureMs = 0;
  let said = -Infinity;
  let quiet: number | undefined;
  let drawn = 0;
  const say = (value: number | null) => {
    drawn = client.cloud.size;
    statusLine(drawn, client.scene?.rows ?? 0, value, client.compute);
  };
  client.display.onAfter((now) => {
    if (firstPictureMs === 0 && client.cloud.size > 0) firstPictureMs = performance.now();
    if (client.scene === null) return;
    const pictures = rate.tick(now);
    if (now - said > REST || client.cloud.size !== drawn) {
      said = now;
      say(pictures);
    }
    window.clearTimeout(quiet);
    quiet = window.setTimeout(() => say(null), STILL);
  });
  expose(client, () => firstPictureMs);
}

main();
