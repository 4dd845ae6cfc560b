import { expect, test } from "vitest";
import { behind, choose } from "../../src/picture/edges";

// An eye above, to the right of and in front of the cube; on the screen x goes right and y down.
const eye: [number, number, number] = [3, 2, 5];
const onScreen = ([x, y, z]: [number, number, number]) => [x - 0.5 * z, -y + 0.3 * x + 0.5 * z] as const;

test("axes are at the outline, the level ones below, the upright one at the left", () => {
  expect(choose(0, eye, onScreen).sides).toEqual([-1, 1]); // y low, z in front
  expect(choose(2, eye, onScreen).sides).toEqual([1, -1]); // x at the right, y low
  expect(choose(1, eye, onScreen).sides).toEqual([-1, 1]); // x at the left, z in front
});

test("the three edges that meet before the eye are left out", () => {
  expect(behind(eye).length).toBe(9);
  expect(behind([0, 0, 5]).length).toBe(12); // straight on, no edge has two visible faces
});

test("every axis has an edge for an eye inside the cube", () => {
  for (const axis of [0, 1, 2] as const) expect(choose(axis, [0, 0, 0], onScreen).axis).toBe(axis);
});
