import { Clock } from "../clock";
import { beforeEach, describe, expect, test } from "vitest";
import { Connection, type ConnectionState, type Network } from "../../src/wire/connection";
import type { Socket } from "../../src/wire/socket";
import { PROTOCOL } from "../../src/wire/protocol.gen";

class FakeSocket implements Socket {
  onopen: Socket["onopen"] = null;
  onmessage: Socket["onmessage"] = null;
  onclose: Socket["onclose"] = null;
  readonly sent: string[] = [];
  send(text: string) {
    this.sent.push(text);
  }
  close(code = 1000, reason = "") {
    this.onclose?.({ code, reason });
  }
}

/** A world with a clock that moves when told to. */
class FakeWorld extends Clock implements Network {
  readonly sockets: FakeSocket[] = [];
  readonly protocols: string[] = [];
  /** The answer to the question for a ticket; null for none. */
  answer: { status: number; text: string } | null = { status: 200, text: "a-ticket" };
  readonly tickets: string[] = [];

  open(protocol: string, query: string, ticket: string) {
    this.protocols.push(protocol + query);
    this.tickets.push(ticket);
    this.sockets.push(new FakeSocket());
    return this.newest;
  }
  ticket() {
    return this.answer === null ? Promise.reject(new Error("nobody")) : Promise.resolve(this.answer);
  }
  get newest() {
    return this.sockets[this.sockets.length - 1]!;
  }
  /** Let promises settle, then move the clock. */
  async pass(milliseconds: number) {
    await settle();
    this.forward(milliseconds);
    await settle();
  }
}

const settle = () => new Promise((done) => setTimeout(done, 0));

let world: FakeWorld;
let connection: Connection;
let states: ConnectionState[];
let heard: unknown[];
let closed: string[];
let unreadable: boolean;
let query: string;

beforeEach(async () => {
  [world, states, heard, closed, unreadable, query] = [new FakeWorld(), [], [], [], false, ""];
  const listener = {
    state: (state: ConnectionState) => states.push(state),
    text: (data: string) => heard.push(data),
    binary(data: ArrayBuffer) {
      if (unreadable) throw new Error("bad frame");
      heard.push(data);
    },
    closed: (reason: string) => closed.push(reason),
    query: () => query,
  };
  connection = new Connection(listener, world);
  connection.connect();
  await settle();
});

test("a socket is opened with a new ticket each time", async () => {
  world.answer = { status: 200, text: "another" };
  world.newest.onclose!({ code: 1006, reason: "" });
  await world.pass(250);
  expect(world.tickets).toEqual(["a-ticket", "another"]);
});

test("connecting, then live: messages pass both ways", () => {
  expect(connection.state.kind).toBe("connecting");
  expect(connection.send({ type: "ack", seq: 1 })).toBe(false);
  world.newest.onopen!();
  expect(states.map((state) => state.kind)).toEqual(["connecting", "live"]);
  expect(world.protocols).toEqual([PROTOCOL]);
  const frame = new ArrayBuffer(8);
  world.newest.onmessage!({ data: "{}" });
  world.newest.onmessage!({ data: frame });
  expect(heard).toEqual(["{}", frame]);
  expect(connection.send({ type: "ack", seq: 1 })).toBe(true);
  expect(world.newest.sent).toEqual(['{"type":"ack","seq":1}']);
});

describe("when the socket ends", () => {
  test("waits double from a quarter of a second to five seconds, and name the next attempt", async () => {
    const waits: number[] = [];
    for (let i = 0; i < 7; i++) {
      world.newest.onclose!({ code: 1006, reason: "" });
      await settle();
      if (connection.state.kind !== "lost" || connection.state.retryAt === null) throw new Error("expected a wait");
      waits.push(connection.state.retryAt - world.now());
      await world.pass(waits[i]!);
    }
    expect(waits).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000]);
    expect(world.sockets.length).toBe(8);
    expect(connection.state).toEqual({ kind: "lost", retryAt: null }); // the attempt under way
  });

  test("a message resets the waits, an open socket alone does not", async () => {
    for (let i = 0; i < 3; i++) {
      world.newest.onopen!();
      world.newest.onclose!({ code: 1006, reason: "" });
      await world.pass(5000);
    }
    world.newest.onmessage!({ data: "{}" });
    world.newest.onclose!({ code: 1006, reason: "" });
    await settle();
    expect(connection.state).toEqual({ kind: "lost", retryAt: world.now() + 250 });
  });

  test.each([401, 403, 429])("status %i ends the attempts, with the server's reason", async (status) => {
    world.answer = { status, text: "No access yet\nand more\n" };
    world.newest.onclose!({ code: 1006, reason: "" });
    await world.pass(60_000);
    expect(connection.state).toEqual({ kind: "error", status, text: "No access yet" });
    expect(world.sockets.length).toBe(1);
    world.answer = { status: 200, text: "a-ticket" };
    connection.connect(); // the user entered a code
    expect(connection.state.kind).toBe("connecting");
    await settle();
    expect(world.sockets.length).toBe(2);
  });

  test("a server that is not ready is tried again, and its reason is kept", async () => {
    world.answer = { status: 503, text: "The data are still being read\n" };
    world.newest.onclose!({ code: 1006, reason: "" });
    await world.pass(250);
    expect(connection.state).toEqual({ kind: "lost", retryAt: 750, text: "The data are still being read" });
    world.answer = { status: 200, text: "a-ticket" };
    await world.pass(500);
    expect(world.sockets.length).toBe(2);
  });

  test("a server that does not answer is asked for a ticket again", async () => {
    world.answer = null;
    world.newest.onclose!({ code: 1006, reason: "" });
    await world.pass(250);
    expect(connection.state).toEqual({ kind: "lost", retryAt: 750 });
    expect(world.sockets.length).toBe(1);
  });

  test("the next socket is opened with the query of that moment", async () => {
    query = "?member=abc&epoch=1&seq=5";
    world.newest.onclose!({ code: 1006, reason: "" });
    await world.pass(250);
    expect(world.protocols).toEqual([PROTOCOL, `${PROTOCOL}?member=abc&epoch=1&seq=5`]);
  });

  test.each([404, 500])("an answer of %i that says nothing about access is tried again", async (status) => {
    world.answer = { status, text: "" };
    world.newest.onclose!({ code: 1006, reason: "" });
    await world.pass(250);
    expect(connection.state).toEqual({ kind: "lost", retryAt: 750 });
  });

  test("a reason for closing is passed on, an ordinary close is not", async () => {
    world.newest.onclose!({ code: 1009, reason: "expected messages of at most 1 MiB" });
    await world.pass(250);
    world.newest.onclose!({ code: 1001, reason: "the server was stopped" });
    expect(closed).toEqual(["expected messages of at most 1 MiB"]);
  });

  test("connecting by hand replaces the wait", async () => {
    world.newest.onclose!({ code: 1006, reason: "" });
    await settle();
    connection.connect();
    connection.connect();
    await settle();
    expect(world.sockets.length).toBe(2);
    world.newest.onopen!();
    await world.pass(10_000);
    expect(world.sockets.length).toBe(2);
    expect(connection.state.kind).toBe("live");
  });

  test("messages of an abandoned socket are ignored", async () => {
    const old = world.newest;
    old.onclose!({ code: 1006, reason: "" });
    await world.pass(250);
    old.onmessage!({ data: "late" });
    old.onclose!({ code: 1006, reason: "again" });
    expect(heard).toEqual([]);
    expect(closed).toEqual([]);
  });
});

test("an unreadable message closes the socket with a notice and the longest wait", async () => {
  world.newest.onopen!();
  unreadable = true;
  world.newest.onmessage!({ data: new ArrayBuffer(8) });
  await settle();
  expect(closed).toEqual(["A message of the server could not be read, so this page reconnects: bad frame."]);
  expect(connection.state).toEqual({ kind: "lost", retryAt: 5000 });
});
