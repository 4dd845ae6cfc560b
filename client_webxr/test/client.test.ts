import { beforeEach, describe, expect, test, vi } from "vitest";
import { Client } from "../src/client";
import { Cloud } from "../src/cloud/cloud";
import { Wireframes } from "../src/cloud/wireframes";
import { OFFLINE } from "../src/input/edits";
import { makeViews } from "../src/page/views";
import type { Cloud3d } from "../src/picture/cloud3d";
import { Display } from "../src/picture/display";
import { Modes } from "../src/picture/modes";
import { OrbitCamera } from "../src/picture/orbitCamera";
import type { ServerMessage } from "../src/wire/protocol.gen";
import { byId, frame, openPage } from "./dom";
import { maskFrame, pointsFrame, scene, selected, traceFrame } from "./messages";
import { FakeNetwork } from "./network";
import { RecordedPicture } from "./picture";

const CENTRE = [32768, 32768, 32768];
/** Four points: two of each class, rows 0 to 3. */
const POINTS = [0, 1, 0, 1].map((kind, i) => [32768 + 1000 * i, ...CENTRE.slice(1), kind]);

let network: FakeNetwork;
let points: RecordedPicture;
let wireframe: RecordedPicture;
let client: Client;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  openPage();
  network = new FakeNetwork();
  [points, wireframe] = [new RecordedPicture(), new RecordedPicture()];
  const [cloud, wireframes] = [new Cloud(), new Wireframes()];
  const orbit = new OrbitCamera(byId("picture") as unknown as HTMLElement);
  const modes = new Modes({ wireframe, webgl: points as unknown as Cloud3d, canvas: null }, () => cloud.size, 100);
  const display = new Display(orbit, modes.picture, cloud);
  const views = makeViews(display, cloud, {
    view: (view) => client.ask(view),
    card: (row) => client.cards.want(row),
    against: (axis) => client.connection.send({ type: "against", axis }),
    toggleClass: (index) => client.toggleClass(index),
    keep: (name) => client.ask({ type: "name", name }),
    recall: (name, operation) => client.edits.recall(name, operation),
    forget: (name) => client.ask({ type: "forget", name }),
    mark: (name, on) => client.ask({ type: "mark", name, on }),
  });
  client = new Client({ network, cloud, wireframes, orbit, modes, display, views });
});

const say = (message: ServerMessage) => network.socket.onmessage!({ data: JSON.stringify(message) });
const send = (data: ArrayBuffer) => network.socket.onmessage!({ data });
const sent = (type: string) => network.sent().filter((each) => each.type === type);

function connect(): void {
  client.connection.connect();
  network.socket.onopen!();
  say({ type: "welcome", id: 1, member: "m", name: "Ann", colour: "#56b4e9", scope: "editor", resumed: false });
}

/** Connect, and show a scene of four points. */
function begin(): void {
  connect();
  say(scene());
  send(pointsFrame(1, 0, POINTS));
  settle();
}

/** Draw whatever is asked for, and let a picture be seen. */
function settle(): void {
  for (let i = 0; i < 3; i++) {
    vi.advanceTimersByTime(200);
    frame();
  }
}

describe("a scene", () => {
  test("is shown with its points, and each frame is acknowledged", () => {
    begin();
    expect(client.scene?.projection).toBe("pc1,pc2,pc3");
    expect(client.cloud.size).toBe(4);
    expect(points.take()).toEqual(["resize", "begin", "hide ", "add 0"]);
    expect(points.drawn).toBeGreaterThan(0);
    expect(sent("ack")).toEqual([{ type: "ack", seq: 1 }]);
    expect(byId("dataset").textContent).toBe("ec");
    expect(byId("legend").textContent).toContain("60");
  });

  test("waits while a whole picture of the scene before was not seen", () => {
    connect();
    say(scene());
    send(pointsFrame(1, 0, POINTS));
    say(scene({ epoch: 2 }));
    expect(client.scene?.epoch).toBe(1);
    expect(sent("ack")).toEqual([]); // the server sends nothing newer meanwhile
    settle();
    expect(client.scene?.epoch).toBe(2);
    expect(sent("ack").length).toBe(1);
  });

  test("takes no points of the scene before", () => {
    begin();
    say(scene({ epoch: 2 }));
    send(pointsFrame(2, 0, POINTS));
    expect(client.cloud.size).toBe(0);
    expect(sent("ack").length).toBe(2);
  });

  test("is told where the camera is, once it rests", () => {
    begin();
    const [viewpoint] = sent("viewpoint");
    expect(viewpoint).toMatchObject({ budget: client.governor.budget });
    expect(viewpoint!["matrix"]).toEqual(client.orbit.matrix());
  });

  test("keeps hidden classes while its classes are the same", () => {
    begin();
    client.toggleClass(1);
    say(scene({ epoch: 2 }));
    expect([...client.hidden]).toEqual([1]);
    say(scene({ epoch: 3, column: "torsion" }));
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

  test("is guessed at once, then answered exactly by the server", () => {
    begin();
    client.edits.select(MIDDLE, everything, "replace");
    expect(client.selectedDrawn).toBe(4);
    expect(client.selection.settled).toBe(false);
    const [stroke] = sent("stroke");
    expect(stroke).toMatchObject({ type: "stroke", operation: "replace", matrix: MIDDLE });
    say(selected(Number(stroke!["id"]), 1, [2, 1]));
    send(maskFrame(2, 0, 1, [1, 1, 1, 0]));
    settle();
    expect(client.cloud.selectedRows()).toEqual([0, 1, 2]);
    expect(client.selection.settled).toBe(true);
    expect(byId("sentence").textContent).toBe("3 curves selected, all of them drawn.");
  });

  test("that the server refuses is taken back, with its reason", () => {
    begin();
    client.edits.select(MIDDLE, everything, "replace");
    const [stroke] = sent("stroke");
    say({ type: "refused", to: "stroke", id: Number(stroke!["id"]), message: "Expected a polygon." });
    expect(client.selectedDrawn).toBe(0);
    expect(byId("notice").textContent).toContain("Expected a polygon.");
  });

  test("is not guessed while the server is away", () => {
    begin();
    network.socket.onclose!({ code: 1006, reason: "" });
    expect(client.edits.select(MIDDLE, everything, "replace")).toBe(false);
    expect(client.selectedDrawn).toBe(0);
    expect(byId("notice").textContent).toContain(OFFLINE);
  });

  test("shows the average trace of its own version only", () => {
    begin();
    say(selected(0, 5, [4, 0]));
    send(traceFrame(2, "cloud", 0, [1, 2, 3]));
    send(traceFrame(3, "selection", 4, [7, 7, 7]));
    expect(client.murmuration.data().selection).toBeNull();
    send(traceFrame(4, "selection", 5, [8, 8, 8]));
    expect(Array.from(client.murmuration.data().selection!.mean)).toEqual([8, 8, 8]);
    expect(Array.from(client.murmuration.data().cloud!.mean)).toEqual([1, 2, 3]);
  });
});

describe("the connection", () => {
  test("resumes after the last frame that was taken in", async () => {
    begin();
    network.socket.onclose!({ code: 1006, reason: "" });
    await network.settle();
    client.connection.connect();
    expect(network.queries.at(-1)).toBe("?member=m&epoch=1&seq=1");
  });

  test("that is lost before the first scene is reported in the middle of the page", async () => {
    client.connection.connect();
    network.socket.onclose!({ code: 1006, reason: "" });
    await network.settle();
    expect(byId("message").hidden).toBe(false);
    expect(byId("message").textContent).toContain("No server");
    expect(byId("connection").textContent).toContain("lost, trying again");
  });

  test("ends at a frame that is missing, and begins anew", () => {
    begin();
    send(pointsFrame(3, 1, POINTS, 4));
    expect(network.closed).toEqual([4000]);
    expect(byId("notice").textContent).toContain("expected frame 2, got 3");
  });

  test("that is live again retracts the notice of an edit that could not be sent", async () => {
    begin();
    network.socket.onclose!({ code: 1006, reason: "" });
    client.ask({ type: "name", name: "left" });
    expect(byId("notice").hidden).toBe(false);
    await network.settle();
    connect();
    expect(byId("notice").hidden).toBe(true);
  });
});

test("named selections get their colours, lose them, and are listed", () => {
  begin();
  const item = { name: "left", count: 2, colour: "#009e73", slot: 1 };
  say({ type: "selections", version: 1, items: [item] });
  send(maskFrame(2, 0, 1, [1, 0, 1, 0], 1));
  expect(client.cloud.selectedRows(1)).toEqual([0, 2]);
  expect(points.calls).toContain("mark #009e73");
  expect(byId("names").textContent).toContain("left");
  say({ type: "selections", version: 2, items: [{ ...item, slot: 0 }] });
  expect(client.cloud.selectedRows(1)).toEqual([]);
});

test("dropped chunks make room", () => {
  begin();
  send(pointsFrame(2, 1, POINTS, 4));
  say({ type: "drop", chunks: [0] });
  settle();
  expect(client.cloud.size).toBe(4);
  expect(points.calls).toContain("arrange 1");
});

test("the wireframe asks for no points, and points come back with their flags", () => {
  begin();
  client.modes.toggle();
  expect(sent("viewpoint").at(-1)).toMatchObject({ budget: 0 });
  expect(wireframe.calls).toContain("begin");
  expect(client.cloud.complete).toBe(false);
  client.modes.toggle();
  expect(sent("viewpoint").at(-1)).toMatchObject({ budget: client.governor.budget });
  expect(points.calls.at(-1)).toBe("flag 0");
});

test("a card is asked for once and shown when it comes", () => {
  begin();
  client.hover.pin(2);
  client.hover.pin(2);
  expect(sent("describe")).toEqual([{ type: "describe", row: 2 }]);
  const card = { label: "37.a1", isogeny_class: "37.a", conductor: 37, rank: 1, root_number: -1, torsion: 1 };
  say({ type: "card", row: 2, ...card, ainvs: "[0,0,1,-1,0]", equation: "y² + y = x³ − x", url: "" });
  expect(byId("card").textContent).toContain("37.a1");
});

test("listeners get every message after the client has taken it in", () => {
  const heard: string[] = [];
  client.onMessage(({ type }) => heard.push(`${type} ${client.scene?.epoch ?? 0}`));
  begin();
  say({ type: "people", items: [] });
  expect(heard).toEqual(["welcome 0", "scene 1", "people 1"]);
});
