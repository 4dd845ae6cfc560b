// The commands of the page. A command that `devshell` has, too, uses the same verb.

import type { Client } from "./client";
import type { Command } from "./input/commands";
import type { Drawing } from "./input/drawing";
import { byId } from "./dom/element";
import { CONDUCTOR_HINT, readWindow } from "./page/header";
import { invite } from "./page/invite";
import { words } from "./page/legend";
import { notice } from "./page/notice";
import { OPERATIONS } from "./input/operations";
import type { View } from "./wire/protocol.gen";
import { orbitBy, panBy, zoomBy } from "./input/steer";
import { switchTheme } from "./dom/theme";
import { record } from "./together";
import { TOOLS } from "./page/tools";

/** The client, and the actions of the page beside it. */
export interface PageActions {
  readonly client: Client;
  readonly drawing: Drawing;
  fold(): void;
  split(): void;
  link(): void;
  sheet(): void;
  open(): void;
  find(): void;
  escape(): void;
  save(subject: "plot" | "view", kind: "svg" | "png"): void;
}

/** All commands in the current state. Viewers get no command that changes the shared session. */
export function pageCommands(page: PageActions): Command[] {
  const looking = page.client.scope === "viewer";
  const editing = looking ? [] : [...steps(page), ...tools(page), ...named(page), ...views(page), ...recording(page)];
  return [...editing, ...classes(page), ...eyes(page), ...panels(page)];
}

function steps({ client }: PageActions): Command[] {
  const { undo, redo } = client.selection.word;
  return [
    { name: "undo", about: undo || "undo the newest change", keys: ["Ctrl+z"], able: () => undo !== "", run: () => client.edits.undo() },
    {
      name: "redo",
      about: redo || "redo the undone change",
      keys: ["Ctrl+Shift+z", "Ctrl+y"],
      able: () => redo !== "",
      run: () => client.edits.redo(),
    },
  ];
}

function tools({ client, drawing, open }: PageActions): Command[] {
  const brush = () => drawing.armed && drawing.tool === "brush";
  return [
    ...TOOLS.map(({ tool, words: name, key }) => ({
      name: `lasso draw ${tool === "lasso" ? "line" : tool}`,
      about: `${name.toLowerCase()} by dragging, on or off`,
      keys: [key],
      run: () => drawing.take(tool),
    })),
    { name: "brush smaller", about: "a smaller brush", keys: ["["], able: brush, run: () => drawing.grow(-1) },
    { name: "brush larger", about: "a larger brush", keys: ["]"], able: brush, run: () => drawing.grow(1) },
    ...OPERATIONS.map(({ operation, words: about }) => ({
      name: `draw to ${operation}`,
      about: `plain drags: ${about}`,
      able: () => drawing.armed,
      run: () => drawing.combine(operation),
    })),
    { name: "lasso open", about: "select the curves of a downloaded selection (or drop its file here)", run: open },
    { name: "lasso clear", about: "select nothing", keys: ["Delete", "Backspace"], run: () => client.edits.clear() },
  ];
}

function named({ client }: PageActions): Command[] {
  const some = () => client.selection.word.count > 0;
  return [
    { name: "lasso name", about: "keep the selection under a name", takes: "NAME", able: some, run: (name) => client.ask({ type: "name", name }) },
    { name: "lasso list", about: "go to the named selections", run: () => byId("names").querySelector("button")?.focus() },
    ...client.names.flatMap(({ name, slot }): Command[] => [
      { name: `lasso show ${name}`, about: "select it", run: () => client.edits.recall(name, "replace") },
      { name: `lasso add ${name}`, about: "add it to the selection", run: () => client.edits.recall(name, "add") },
      { name: `lasso subtract ${name}`, about: "take it away from the selection", run: () => client.edits.recall(name, "subtract") },
      { name: `lasso intersect ${name}`, about: "keep what is in both", run: () => client.edits.recall(name, "intersect") },
      {
        name: `lasso ${slot > 0 ? "unmark" : "mark"} ${name}`,
        about: slot > 0 ? "stop showing it in its colour" : "show it in its colour",
        run: () => client.ask({ type: "mark", name, on: slot === 0 }),
      },
      { name: `lasso forget ${name}`, about: "drop it", run: () => client.ask({ type: "forget", name }) },
    ]),
  ];
}

function views({ client }: PageActions): Command[] {
  const { scene } = client;
  if (scene === null) return [];
  const look = (change: Partial<View>) => {
    const { projection, column: classes, conductor } = scene;
    client.ask({ type: "view", projection, classes, conductor, ...change });
  };
  return [
    { name: "projection", about: "one to three axes", takes: "pc1,pc2,pc3", run: (projection) => look({ projection }) },
    {
      name: "conductor",
      about: "the lowest and the highest to show",
      takes: "7500 to 10000",
      run(text) {
        const conductor = readWindow(text);
        if (conductor === null) notice(CONDUCTOR_HINT);
        else look({ conductor });
      },
    },
    ...scene.columns.map((column) => ({
      name: `colour by ${words(column)}`,
      about: "classes and their colours",
      able: () => column !== scene.column,
      run: () => look({ classes: column }),
    })),
  ];
}

function recording({ client }: PageActions): Command[] {
  return [
    { name: "record", about: "begin or end a recording", run: () => record(client) },
    { name: "vr link", about: "a code that lets others in to edit", run: () => void invite("editor") },
    { name: "vr link --look", about: "a code that lets others in to look", run: () => void invite("viewer") },
  ];
}

function classes({ client }: PageActions): Command[] {
  const { scene } = client;
  if (scene === null) return [];
  return [
    ...scene.classes.slice(0, 9).map(({ value }, i) => ({
      name: `${client.hidden.has(i) ? "show" : "hide"} ${words(scene.column)} ${value}`,
      about: i === 0 ? "show or hide a class" : "",
      keys: [String(i + 1)],
      shown: "1 to 9",
      run: () => client.toggleClass(i),
    })),
  ];
}

function eyes({ client }: PageActions): Command[] {
  const { orbit } = client;
  const turn = (name: string, keys: string[], run: () => void, about = "", shown = ""): Command => ({ name, about, keys, shown, run });
  return [
    { name: "see all", about: "the whole cloud again", keys: ["0"], run: () => orbit.home() },
    turn("turn left", ["ArrowLeft"], () => orbitBy(orbit, -1, 0), "turn", "← → ↑ ↓"),
    turn("turn right", ["ArrowRight"], () => orbitBy(orbit, 1, 0)),
    turn("turn up", ["ArrowUp"], () => orbitBy(orbit, 0, 1)),
    turn("turn down", ["ArrowDown"], () => orbitBy(orbit, 0, -1)),
    turn("move left", ["Shift+ArrowLeft"], () => panBy(orbit, -1, 0), "move aside", "Shift-← → ↑ ↓"),
    turn("move right", ["Shift+ArrowRight"], () => panBy(orbit, 1, 0)),
    turn("move up", ["Shift+ArrowUp"], () => panBy(orbit, 0, 1)),
    turn("move down", ["Shift+ArrowDown"], () => panBy(orbit, 0, -1)),
    turn("zoom in", ["+", "="], () => zoomBy(orbit, 1), "zoom", "+ −"),
    turn("zoom out", ["-"], () => zoomBy(orbit, -1)),
  ];
}

function panels(page: PageActions): Command[] {
  return [
    { name: "plot against", about: "n, p or p/N in turn", keys: ["n"], run: () => page.client.murmuration.against() },
    { name: "save plot svg", about: "the plot for print, as SVG", run: () => page.save("plot", "svg") },
    { name: "save plot png", about: "the plot for print, as PNG", run: () => page.save("plot", "png") },
    { name: "save view svg", about: "the view with axes and legend, as SVG", run: () => page.save("view", "svg") },
    { name: "save view png", about: "the view with axes and legend, as PNG", keys: ["s"], run: () => page.save("view", "png") },
    { name: "panel", about: "selection panel, open or closed", keys: ["p"], run: () => page.fold() },
    { name: "wireframe", about: "lines of equal density instead of points, or back", keys: ["w"], run: () => page.client.modes.toggle() },
    { name: "split", about: "a second projection beside this one", keys: ["d"], run: () => page.split() },
    { name: "link", about: "copy a link to this view", run: () => page.link() },
    { name: "theme", about: "dark or light", keys: ["t"], run: switchTheme },
    { name: "commands", about: "find a command", keys: ["Ctrl+k"], run: () => page.find() },
    { name: "keys", about: "the sheet of keys", keys: ["?"], run: () => page.sheet() },
    { name: "cancel", about: "cancel, close", keys: ["Escape"], run: () => page.escape() },
  ];
}
