import { beforeEach, expect, test } from "vitest";
import type { Welcome } from "../../src/wire/protocol.gen";
import { PATIENCE, Receiver } from "../../src/wire/receiver";
import { Clock } from "../clock";
import { pointsFrame, scene } from "../messages";

let clock: Clock;
let heard: string[];
let receiver: Receiver;

const welcome: Welcome = { type: "welcome", id: 1, member: "m", name: "Ann", colour: "#56b4e9", scope: "editor", resumed: false };

beforeEach(() => {
  [clock, heard] = [new Clock(), []];
  receiver = new Receiver(
    ({ type }) => {
      heard.push(type);
      if (type === "scene") receiver.began(scene());
    },
    (frame) => {
      heard.push(`${frame.kind} ${frame.seq}`);
      receiver.took(frame);
    },
    clock,
  );
  receiver.text(JSON.stringify(welcome));
  receiver.text(JSON.stringify(scene()));
});

test("messages and frames are processed in the order of their arrival", () => {
  receiver.binary(pointsFrame(1, 0, [[0, 0, 0, 0]]));
  expect(heard).toEqual(["welcome", "scene", "points 1"]);
  expect(receiver.query).toBe("?member=m&epoch=1&seq=1");
});

test("held messages wait for the release, and are not resumed after", () => {
  receiver.hold(() => heard.push("held"));
  receiver.binary(pointsFrame(1, 0, [[0, 0, 0, 0]]));
  expect(heard).toEqual(["welcome", "scene"]);
  expect(receiver.query).toBe("?member=m&epoch=1&seq=0");
  receiver.release();
  expect(heard.slice(2)).toEqual(["held", "points 1"]);
});

test("nothing is held forever", () => {
  receiver.hold(() => heard.push("held"));
  clock.forward(PATIENCE - 1);
  expect(heard).not.toContain("held");
  clock.forward(1);
  expect(heard).toContain("held");
});

test("held messages are dropped with their connection", () => {
  receiver.hold(() => heard.push("held"));
  receiver.clear();
  receiver.release();
  expect(heard).not.toContain("held");
});

test("an unreadable or missing frame makes the next connection start from scratch", () => {
  expect(() => receiver.binary(pointsFrame(2, 0, [[0, 0, 0, 0]]))).toThrow("expected frame 1, got 2");
  expect(receiver.query).toContain("epoch=0");
  receiver.text(JSON.stringify(welcome));
  receiver.text(JSON.stringify(scene()));
  expect(() => receiver.binary(new ArrayBuffer(0))).toThrow();
  expect(receiver.query).toContain("epoch=0");
});
