import { expect, test } from "vitest";
import { Rate } from "../../src/page/status";

test("a rate is measured only while pictures follow each other", () => {
  const rate = new Rate();
  expect(rate.tick(1000)).toBeNull();
  expect(rate.tick(1020)).toBe(50);
  expect(rate.tick(1040)).toBe(50);
  expect(rate.tick(3000)).toBeNull();
  expect(rate.tick(3010)).toBe(100);
});

test("one slow picture moves the rate a little", () => {
  const rate = new Rate();
  for (let i = 0; i < 10; i++) rate.tick(20 * i);
  const after = rate.tick(180 + 120)!;
  expect(after).toBeGreaterThan(30);
  expect(after).toBeLessThan(50);
});
