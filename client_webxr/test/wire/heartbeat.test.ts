import { expect, test } from "vitest";
import { Heartbeat } from "../../src/wire/heartbeat";
import { Clock } from "../clock";

function heartbeat() {
  const [clock, sent] = [new Clock(1000), [] as number[]];
  const one = new Heartbeat(() => sent.push(clock.time) > 0, clock);
  return { clock, sent, one };
}

test("while the camera moves, at most ten messages are sent per second", () => {
  const { clock, sent, one } = heartbeat();
  for (let i = 0; i < 100; i++) {
    one.moved();
    clock.forward(10);
  }
  expect(sent.length).toBeGreaterThanOrEqual(9);
  expect(sent.length).toBeLessThanOrEqual(11);
  expect(sent.every((at, i) => i === 0 || at >= sent[i - 1]! + 100)).toBe(true);
});

test("at rest a heartbeat is sent every four seconds", () => {
  const { clock, sent, one } = heartbeat();
  one.moved();
  clock.forward(12_500);
  expect(sent.length).toBe(4);
});
