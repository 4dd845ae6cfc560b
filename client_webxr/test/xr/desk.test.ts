import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Desk } from "../../src/xr/desk";
import { selected } from "../messages";
import { RunningClient } from "../running";

let running: RunningClient;
let asked: string[];
let desk: Desk;

beforeEach(async () => {
  running = new RunningClient();
  asked = [];
  const room = { place: (how: string) => asked.push(how), handed: () => asked.push("handed"), leave: () => asked.push("leave") };
  desk = new Desk(running.client, room);
  running.client.onMessage((heard) => desk.hear(heard));
  await running.begin();
});

afterEach(() => void vi.useRealTimers());

const state = () => desk.state(1000, 72);

test("the panel shows selection, view and frame rate", () => {
  running.say(selected(0, 1, [2, 1], { undo: "lasso added, 3 curves" }));
  expect(state()).toMatchObject({ count: 3, undo: "lasso added, 3 curves", projection: "pc1,pc2,pc3", column: "rank", live: true });
  expect(state().points).toBe("4 of 100 points drawn, 72 fps");
});

test("an open hand subtracts while it is held up, and a chosen operation returns", () => {
  desk.act({ do: "operation", operation: "add" });
  expect(desk.next).toBe("add");
  expect(desk.hold(true)).toBe(true);
  expect(desk.hold(true)).toBe(false);
  expect(desk.next).toBe("subtract");
  desk.hold(false);
  expect(desk.next).toBe("add");
});

test("new frames and messages make the panel stale", () => {
  desk.isStale = false;
  desk.poll();
  expect(desk.isStale).toBe(true); // the points of the scene
  desk.isStale = false;
  desk.poll();
  running.say({ type: "people", items: [] });
  expect(desk.isStale).toBe(false);
  running.say(selected(0, 1, [1, 0]));
  expect(desk.isStale).toBe(true);
});

describe("a button", () => {
  test("keeps the selection under an unused name", () => {
    running.say({ type: "selections", version: 1, items: [{ name: "loop 1", count: 1, colour: "#009e73", slot: 0 }] });
    desk.act({ do: "keep" });
    expect(running.sent("name")).toEqual([{ type: "name", name: "loop 2" }]);
  });

  test("asks for another view, with the other parts as they are", () => {
    desk.act({ do: "projection", projection: "a2,a3,a5" });
    desk.act({ do: "colour", column: "torsion" });
    expect(running.sent("view")).toMatchObject([
      { projection: "a2,a3,a5", classes: "rank" },
      { projection: "pc1,pc2,pc3", classes: "torsion" },
    ]);
  });

  test("records, and ends a recording that somebody else started", () => {
    desk.act({ do: "record" });
    running.say({ type: "recording", on: true, by: "Bea" });
    desk.act({ do: "record" });
    expect(running.sent("record").map(({ on }) => on)).toEqual([true, false]);
    expect(state().recording).toBe(true);
  });

  test("places the cloud, changes hands and leaves", () => {
    for (const action of ["arm", "room", "handed", "leave"] as const) desk.act({ do: action });
    expect(asked).toEqual(["arm", "room", "handed", "leave"]);
    expect(state().leftHanded).toBe(true);
  });
});

test("a refusal, and a lost connection, are said on the panel", () => {
  running.say({ type: "refused", to: "name", id: 0, message: "Expected a name." });
  expect(state().hint).toBe("Expected a name.");
  running.lose();
  expect(state().hint).toBe("The server is not connected. Reconnecting.");
});
