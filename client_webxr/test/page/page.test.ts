import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const text = (path: string) => new TextDecoder().decode(readFileSync(new URL(path, import.meta.url)));

test("the page runs under default-src 'self': no inline scripts or styles, no foreign hosts", () => {
  const page = text("../../index.html");
  expect(page).not.toMatch(/\sstyle=|<style|\son\w+=|<script(?![^>]*\ssrc=)/);
  expect(page).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
});

test("every element that the code looks up by id is in index.html", () => {
  const page = text("../../index.html");
  const sources = readdirSync(new URL("../../src", import.meta.url), { recursive: true }).filter((name) => name.endsWith(".ts"));
  const wanted = sources.flatMap((name) =>
    [...text(`../../src/${name}`).matchAll(/byId(?:<\w+>)?\("([\w-]+)"\)/g)].map((found) => found[1]!),
  );
  expect(wanted.length).toBeGreaterThan(20);
  for (const id of wanted) expect(page).toContain(`id="${id}"`);
});

test("shaders have no #version line: each host adds its own", () => {
  const shaders = readdirSync(new URL("../../../shaders", import.meta.url));
  expect(shaders).toContain("points.vert");
  for (const name of shaders) expect(text(`../../../shaders/${name}`)).not.toMatch(/^\s*#version/m);
});
