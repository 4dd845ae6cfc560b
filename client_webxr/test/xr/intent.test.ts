import { expect, test } from "vitest";
import { Intent, JUST_BEGUN, type HandState, type Target } from "../../src/xr/intent";

const OFF: HandState = { tracked: true, pinching: false, gripping: false };
const PINCH: HandState = { ...OFF, pinching: true };
const GRIP: HandState = { ...OFF, gripping: true };
const GONE: HandState = { tracked: false, pinching: false, gripping: false };

function setting() {
  const said: string[] = [];
  const world = { target: "air" as Target, length: 0 };
  const intent = new Intent({
    target: () => world.target,
    length: () => world.length,
    drawBegin: (hand) => said.push(`begin ${hand}`),
    drawEnd: (hand) => said.push(`end ${hand}`),
    drawCancel: () => said.push("cancel"),
    press: (hand) => said.push(`press ${hand}`),
    hold: (mask) => said.push(`hold ${mask}`),
  });
  return { said, world, intent };
}

test("a pinch in the air draws until it opens", () => {
  const { said, intent } = setting();
  for (const right of [OFF, PINCH, PINCH, OFF]) intent.update([OFF, right]);
  expect(said).toEqual(["begin 1", "end 1"]);
});

test("a lost hand cancels its loop, and its return starts none", () => {
  const { said, intent } = setting();
  for (const right of [PINCH, GONE, GONE, OFF]) intent.update([OFF, right]);
  expect(said).toEqual(["begin 1", "cancel"]);
});

test("a removed input source cancels the loop", () => {
  const { said, intent } = setting();
  intent.update([OFF, PINCH]);
  intent.lost(1);
  intent.update([OFF, GONE]);
  expect(said).toEqual(["begin 1", "cancel"]);
});

test("both hands pinching hold the cloud; a loop that has just begun is cancelled", () => {
  const { said, world, intent } = setting();
  intent.update([OFF, PINCH]);
  world.length = JUST_BEGUN / 2;
  intent.update([PINCH, PINCH]);
  intent.update([OFF, PINCH]);
  intent.update([OFF, OFF]);
  expect(said).toEqual(["begin 1", "cancel", "hold 3", "hold 2", "hold 0"]);
});

test("a second pinch beside a long loop is ignored", () => {
  const { said, world, intent } = setting();
  intent.update([OFF, PINCH]);
  world.length = 2 * JUST_BEGUN;
  intent.update([PINCH, PINCH]);
  intent.update([OFF, PINCH]);
  intent.update([OFF, OFF]);
  expect(said).toEqual(["begin 1", "end 1"]);
});

test("grips carry with one and turn with two", () => {
  const { said, intent } = setting();
  for (const hands of [[GRIP, OFF], [GRIP, GRIP], [OFF, GRIP], [OFF, OFF]] as const) intent.update(hands);
  expect(said).toEqual(["hold 1", "hold 3", "hold 2", "hold 0"]);
});

test("a grip beside a loop waits for its end", () => {
  const { said, world, intent } = setting();
  intent.update([OFF, PINCH]);
  world.length = 1;
  intent.update([GRIP, PINCH]);
  intent.update([GRIP, OFF]);
  expect(said).toEqual(["begin 1", "end 1", "hold 1"]);
});

test("a pinch at the bar carries, and a second one joins it", () => {
  const { said, world, intent } = setting();
  world.target = "bar";
  intent.update([OFF, PINCH]);
  world.target = "air";
  intent.update([PINCH, PINCH]);
  expect(said).toEqual(["hold 2", "hold 3"]);
});

test("a pinch at the panel presses and never draws", () => {
  const { said, world, intent } = setting();
  world.target = "panel";
  intent.update([OFF, PINCH]);
  intent.update([OFF, OFF]);
  expect(said).toEqual(["press 1"]);
});
