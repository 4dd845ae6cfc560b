import { Matrix4, Quaternion, Vector3 } from "three";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { RunningClient } from "../running";
import { CloudAnchor } from "../../src/xr/cloudAnchor";
import type { Hand } from "../../src/xr/hand";
import { PoseReporter } from "../../src/xr/poseReporter";

let running: RunningClient;
let anchor: CloudAnchor;
let reporter: PoseReporter;

beforeEach(async () => {
  running = new RunningClient();
  await running.begin();
  anchor = new CloudAnchor();
  reporter = new PoseReporter(running.client, anchor);
});

afterEach(() => void vi.useRealTimers());

const head = new Matrix4().setPosition(0, 1.6, 0);
const hand = (tracked: boolean) => ({ tracked, wrist: new Matrix4().setPosition(0.2, 1.2, -0.4) }) as unknown as Hand;

test("head and tracked hands are reported in the cube's space, 20 times a second at most", () => {
  for (let now = 0; now < 1000; now += 10) reporter.say(now, "immersive-vr", head, [hand(true), hand(false)], 1000);
  const poses = running.sent("here");
  expect(poses.length).toBe(20);
  const { kind, head: pose, hands } = poses[0] as unknown as { kind: string; head: number[]; hands: number[][] };
  expect([kind, hands.length]).toEqual(["vr", 1]);
  const inRoom = new Vector3().fromArray(pose).applyMatrix4(anchor.matrix);
  [0, 1.6, 0].forEach((x, i) => expect(inRoom.toArray()[i]).toBeCloseTo(x));
  const turn = anchor.quaternion.clone().multiply(new Quaternion().fromArray(pose, 3));
  expect(Math.abs(turn.w)).toBeCloseTo(1); // the head is not turned in the room
});

test("the view is reported once a second, and at once with another budget", () => {
  const views = () => running.sent("viewpoint").length;
  const at = (now: number, budget: number) => {
    reporter.say(now, "immersive-ar", head, [], budget);
    vi.advanceTimersByTime(400);
  };
  const before = views();
  at(0, 1000);
  expect(views()).toBe(before + 1);
  anchor.position.x += 1;
  anchor.update();
  at(500, 1000); // too early
  expect(views()).toBe(before + 1);
  at(600, 2000);
  expect(running.sent("viewpoint").at(-1)).toMatchObject({ budget: 2000 });
  expect(running.sent("here").every(({ kind }) => kind === "ar")).toBe(true);
});
