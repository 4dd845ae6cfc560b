import { beforeEach, expect, test } from "vitest";
import { CONDUCTOR_HINT, Header, readWindow } from "../../src/page/header";
import type { View } from "../../src/wire/protocol.gen";
import { byId, openPage } from "../dom";
import { scene } from "../messages";

let header: Header;
let asked: View[];
let wrong: string[];

beforeEach(() => {
  openPage();
  [asked, wrong] = [[], []];
  header = new Header((view) => asked.push(view), (line) => wrong.push(line)); // prettier-ignore
  header.show(scene());
});

const submit = () => byId("view").fire("submit");

test("a scene fills the chips", () => {
  expect(byId("dataset").textContent).toBe("ec");
  expect(byId("projection").value).toBe("pc1 · pc2 · pc3");
  expect(byId("conductor").value).toBe("11 to 999");
  expect(byId("column").children.map(({ value }) => value)).toEqual(["rank", "torsion"]);
});

test("a changed chip asks for another view, and an unchanged one for nothing", () => {
  submit();
  expect(asked).toEqual([]);
  byId("conductor").value = "100-500";
  submit();
  expect(asked).toEqual([{ type: "view", projection: "pc1,pc2,pc3", classes: "rank", conductor: [100, 500] }]);
  expect(byId("view").classList.contains("busy")).toBe(true);
});

test("a refusal shows the current view again", () => {
  byId("projection").value = "a2,a3";
  submit();
  expect(byId("projection").value).toBe("a2,a3"); // until the answer
  header.settle();
  expect(byId("projection").value).toBe("pc1 · pc2 · pc3");
  expect(byId("view").classList.contains("busy")).toBe(false);
});

test("an unreadable conductor window is reported, not sent", () => {
  byId("conductor").value = "small ones";
  submit();
  expect([asked, wrong]).toEqual([[], [CONDUCTOR_HINT]]);
});

test("a conductor window is read in the usual spellings", () => {
  for (const text of ["7,500 to 10,000", "7500-10000", " 7500 10000 ", "7500..10000", "7500–10000"]) {
    expect(readWindow(text)).toEqual([7500, 10000]);
  }
  for (const text of ["", "7500", "a to b", "1 to 2 to 3", "-1 to 5", "1 to 99999999999999999999"]) {
    expect(readWindow(text)).toBeNull();
  }
});
