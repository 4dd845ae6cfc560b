// The entry point: makes the client with its pictures and views, and connects it to the page's controls.

import { Beside } from "./page/beside";
import { Client, LEAST_POINTS } from "./client";
import { Cloud } from "./cloud/cloud";
import { Wireframes } from "./cloud/wireframes";
import { byId, element } from "./dom/element";
import { fetchPage, prepareFiles } from "./page/curves";
import { browserEntry, enter } from "./wire/enter";
import { Drawing } from "./input/drawing";
import { plotFile, save, viewFile } from "./files";
import { Finder } from "./page/finder";
import { grouped } from "./dom/format";
import { expose } from "./testApi";
import { keySheet, onKey } from "./input/keys";
import { paneOf } from "./page/link";
import { prepareOpening } from "./page/openFile";
import { notice } from "./page/notice";
import { houseHex } from "./picture/palette";
import { pick, type Picked } from "./cloud/pick";
import { Pointer } from "./input/pointer";
import { copyLink, restore } from "./restore";
import { Rate, statusLine } from "./page/status";
import { CLOSER, zoomBy } from "./input/steer";
import { onTheme, restoreTheme, switchTheme, theme } from "./dom/theme";
import { Table } from "./page/table";
import { together } from "./together";
import { Tools } from "./page/tools";
import { pageCommands, type PageActions } from "./pageCommands";
import { Doorway } from "./xr/doorway";
import type { Surroundings } from "./xr/entry";
import { Immersion } from "./xr/immersion";
import { Display } from "./picture/display";
import { Modes } from "./picture/modes";
import { OrbitCamera } from "./picture/orbitCamera";
import { makePictures } from "./picture/pictures";
import { makeViews } from "./page/views";
import { browserNetwork } from "./wire/connection";

/** Milliseconds without a picture after which the rate is shown as still. */
const STILL = 400;
/** Least milliseconds between two changes of the status line: flickering text cannot be read. */
const REST = 250;
const NARROW = "(max-width: 719px)";

function main(): void {
  restoreTheme();
  const host = byId("picture");
  const pane = paneOf(location.hash);
  const client = makeClient(host, pane);
  const drawing: Drawing = new Drawing(host, byId<SVGSVGElement>("overlay"), {
    began: () => client.hover.point(null),
    done: (polygon, operation) => client.edits.stroke(polygon, operation),
    aimed: (at) => client.hover.point(at === null || drawing.drawing ? null : under(client, ...at)),
    changed: () => tools.show(),
  });
  const tools: Tools = new Tools(drawing, { undo: () => client.edits.undo(), redo: () => client.edits.redo() });
  client.onMessage((heard) => heard.type === "selected" && tools.steps(heard.undo, heard.redo));
  curves(client);
  tools.steps("", "");
  point(host, client, drawing);
  const room = foldPanel(client);
  const beside = new Beside(room.changed);
  keys(client, drawing, room.fold, beside);
  document.body.classList.toggle("pane", pane > 0);
  together(client, pane);
  restore(client, drawing);
  themes(client);
  watch(client, headset(client));
  byId("connection").addEventListener(
    "click",
    () => client.connection.state.kind === "lost" && client.connection.connect(),
  );
  window.addEventListener("online", () => client.connection.state.kind === "lost" && client.connection.connect());
  // An address pasted into this page changes only its fragment, and loads nothing.
  window.addEventListener("hashchange", () => void enter(browserEntry).then((shown) => shown && location.reload()));
  void enter(browserEntry).then(() => client.connection.connect());
}

function makeClient(host: HTMLElement, pane: number): Client {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const [cloud, wireframes, orbit] = [new Cloud(), new Wireframes(), new OrbitCamera(host)];
  const pictures = makePictures(orbit, cloud, wireframes, still, {
    context: (event) => modes.context(event),
    took: (milliseconds) => modes.took(milliseconds),
  });
  const modes: Modes = new Modes(pictures, () => cloud.size, LEAST_POINTS);
  const display = new Display(orbit, modes.picture, cloud);
  const views = makeViews(display, cloud, {
    view: (view) => client.ask(view),
    card: (row) => client.cards.want(row),
    against: (axis) => client.connection.send({ type: "against", axis }),
    toggleClass: (index) => client.toggleClass(index),
    keep: (name) => client.ask({ type: "name", name }),
    recall: (name, operation) => client.edits.recall(name, operation),
    forget: (name) => client.ask({ type: "forget", name }),
    mark: (name, on) => client.ask({ type: "mark", name, on }),
  });
  const network = browserNetwork(pane);
  const client: Client = new Client({ network, cloud, wireframes, orbit, modes, display, views });
  return client;
}

function point(host: HTMLElement, client: Client, drawing: Drawing): void {
  const pointer = new Pointer(host, {
    pick: (x, y) => (drawing.drawing ? null : under(client, x, y)),
    hover: (picked) => client.hover.point(picked),
    click: (picked) => picked !== null && client.hover.pin(picked.row),
    doubleClick: (picked) => picked === null && client.edits.clear(),
  });
  client.orbit.onMove(() => pointer.again());
}

/** The point at a position in the picture, in CSS pixels. */
function under({ orbit, cloud, hidden }: Client, x: number, y: number): Picked | null {
  return pick(cloud, orbit.matrix(), { x, y, width: orbit.width, height: orbit.height }, hidden);
}

/** Open and close the panel. In a narrow window it starts closed, since it would cover the picture. */
function foldPanel(client: Client): { fold: () => void; changed: () => void } {
  const button = byId<HTMLButtonElement>("fold");
  const narrow = matchMedia(NARROW);
  const set = (folded: boolean) => {
    document.body.classList.toggle("folded", folded);
    button.setAttribute("aria-expanded", String(!folded));
    changed();
  };
  // A picture that ends where the panel or the second view begins is not covered.
  const changed = () => {
    const beside = narrow.matches || document.body.classList.contains("linked");
    client.orbit.cover(beside ? 0 : byId("panel").offsetWidth); // 0 while it is closed
  };
  const toggle = () => set(!document.body.classList.contains("folded"));
  button.addEventListener("click", toggle);
  narrow.addEventListener("change", () => set(narrow.matches));
  set(narrow.matches);
  client.orbit.home();
  keepFit(client.orbit);
  return { fold: toggle, changed };
}

/** Keep the same content in a picture that becomes narrower: the camera moves back as needed, and returns. */
function keepFit(orbit: OrbitCamera): void {
  const fit = () => Math.min(1, orbit.free / orbit.height);
  let before = fit();
  orbit.onResize(() => {
    const now = fit();
    if (now !== before) zoomBy(orbit, Math.log(before / now) / Math.log(CLOSER));
    before = now;
  });
}

function keys(client: Client, drawing: Drawing, fold: () => void, beside: Beside): void {
  const commands = () => pageCommands(page);
  const finder = new Finder(commands);
  const sheet = keySheet(commands);
  const page: PageActions = {
    client,
    drawing,
    fold,
    split: () => beside.toggle(),
    link: () => void copyLink(client, drawing),
    sheet: () => sheet(),
    open: prepareOpening((recipe) => client.edits.open(recipe), notice),
    save: (subject, kind) => saveFile(client, subject, kind),
    find: () => (finder.isOpen ? finder.close() : finder.open()),
    escape() {
      if (drawing.cancel()) return;
      if (finder.isOpen) return finder.close();
      if (!byId("keys").hidden) return sheet(false);
      if (!byId("notice").hidden) return notice(null);
      if (client.hover.isPinned) return client.hover.pin(null);
      drawing.take(null);
    },
  };
  byId("find").addEventListener("click", () => page.find());
  byId("split").addEventListener("click", () => page.split());
  byId("share").addEventListener("click", () => page.link());
  const files = (["svg", "png"] as const).map((kind) => {
    const title = `Save the plot for print, as ${kind.toUpperCase()}`;
    const button = element("button", { type: "button", textContent: kind.toUpperCase(), title, ariaLabel: title });
    button.addEventListener("click", () => page.save("plot", kind));
    return button;
  });
  byId("plot-files").replaceChildren(element("span", { textContent: "Save" }), ...files);
  onKey(commands, (event) => drawing.key(event));
}

/** The table of the selected curves, with its lists to copy and files to download. */
function curves(client: Client): void {
  const table = new Table(fetchPage, { chosen: (row) => client.hover.pin(row), failed: notice });
  client.onMessage((heard) => heard.type === "selected" && table.show(heard.count, heard.version));
  prepareFiles(notice);
}

/** Save the plot or the view as a file. */
function saveFile(client: Client, subject: "plot" | "view", kind: "svg" | "png"): void {
  const { scene, murmuration } = client;
  const made = scene === null ? null : subject === "plot" ? plotFile(murmuration, scene) : viewFile(client);
  if (scene === null || made === null) return notice("Nothing was saved: there is no picture yet.");
  const name = [scene.dataset, subject, subject === "plot" ? murmuration.axis : scene.projection].join("-").replaceAll(/[^\w.-]+/g, "-");
  save(made, kind, name).catch((error: Error) => notice(`The file was not saved: ${error.message}`));
}

/** The button that switches the theme shows the name of the other theme. */
function themes(client: Client): void {
  const button = byId("theme");
  const show = () => (button.textContent = theme() === "dark" ? "Light" : "Dark");
  button.addEventListener("click", switchTheme);
  onTheme(() => {
    show();
    client.restyle();
  });
  show();
}

/** The headset and its entrance on the page; null without WebGL. */
function headset(client: Client): Immersion | null {
  const colours = () => ({
    panel: houseHex("--panel"),
    ground: houseHex("--ground"),
    line: houseHex("--line"),
    text: houseHex("--text"),
    dim: houseHex("--text-2"),
    axis: houseHex("--axis"),
    accent: houseHex("--accent"),
    danger: houseHex("--danger"),
  });
  const { cloud3d } = client.modes;
  const changed = () => {
    void doorway.refresh();
    client.modes.immersed(immersion?.mode != null);
    if (immersion?.mode === null) client.resumeView();
  };
  const immersion: Immersion | null = cloud3d && new Immersion(client, cloud3d, colours, changed);
  const doorway = new Doorway({
    surroundings: () => ({
      secure: isSecureContext,
      location,
      xr: navigator.xr as Surroundings["xr"],
      hands: immersion?.handTracking !== false,
      webgl: immersion !== null,
      live: client.connection.state.kind === "live",
    }),
    enter: async (mode) => immersion?.enter(mode),
  });
  client.onMessage(({ type }) => type === "scene" && void doorway.refresh());
  return immersion;
}

/** Update the status line, and record the time of the first picture of the cloud. */
function watch(client: Client, immersion: Immersion | null): void {
  const rate = new Rate();
  let firstPictureMs = 0;
  let said = -Infinity;
  let quiet: number | undefined;
  let drawn = 0;
  const say = (value: number | null) => {
    drawn = client.cloud.size;
    const rows = grouped(client.scene?.rows ?? 0);
    const lines = (client.wireframes.cloud?.segments ?? 0) + (client.wireframes.selection?.segments ?? 0);
    const points = `${grouped(drawn)} of ${rows} points`;
    statusLine(client.modes.wireframe ? `${grouped(lines)} lines for ${rows} curves` : points, value, client.compute);
  };
  client.display.onAfter((now) => {
    const something = client.modes.wireframe ? client.wireframes.cloud !== null : client.cloud.size > 0;
    if (firstPictureMs === 0 && something) firstPictureMs = performance.now();
    if (client.scene === null) return;
    const pictures = rate.tick(now);
    if (now - said > REST || client.cloud.size !== drawn) {
      said = now;
      say(pictures);
    }
    window.clearTimeout(quiet);
    quiet = window.setTimeout(() => say(null), STILL);
  });
  expose(client, immersion, () => firstPictureMs);
}

main();
