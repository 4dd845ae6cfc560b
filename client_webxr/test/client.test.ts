import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Client } from "../src/client";
import { OFFLINE } from "../src/input/edits";
import { byId } from "./dom";
import { maskFrame, pointsFrame, scene, selected, traceFrame } from "./messages";
import { POINTS, RunningClient } from "./running";

let running: RunningClient;
let client: Client;

beforeEach(() => {
  running = new RunningClient();
  client = running.client;
});

afterEach(() => void vi.useRealTimers());

describe("a scene", () => {
  test("is shown with its points, and each frame is acknowledged", async () => {
    await running.begin();
    expect(client.scene?.projection).toBe("pc1,pc2,pc3");
    expect(client.cloud.size).toBe(4);
    expect(running.points.take()).toEqual(["resize", "begin", "hide ", "add 0"]);
    expect(running.points.drawn).toBeGreaterThan(0);
    expect(running.sent("ack")).toEqual([{ type: "ack", seq: 1 }]);
    expect(byId("dataset").textContent).toBe("ec");
    expect(byId("legend").textContent).toContain("60");
  });

  test("waits while a whole picture of the scene before was not seen", async () => {
    await running.connect();
    running.say(scene());
    running.send(pointsFrame(1, 0, POINTS));
    running.say(scene({ epoch: 2 }));
    expect(client.scene?.epoch).toBe(1);
    expect(running.sent("ack")).toEqual([]); // the server sends nothing newer meanwhile
    running.settle();
    expect(client.scene?.epoch).toBe(2);
    expect(running.sent("ack").length).toBe(1);
  });

  test("waits also when a grant, not a frame, completes the picture before", async () => {
    await running.connect();
    running.say(scene());
    running.send(pointsFrame(1, 0, POINTS, 0, false));
    running.say({ type: "granted", budget: 100_000, points: POINTS.length });
    running.say(scene({ epoch: 2 }));
    expect(client.scene?.epoch).toBe(1);
    running.settle();
    expect(client.scene?.epoch).toBe(2);
  });

  test("takes no points of the scene before", async () => {
    await running.begin();
    running.say(scene({ epoch: 2 }));
    running.send(pointsFrame(2, 0, POINTS));
    expect(client.cloud.size).toBe(0);
    expect(running.sent("ack").length).toBe(2);
  });

  test("is told where the camera is, once it rests", async () => {
    await running.begin();
    const [viewpoint] = running.sent("viewpoint");
    expect(viewpoint).toMatchObject({ budget: client.governor.budget });
    expect(viewpoint!["matrix"]).toEqual(client.orbit.matrix());
  });

  test("keeps hidden classes while its classes are the same", async () => {
    await running.begin();
    client.toggleClass(1);
    running.say(scene({ epoch: 2 }));
    expect([...client.hidden]).toEqual([1]);
    running.say(scene({ epoch: 3, column: "torsion" }));
    expect([...client.hidden]).toEqual([]);
  });
});

describe("a stroke", () => {
  const everything = [
    [-0.99, -0.99],
    [0.99, -0.99],
    [0.99, 0.99],
    [-0.99, 0.99],
  ] as const;
  /** A matrix that puts every point in the middle of the picture. */
  const MIDDLE = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];

  test("is guessed at once, then answered exactly by the server", async () => {
    await running.begin();
    client.edits.select(MIDDLE, everything, "replace");
    expect(client.selectedDrawn).toBe(4);
    expect(client.selection.settled).toBe(false);
    const [stroke] = running.sent("stroke");
    expect(stroke).toMatchObject({ type: "stroke", operation: "replace", matrix: MIDDLE });
    running.say(selected(Number(stroke!["id"]), 1, [2, 1]));
    running.send(maskFrame(2, 0, 1, [1, 1, 1, 0]));
    running.settle();
    expect(client.cloud.selectedRows()).toEqual([0, 1, 2]);
    expect(client.selection.settled).toBe(true);
    expect(byId("sentence").textContent).toBe("3 curves selected, all of them drawn.");
  });

  test("that the server refuses is taken back, with its reason", async () => {
    await running.begin();
    client.edits.select(MIDDLE, everything, "replace");
    const [stroke] = running.sent("stroke");
    running.say({ type: "refused", to: "stroke", id: Number(stroke!["id"]), message: "Expected a polygon." });
    expect(client.selectedDrawn).toBe(0);
    expect(byId("notice").textContent).toContain("Expected a polygon.");
  });

  test("is not guessed while the server is away", async () => {
    await running.begin();
    running.lose();
    expect(client.edits.select(MIDDLE, everything, "replace")).toBe(false);
    expect(client.selectedDrawn).toBe(0);
    expect(byId("notice").textContent).toContain(OFFLINE);
  });

  test("shows the average trace of its own version only", async () => {
    await running.begin();
    running.say(selected(0, 5, [4, 0]));
    running.send(traceFrame(2, "cloud", 0, [1, 2, 3]));
    running.send(traceFrame(3, "selection", 4, [7, 7, 7]));
    expect(client.murmuration.data().selection).toBeNull();
    running.send(traceFrame(4, "selection", 5, [8, 8, 8]));
    expect(Array.from(client.murmuration.data().selection!.mean)).toEqual([8, 8, 8]);
    expect(Array.from(client.murmuration.data().cloud!.mean)).toEqual([1, 2, 3]);
  });
});

describe("the connection", () => {
  test("resumes after the last frame that was taken in", async () => {
    await running.begin();
    running.lose();
    await running.network.settle();
    client.connection.connect();
    await running.network.settle();
    expect(running.network.queries.at(-1)).toBe("?member=m&epoch=1&seq=1");
  });

  test("that is lost before the first scene is reported in the middle of the page", async () => {
    client.connection.connect();
    await running.network.settle();
    running.lose();
    expect(byId("message").hidden).toBe(false);
    expect(byId("message").textContent).toContain("No server");
    expect(byId("connection").textContent).toContain("lost, trying again");
  });

  test("without access asks for a code, with the reason of the server", async () => {
    running.network.answer = { status: 401, text: "No access yet: enter the code\n" };
    client.connection.connect();
    await running.network.settle();
    expect(byId("message").textContent).toContain("No access yet: enter the code");
    expect(client.connection.state).toMatchObject({ kind: "error", status: 401 });
    running.network.answer = { status: 200, text: "a-ticket" };
    await running.connect();
    expect(byId("message").hidden).toBe(true);
  });

  test("ends at a frame that is missing, and begins anew", async () => {
    await running.begin();
    running.send(pointsFrame(3, 1, POINTS, 4));
    expect(running.network.closed).toEqual([4000]);
    expect(byId("notice").textContent).toContain("expected frame 2, got 3");
  });

  test("that is live again retracts the notice of an edit that could not be sent", async () => {
    await running.begin();
    running.lose();
    client.ask({ type: "name", name: "left" });
    expect(byId("notice").hidden).toBe(false);
    await running.network.settle();
    await running.connect();
    expect(byId("notice").hidden).toBe(true);
  });
});

test("named selections get their colours, lose them, and are listed", async () => {
  await running.begin();
  const item = { name: "left", count: 2, colour: "#009e73", slot: 1 };
  running.say({ type: "selections", version: 1, items: [item] });
  running.send(maskFrame(2, 0, 1, [1, 0, 1, 0], 1));
  expect(client.cloud.selectedRows(1)).toEqual([0, 2]);
  expect(running.points.calls).toContain("mark #009e73");
  expect(byId("names").textContent).toContain("left");
  running.say({ type: "selections", version: 2, items: [{ ...item, slot: 0 }] });
  expect(client.cloud.selectedRows(1)).toEqual([]);
});

test("dropped chunks make room", async () => {
  await running.begin();
  running.send(pointsFrame(2, 1, POINTS, 4));
  running.say({ type: "drop", chunks: [0] });
  running.settle();
  expect(client.cloud.size).toBe(4);
  expect(running.points.calls).toContain("arrange 1");
});

test("the wireframe asks for no points, and points come back with their flags", async () => {
  await running.begin();
  client.modes.toggle();
  expect(running.sent("viewpoint").at(-1)).toMatchObject({ budget: 0 });
  expect(running.wireframe.calls).toContain("begin");
  expect(client.cloud.complete).toBe(false);
  client.modes.toggle();
  expect(running.sent("viewpoint").at(-1)).toMatchObject({ budget: client.governor.budget });
  expect(running.points.calls.at(-1)).toBe("flag 0");
});

test("a card is asked for once and shown when it comes", async () => {
  await running.begin();
  client.hover.pin(2);
  client.hover.pin(2);
  expect(running.sent("describe")).toEqual([{ type: "describe", row: 2 }]);
  const card = { label: "37.a1", isogeny_class: "37.a", conductor: 37, rank: 1, root_number: -1, torsion: 1 };
  running.say({ type: "card", row: 2, ...card, ainvs: "[0,0,1,-1,0]", equation: "y² + y = x³ − x", url: "" });
  expect(byId("card").textContent).toContain("37.a1");
});

test("listeners get every message after the client has taken it in", async () => {
  const heard: string[] = [];
  client.onMessage(({ type }) => heard.push(`${type} ${client.scene?.epoch ?? 0}`));
  await running.begin();
  running.say({ type: "people", items: [] });
  expect(heard).toEqual(["welcome 0", "scene 1", "people 1"]);
});
