import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { together } from "../src/together";
import { byId } from "./dom";
import { RunningClient } from "./running";

let running: RunningClient;

beforeEach(() => void (running = new RunningClient()));
afterEach(() => void vi.useRealTimers());

const person = (id: number, name: string) => ({ id, name, colour: "#56b4e9", kind: "browser" }) as const;

test("the camera is reported when it moves, and as a heartbeat at rest", async () => {
  together(running.client, 0);
  await running.begin();
  const first = running.sent("here").length;
  expect(first).toBeGreaterThan(0);
  expect(running.sent("here")[0]).toMatchObject({ kind: "browser", hands: [] });
  vi.advanceTimersByTime(8100);
  expect(running.sent("here").length).toBe(first + 2);
  const steps = running.sent("here").map(({ seq }) => Number(seq));
  expect(steps).toEqual([...steps].sort((a, b) => a - b));
});

test("the second view's frame reports no camera, and a name of its own", async () => {
  localStorage.setItem("name", "Cleo");
  together(running.client, 1);
  await running.begin();
  running.client.orbit.controls.dispatchEvent({ type: "change" });
  vi.advanceTimersByTime(8100);
  expect(running.sent("here")).toEqual([]);
  expect(running.sent("introduce")).toEqual([{ type: "introduce", name: "Cleo, second view" }]);
});

test("other members have a mark in the picture once their pose is known", async () => {
  together(running.client, 0);
  await running.begin();
  running.say({ type: "people", items: [person(1, "Ann"), person(2, "Bea")] });
  const marks = () => byId("overlay").querySelectorAll("text").map(({ textContent }) => textContent);
  expect(marks()).toEqual([]);
  running.say({ type: "moved", items: [{ id: 2, seq: 1, head: [0, 0, 0, 0, 0, 0, 1], hands: [] }] });
  expect(marks()).toEqual(["Bea"]);
  running.say({ type: "people", items: [person(1, "Ann")] });
  expect(marks()).toEqual([]);
});

test("a recording is shown to everybody, and the button ends it", async () => {
  together(running.client, 0);
  await running.begin();
  running.say({ type: "recording", on: true, by: "Bea" });
  expect(byId("record").textContent).toBe("Recording");
  byId("record").click();
  expect(running.sent("record")).toEqual([{ type: "record", on: false }]);
});

test("a viewer's controls of the shared session are inert", async () => {
  together(running.client, 0);
  await running.begin("viewer");
  expect((byId("view") as unknown as { inert: boolean }).inert).toBe(true);
});
