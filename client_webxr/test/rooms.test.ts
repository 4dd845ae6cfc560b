// The import graph of src/: rooms may import rooms below them, no module is in a circle, and no name has two meanings.

import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

/** Each room, and the rooms that it may import. A module of the top level is a room of its own. */
const ROOMS: Record<string, readonly string[]> = {
  dom: [],
  wire: ["dom"],
  cloud: ["wire"],
  picture: ["dom", "wire", "cloud"],
  input: ["dom", "wire", "cloud", "picture"],
  page: ["dom", "wire", "cloud", "picture", "input"],
  client: ["dom", "wire", "cloud", "picture", "input", "page"],
  xr: ["dom", "wire", "cloud", "picture", "page", "client"],
};
for (const [name, own] of Object.entries({
  files: ["client"],
  restore: ["client"],
  together: ["client"],
  pageCommands: ["client", "together"],
  testApi: ["client", "xr"],
  main: ["client", "xr", "files", "restore", "together", "pageCommands", "testApi"],
})) {
  ROOMS[name] = ["dom", "wire", "cloud", "picture", "input", "page", ...own];
}

type Sources = ReadonlyMap<string, string>;
type Graph = ReadonlyMap<string, readonly string[]>;

const IMPORT = /(?:\bfrom|\bimport|\bimport\(|new URL\()\s*"(\.{1,2}\/[^"?]+)"/g;

/** The modules of src/ by path without ending, with their text; worker.ts and d.ts files included. */
function sources(): Sources {
  const root = new URL("../src/", import.meta.url);
  const names = readdirSync(root, { recursive: true }).filter((name) => name.endsWith(".ts"));
  return new Map(names.map((name) => [name.replace(/\.ts$/, ""), new TextDecoder().decode(readFileSync(new URL(name, root)))]));
}

/** The modules that each module imports, types included. */
function graph(modules: Sources): Graph {
  const edges = [...modules].map(([name, text]) => {
    const base = new URL(name, "file:///");
    const found = [...text.matchAll(IMPORT)].map(([, path]) => new URL(path!, base).pathname.slice(1).replace(/\.ts$/, ""));
    return [name, [...new Set(found)].filter((each) => modules.has(each))] as const;
  });
  return new Map(edges);
}

function room(module: string): string {
  return module.split("/")[0]!;
}

function trespasses(edges: Graph): string[] {
  return [...edges].flatMap(([from, to]) =>
    to
      .filter((each) => room(each) !== room(from) && !ROOMS[room(from)]?.includes(room(each)))
      .map((each) => `${from} imports ${each}`),
  );
}

/** The modules of a circle, or none. */
function circle(edges: Graph): string[] {
  const done = new Set<string>();
  const walk = (at: string, way: readonly string[]): string[] => {
    if (way.includes(at)) return way.slice(way.indexOf(at));
    if (done.has(at)) return [];
    for (const next of edges.get(at) ?? []) {
      const found = walk(next, [...way, at]);
      if (found.length > 0) return found;
    }
    done.add(at);
    return [];
  };
  return [...edges.keys()].map((each) => walk(each, [])).find((found) => found.length > 0) ?? [];
}

/** The graph between rooms. */
function between(edges: Graph): Graph {
  const rooms = new Map<string, string[]>();
  for (const [from, to] of edges) {
    const others = to.map(room).filter((each) => each !== room(from));
    rooms.set(room(from), [...(rooms.get(room(from)) ?? []), ...others]);
  }
  return rooms;
}

/** Classes, interfaces and types that two modules declare under one name. */
function ambiguous(modules: Sources): string[] {
  const declared = [...modules.values()].flatMap((text) =>
    [...text.matchAll(/^(?:export )?(?:abstract )?(?:class|interface|type|enum) (\w+)/gm)].map(([, name]) => name!),
  );
  return [...new Set(declared.filter((name, i) => declared.indexOf(name) !== i))];
}

describe("the client's modules", () => {
  const modules = sources();
  const edges = graph(modules);

  test("are found with their imports", () => {
    expect(modules.size).toBeGreaterThan(100);
    expect(edges.get("wire/socket")).toContain("wire/socket.worker");
    expect(edges.get("main")).toContain("client");
  });

  test("stand in a known room", () => {
    expect([...new Set([...modules.keys()].map(room))].filter((each) => !(each in ROOMS))).toEqual([]);
  });

  test("import only the rooms below their own", () => {
    expect(trespasses(edges)).toEqual([]);
  });

  test("form no circle, and neither do the rooms", () => {
    expect(circle(edges)).toEqual([]);
    expect(circle(between(edges))).toEqual([]);
  });

  test("give each type one meaning", () => {
    expect(ambiguous(modules)).toEqual([]);
  });
});

describe("the checks themselves", () => {
  const tree = new Map([
    ["wire/a", 'import { b } from "../dom/b";'],
    ["dom/b", 'import type { C } from "./c";\nclass Same {}'],
    ["dom/c", 'const worker = new URL("../wire/a.ts", import.meta.url);\nexport interface Same {}'],
    ["page/d", 'const later = import("../dom/c");'],
  ]);

  test("find a circle through types and workers", () => {
    expect(circle(graph(tree))).toEqual(["wire/a", "dom/b", "dom/c"]);
    expect(circle(graph(new Map([...tree].slice(1))))).toEqual([]);
  });

  test("find an import of a room above", () => {
    expect(trespasses(graph(tree))).toEqual(["dom/c imports wire/a"]);
  });

  test("find a circle of rooms without one of modules", () => {
    const rooms = new Map([
      ["wire/a", ["dom/b"]],
      ["dom/c", ["wire/d"]],
    ]);
    expect(circle(rooms)).toEqual([]);
    expect(circle(between(rooms))).toEqual(["wire", "dom"]);
  });

  test("find a name with two meanings", () => {
    expect(ambiguous(tree)).toEqual(["Same"]);
  });
});
