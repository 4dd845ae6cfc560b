import { beforeEach, describe, expect, test } from "vitest";
import type { Cloud3d } from "../../src/picture/cloud3d";
import { Modes } from "../../src/picture/modes";
import type { Picture } from "../../src/picture/picture";
import { byId, openPage } from "../dom";
import { RecordedPicture } from "../picture";

const [wireframe, points, canvas] = [new RecordedPicture(), new RecordedPicture(), new RecordedPicture()];
const webgl = points as unknown as Cloud3d;
const server = (compute: "gpu" | "wireframe") => ({ type: "state", compute, text: "The GPU is busy." }) as const;

let changes: Picture[];
let drawn: number;

function modes(pictures: { webgl: Cloud3d | null; canvas: Picture | null }): Modes {
  const made = new Modes({ wireframe, ...pictures }, () => drawn, 100);
  made.onChange(() => changes.push(made.picture));
  return made;
}

beforeEach(() => {
  openPage();
  [changes, drawn] = [[], 100];
});

test("points are drawn with WebGL, or on the plain canvas where WebGL is drawn in software", () => {
  expect(modes({ webgl, canvas: null }).picture).toBe(points);
  const software = modes({ webgl, canvas });
  expect(software.picture).toBe(canvas);
  expect(software.webgl).toBe(false);
  software.immersed(true);
  expect(software.picture).toBe(points);
});

test("the user chooses the wireframe, and returns from it", () => {
  const one = modes({ webgl, canvas: null });
  byId("wireframe").click();
  expect(one.wireframe).toBe(true);
  expect(byId("mode").hidden).toBe(false);
  expect(byId("wireframe").getAttribute("aria-pressed")).toBe("true");
  byId("points-again").click();
  expect(changes).toEqual([wireframe, points]);
  expect(byId("mode").hidden).toBe(true);
});

test("without WebGL 2 the wireframe is shown with its reason, and points on request", () => {
  const one = modes({ webgl: null, canvas });
  expect(one.picture).toBe(wireframe);
  expect(byId("reason").textContent).toContain("WebGL 2");
  one.toggle();
  expect(one.picture).toBe(canvas);
});

describe("the server", () => {
  test("asks for the wireframe, and ends that by itself", () => {
    const one = modes({ webgl, canvas: null });
    one.hear(server("wireframe"));
    expect(byId("reason").textContent).toBe("Wireframe: the GPU is busy.");
    one.hear(server("gpu"));
    expect(changes).toEqual([wireframe, points]);
  });

  test("is overruled by the user until it has asked for points once", () => {
    const one = modes({ webgl, canvas: null });
    one.hear(server("wireframe"));
    one.toggle();
    one.hear(server("wireframe"));
    expect(one.wireframe).toBe(false);
    one.hear(server("gpu"));
    one.hear(server("wireframe"));
    expect(one.wireframe).toBe(true);
  });

  test("is not followed in a headset", () => {
    const one = modes({ webgl, canvas: null });
    one.immersed(true);
    one.hear(server("wireframe"));
    expect(one.picture).toBe(points);
    one.immersed(false);
    expect(one.picture).toBe(wireframe);
  });
});

describe("the graphics context", () => {
  test("that is gone for good shows the wireframe; points return with it", () => {
    let restored = 0;
    const one = modes({ webgl, canvas: null });
    one.onRestored(() => restored++);
    one.context("lost");
    expect(one.wireframe).toBe(false); // it may come back at once
    one.context("gone");
    expect(one.wireframe).toBe(true);
    one.context("restored");
    expect([one.wireframe, restored]).toEqual([false, 1]);
  });

  test("does not matter to a page that is drawn without it", () => {
    const one = modes({ webgl, canvas });
    one.context("gone");
    expect(one.wireframe).toBe(false);
  });
});

describe("slow pictures without a graphics card", () => {
  const many = (one: Modes, milliseconds: number) => {
    for (let i = 0; i < 30; i++) one.took(milliseconds);
  };

  test("give way to the wireframe, with the measured time", () => {
    const one = modes({ webgl, canvas });
    many(one, 100);
    expect(one.wireframe).toBe(false);
    many(one, 400);
    expect(byId("reason").textContent).toContain("400 ms");
  });

  test("of a large cloud do not: fewer points are asked for first", () => {
    drawn = 1000;
    const one = modes({ webgl, canvas });
    many(one, 400);
    expect(one.wireframe).toBe(false);
  });

  test("stay when the user asks for points again", () => {
    const one = modes({ webgl, canvas });
    many(one, 400);
    one.toggle();
    many(one, 400);
    expect(one.wireframe).toBe(false);
  });
});
