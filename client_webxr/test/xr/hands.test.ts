import { beforeEach, expect, test } from "vitest";
import { Hands } from "../../src/xr/hands";
import type { Hand } from "../../src/xr/hand";
import { FakeElement } from "../dom";

let session: FakeElement & { inputSources: XRInputSource[] };
let lost: Hand[];
let hands: Hands;

const source = (handedness: XRHandedness, hand = false): XRInputSource =>
  ({ handedness, targetRaySpace: {}, ...(hand ? { hand: new Map() } : { gripSpace: {} }) }) as unknown as XRInputSource;
const change = (added: XRInputSource[], removed: XRInputSource[] = []) =>
  session.fire("inputsourceschange", { added, removed });

beforeEach(() => {
  session = Object.assign(new FakeElement("session"), { inputSources: [] });
  lost = [];
  hands = new Hands((hand) => lost.push(hand));
  hands.begin(session as unknown as XRSession);
});

test("each source is the hand of its side, bare or with a controller", () => {
  change([source("left", true), source("right")]);
  expect([hands.left.kind, hands.right.kind]).toEqual(["hand", "controller"]);
});

test("a newer source of a side takes over, and the older one returns when it goes", () => {
  const [bare, controller] = [source("right", true), source("right")];
  change([bare]);
  change([controller]);
  expect(hands.right.kind).toBe("controller");
  change([], [controller]);
  expect(hands.right.source).toBe(bare);
  change([], [bare]);
  expect(hands.right.kind).toBeNull();
  expect(lost).toEqual([hands.right, hands.right, hands.right]);
});

test("trigger and grip events reach the hand of their source only", () => {
  const [left, right] = [source("left"), source("right")];
  change([left, right]);
  const heard: string[] = [];
  hands.left.hear = (type) => heard.push(`left ${type}`);
  hands.right.hear = (type) => heard.push(`right ${type}`);
  session.fire("selectstart", { inputSource: right });
  session.fire("squeezeend", { inputSource: left });
  session.fire("selectend", { inputSource: source("none") });
  expect(heard).toEqual(["right selectstart", "left squeezeend"]);
});

test("the end of a session disconnects both hands", () => {
  change([source("left"), source("right")]);
  hands.end();
  expect([hands.left.source, hands.right.source]).toEqual([null, null]);
});
