import { beforeEach, expect, test } from "vitest";
import type { Curve, Order } from "../../src/page/rowPages";
import { Table } from "../../src/page/table";
import { byId, type FakeElement, openPage } from "../dom";

let asked: [number, Order][];
let chosen: number[];
let failed: string[];
let broken: boolean;
let table: Table;

const curve = (row: number): Curve => ({ row, label: `${row}.a1`, conductor: 1000 + row, rank: row % 2 ? 1 : null, torsion: 1, root_number: -1 });

beforeEach(() => {
  openPage();
  [asked, chosen, failed, broken] = [[], [], [], false];
  const fetch = async (offset: number, limit: number, order: Order) => {
    asked.push([offset, order]);
    if (broken) throw new Error("no answer.");
    return Array.from({ length: limit }, (_, i) => curve(offset + i));
  };
  table = new Table(fetch, { chosen: (row) => chosen.push(row), failed: (line) => failed.push(line) });
});

const settle = () => new Promise((done) => setTimeout(done, 0));
const rows = () => byId("table").querySelectorAll(".space")[0]!.children.filter(({ hidden }) => !hidden);
const cells = (row: FakeElement) => row.children.map(({ textContent }) => textContent);
const body = () => byId("table").querySelector(".body")!;

test("only the rows in view exist, and their page is fetched once", async () => {
  table.show(10_000, 1);
  await settle();
  expect(rows().length).toBe(13);
  expect(cells(rows()[1]!)).toEqual(["1.a1", "1,001", "1", "1", "−1"]);
  expect(cells(rows()[0]!)[2]).toBe("?"); // an unknown rank
  expect(asked.map(([offset]) => offset)).toEqual([0]);
  table.show(10_000, 1);
  expect(asked.length).toBe(1);
});

test("a column sorts, the second time in the other direction", async () => {
  table.show(100, 1);
  const [, conductor] = byId("table").querySelectorAll("button");
  conductor!.click();
  conductor!.click();
  await settle();
  expect(asked.slice(1).map(([, { column, descending }]) => [column, descending])).toEqual([
    ["conductor", false],
    ["conductor", true],
  ]);
  expect(conductor!.parentElement!.getAttribute("aria-sort")).toBe("descending");
});

test("keys move by rows, and Enter chooses", async () => {
  table.show(100, 1);
  await settle();
  body().fire("keydown", { key: "ArrowDown" });
  body().fire("keydown", { key: "ArrowDown" });
  body().fire("keydown", { key: "Enter" });
  expect(chosen).toEqual([2]);
  expect(rows()[2]!.getAttribute("aria-selected")).toBe("true");
});

test("End goes to the last row, and its page is fetched", async () => {
  table.show(950, 1);
  body().fire("keydown", { key: "End" });
  await settle();
  expect(asked.map(([offset]) => offset)).toContain(900);
  body().fire("keydown", { key: "Enter" });
  expect(chosen).toEqual([949]);
});

test("a page that cannot be loaded is reported with the reason", async () => {
  broken = true;
  table.show(100, 1);
  await settle();
  expect(failed).toEqual(["The rows of the table could not be loaded: no answer. Scroll to try again."]);
});

test("an empty selection hides the table", () => {
  table.show(0, 1);
  expect(byId("curves").hidden).toBe(true);
});
