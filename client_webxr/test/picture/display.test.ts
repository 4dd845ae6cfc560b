import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Cloud } from "../../src/cloud/cloud";
import { Display } from "../../src/picture/display";
import { OrbitCamera } from "../../src/picture/orbitCamera";
import { decode, type PointsFrame } from "../../src/wire/frames";
import { byId, frame, openPage } from "../dom";
import { pointsFrame, scene } from "../messages";
import { RecordedPicture } from "../picture";

let picture: RecordedPicture;
let cloud: Cloud;
let orbit: OrbitCamera;
let display: Display;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  openPage();
  [picture, cloud] = [new RecordedPicture(), new Cloud()];
  orbit = new OrbitCamera(byId("picture") as unknown as HTMLElement);
  display = new Display(orbit, picture, cloud);
  frame();
  frame();
  picture.drawn = 0;
  picture.take();
});

afterEach(() => void vi.useRealTimers());

/** Points of a chunk arrive. */
function arrive(chunk: number, count: number, last: boolean): void {
  const points = Array.from({ length: count }, (_, i) => [i, i, i, 0]);
  display.add(cloud.add(decode(pointsFrame(1, chunk, points, 10 * chunk, last)) as PointsFrame)!);
}

test("a picture is drawn only when something changed, once a frame", () => {
  frame();
  expect(picture.drawn).toBe(0);
  display.invalidate();
  display.hide(new Set([1]));
  frame();
  expect(picture.drawn).toBe(1);
  frame();
  expect(picture.drawn).toBe(1);
});

test("a picture that fades asks for the next frame until it is done", () => {
  picture.more = true;
  display.invalidate();
  frame();
  frame();
  picture.more = false;
  frame();
  frame();
  expect(picture.drawn).toBe(3);
});

test("a moved camera is drawn", () => {
  orbit.controls.dispatchEvent({ type: "change" });
  frame();
  expect(picture.drawn).toBe(1);
});

describe("a scene", () => {
  test("keeps the picture before it until its first points are drawn", () => {
    display.begin(scene({ levels: [100] }), new Set());
    orbit.controls.dispatchEvent({ type: "change" });
    frame();
    expect(picture.drawn).toBe(0);
    arrive(0, 10, false);
    frame();
    expect(picture.drawn).toBe(1);
  });

  test("without points is drawn after a moment", () => {
    display.begin(scene(), new Set([1]));
    expect(picture.take()).toEqual(["begin", "hide 1"]);
    vi.advanceTimersByTime(100);
    frame();
    expect(picture.drawn).toBe(1);
  });

  test("is drawn again when the last chunk is here, not for every chunk", () => {
    display.begin(scene({ levels: [40] }), new Set());
    for (let chunk = 0; chunk < 3; chunk++) arrive(chunk, 10, false);
    frame();
    const before = picture.drawn;
    arrive(3, 10, true);
    frame();
    expect([before, picture.drawn]).toEqual([0, 1]);
  });

  test("owes a picture from the last chunk until that picture was seen", () => {
    const seen: number[] = [];
    display.onSeen((took) => seen.push(took));
    display.begin(scene({ levels: [10] }), new Set());
    expect(display.owes).toBe(false);
    arrive(0, 10, true);
    expect(display.owes).toBe(true);
    frame(); // draws
    expect([display.owes, seen.length]).toEqual([true, 0]);
    frame(); // the picture is on the screen
    expect([display.owes, seen.length]).toEqual([false, 1]);
  });
});

test("flags are handed on only when they or the dimming changed", () => {
  display.flag([], false);
  display.flag([], false);
  display.flag([], true);
  expect(picture.take()).toEqual(["flag ", "flag  selecting"]);
});

test("another picture gets its size and the flags, and the one before is hidden", () => {
  display.flag([], true);
  const other = new RecordedPicture();
  display.show(other);
  display.flag([], true);
  expect(other.take()).toEqual(["resize", "flag  selecting"]);
  expect([picture.canvas.hidden, other.canvas.hidden]).toEqual([true, false]);
});

test("while the headset draws, pictures are drawn with its frames", () => {
  display.rest(true);
  display.invalidate();
  frame();
  expect(picture.drawn).toBe(0);
  display.drewElsewhere(5);
  display.drewElsewhere(6);
  expect(picture.drawn).toBe(1);
  display.invalidate();
  display.rest(false);
  frame();
  expect(picture.drawn).toBe(2);
});
