import { expect, test } from "vitest";
import { Arrivals } from "../../src/picture/arrivals";

/** Chunks of these sizes arrive at once after each other; the points in each picture that was due. */
function pictures(sizes: readonly number[]): number[] {
  const arrivals = new Arrivals();
  const total = sizes.reduce((sum, n) => sum + n, 0);
  const drawn: number[] = [];
  let here = 0;
  arrivals.begin(total);
  for (const size of sizes) {
    here += size;
    if (!arrivals.came(here, here === total)) continue;
    drawn.push(here);
    arrivals.drew();
  }
  return drawn;
}

test("a large cloud is drawn at its first chunk and when complete, not at each chunk", () => {
  expect(pictures([20_000, ...new Array<number>(49).fill(20_000)])).toEqual([20_000, 1_000_000]);
});

test("a very large cloud is drawn in between, too, at eight times as many points", () => {
  expect(pictures(new Array<number>(250).fill(20_000))).toEqual([20_000, 160_000, 5_000_000]);
});

test("a small cloud is drawn only when complete", () => {
  expect(pictures([20_000, 18_042])).toEqual([38_042]);
});

test("nothing fades in a picture that takes longer than the fade", () => {
  const arrivals = new Arrivals();
  arrivals.begin(38_042);
  expect(arrivals.smooth).toBe(true); // as few as that are fast on any machine
  arrivals.begin(1_000_000);
  expect(arrivals.smooth).toBe(false); // nobody knows yet
  arrivals.came(20_000, false);
  arrivals.drew();
  arrivals.seen(27);
  expect(arrivals.smooth).toBe(false);
  arrivals.begin(20_000);
  expect(arrivals.smooth).toBe(true);
});

test("a picture within one frame allows fades of many more points, unless it had hardly any", () => {
  const arrivals = new Arrivals();
  arrivals.begin(1_000_000);
  arrivals.came(45, false);
  arrivals.drew();
  arrivals.seen(16.7);
  expect(arrivals.smooth).toBe(false);
  arrivals.came(20_000, false);
  arrivals.drew();
  arrivals.seen(16.7);
  expect(arrivals.smooth).toBe(true);
});

test("a scene is not drawn before its first points", () => {
  const arrivals = new Arrivals();
  expect(arrivals.waiting).toBe(false);
  arrivals.begin(1_000_000);
  expect(arrivals.waiting).toBe(true);
  arrivals.came(20_000, false);
  arrivals.drew();
  expect(arrivals.waiting).toBe(false);
});

test("the first picture of a scene appears at once; later points fade in", () => {
  const arrivals = new Arrivals();
  arrivals.begin(38_042);
  expect(arrivals.gentle).toBe(false);
  arrivals.came(20_000, false);
  expect(arrivals.gentle).toBe(false); // still of the first picture
  arrivals.drew();
  expect(arrivals.gentle).toBe(true);
  arrivals.begin(1_000_000);
  arrivals.came(20_000, false);
  arrivals.drew();
  arrivals.seen(200);
  expect(arrivals.gentle).toBe(false); // in slow pictures nothing fades
});
