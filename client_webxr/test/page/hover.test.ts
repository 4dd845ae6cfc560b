import { beforeEach, expect, test } from "vitest";
import { Cloud } from "../../src/cloud/cloud";
import { Hover } from "../../src/page/hover";
import { Display } from "../../src/picture/display";
import { OrbitCamera } from "../../src/picture/orbitCamera";
import { decode, type PointsFrame } from "../../src/wire/frames";
import type { Card } from "../../src/wire/protocol.gen";
import { byId, openPage } from "../dom";
import { pointsFrame } from "../messages";
import { RecordedPicture } from "../picture";

const MIDDLE = [0, 0, 0, 0];
let known: Card | null;
let wanted: number[];
let hover: Hover;

const card = (row: number): Card => ({
  type: "card", row, label: `${row}.a1`, isogeny_class: `${row}.a`, conductor: 37, rank: 1, root_number: -1, torsion: 1,
  ainvs: "[0,0,1,-1,0]", equation: "y² + y = x³ − x", url: "https://www.lmfdb.org/x",
}); // prettier-ignore

beforeEach(() => {
  openPage();
  [known, wanted] = [null, []];
  const cloud = new Cloud();
  cloud.add(decode(pointsFrame(1, 0, [MIDDLE, MIDDLE], 7)) as PointsFrame);
  const orbit = new OrbitCamera(byId("picture") as unknown as HTMLElement);
  hover = new Hover(new Display(orbit, new RecordedPicture(), cloud), cloud, (row) => {
    wanted.push(row);
    return known;
  });
});

const picked = (row: number) => ({ row, position: Uint16Array.from(MIDDLE) });
const rings = () => byId("overlay").querySelectorAll("circle").map((each) => each.getAttribute("visibility"));

test("the tag of a hovered point appears once its card is here", () => {
  hover.point(picked(7));
  hover.point(picked(7)); // the same point: nothing new
  expect(wanted).toEqual([7]);
  expect([byId("tag").hidden, rings()]).toEqual([true, ["visible", "hidden"]]);
  hover.carded(card(7));
  expect(byId("tag").textContent).toBe("7.a1  conductor 37, rank 1");
  hover.point(null);
  expect([byId("tag").hidden, rings()]).toEqual([true, ["hidden", "hidden"]]);
});

test("a card that arrives too late is not shown", () => {
  hover.point(picked(7));
  hover.point(picked(8));
  hover.carded(card(7));
  expect(byId("tag").hidden).toBe(true);
});

test("a pinned card stays until it is closed", () => {
  known = card(8);
  hover.pin(8);
  expect(hover.isPinned).toBe(true);
  expect(byId("card").textContent).toContain("y² + y = x³ − x");
  expect(byId("card").querySelector("a")!.textContent).toBe("LMFDB page");
  expect(rings()).toEqual(["hidden", "visible"]);
  byId("card").querySelector("button")!.click();
  expect([hover.isPinned, byId("card").hidden]).toEqual([false, true]);
});

test("a card without a safe address has no link", () => {
  known = { ...card(7), url: "javascript:alert(1)" };
  hover.pin(7);
  expect(byId("card").querySelector("a")).toBeNull();
});

test("another scene drops tag and card", () => {
  known = card(7);
  hover.point(picked(7));
  hover.pin(7);
  hover.reset();
  expect([byId("tag").hidden, byId("card").hidden, hover.isPinned]).toEqual([true, true, false]);
});
