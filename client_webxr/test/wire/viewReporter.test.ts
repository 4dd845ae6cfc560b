import { beforeEach, expect, test } from "vitest";
import type { Viewpoint } from "../../src/wire/protocol.gen";
import { APART, far, REST, ViewReporter } from "../../src/wire/viewReporter";
import { Clock } from "../clock";

/** A matrix that shows the cube of drawn integers, moved by x halves of the picture. */
const at = (x: number) => [1 / 32768, 0, 0, 0, 0, 1 / 32768, 0, 0, 0, 0, 1 / 65536, 0, x - 1, -1, 0, 1];

let clock: Clock;
let reporter: ViewReporter;
let open: boolean;
let told: Viewpoint[];
let x: number;
let budget: number;

beforeEach(() => {
  [clock, open, told, x, budget] = [new Clock(1000), true, [], 0, 100_000];
  reporter = new ViewReporter(
    clock,
    () => ({ type: "viewpoint", matrix: at(x), budget }),
    (viewpoint) => {
      if (open) told.push(viewpoint);
      return open;
    },
  );
  reporter.changed();
  clock.forward(REST);
});

const move = (to: number, after = 16) => {
  x = to;
  reporter.changed();
  clock.forward(after);
};

test("the view is reported once the camera rests", () => {
  expect(told.length).toBe(1);
  for (let i = 1; i <= 20; i++) move(i / 100);
  expect(told.length).toBe(1);
  clock.forward(REST);
  expect(told.length).toBe(2);
  expect(told[1]!.matrix).toEqual(at(0.2));
});

test("a long movement is reported on the way, and not too often", () => {
  for (let i = 1; i <= 100; i++) move(i / 10, 10);
  clock.forward(REST);
  expect(told.length).toBeGreaterThan(2);
  expect(told.length).toBeLessThanOrEqual(2 + 1000 / APART);
  expect(told.at(-1)!.matrix).toEqual(at(10));
});

test("the same view is not reported twice, another budget is", () => {
  reporter.changed();
  clock.forward(REST);
  expect(told.length).toBe(1);
  budget = 50_000;
  reporter.changed();
  clock.forward(REST);
  expect(told.map((each) => each.budget)).toEqual([100_000, 50_000]);
});

test("an unsent report is sent after a reconnect", () => {
  open = false;
  move(0.3, REST);
  open = true;
  reporter.forget();
  clock.forward(REST);
  expect(told.at(-1)!.matrix).toEqual(at(0.3));
});

test("distance is measured in the picture", () => {
  expect(far(at(0), at(0))).toBe(false);
  expect(far(at(0), at(0.4))).toBe(false);
  expect(far(at(0), at(0.6))).toBe(true);
  expect(far(at(50), at(60))).toBe(false); // out of sight before and after
  const behind = at(0);
  behind[15] = -1;
  expect(far(at(0), behind)).toBe(true);
});
