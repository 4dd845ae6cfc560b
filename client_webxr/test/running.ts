// A client on the elements of index.html, with a network that a test speaks through and pictures that record.

import { Client } from "../src/client";
import { Cloud } from "../src/cloud/cloud";
import { Wireframes } from "../src/cloud/wireframes";
import { makeViews } from "../src/page/views";
import type { Cloud3d } from "../src/picture/cloud3d";
import { Display } from "../src/picture/display";
import { Modes } from "../src/picture/modes";
import { OrbitCamera } from "../src/picture/orbitCamera";
import type { ServerMessage, Welcome } from "../src/wire/protocol.gen";
import { vi } from "vitest";
import { byId, frame, openPage } from "./dom";
import { pointsFrame, scene } from "./messages";
import { FakeNetwork } from "./network";
import { RecordedPicture } from "./picture";

/** Four points near the middle of the cube: two of each class, rows 0 to 3. */
export const POINTS = [0, 1, 0, 1].map((kind, i) => [32768 + 1000 * i, 32768, 32768, kind]);

export class RunningClient {
  readonly network = new FakeNetwork();
  readonly points = new RecordedPicture();
  readonly wireframe = new RecordedPicture();
  readonly client: Client;

  /** The test's time stands still: `settle` lets it pass. */
  constructor() {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    openPage();
    const { network, points, wireframe } = this;
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
    const client: Client = new Client({ network, cloud, wireframes, orbit, modes, display, views });
    this.client = client;
  }

  /** A message of the server. */
  say(message: ServerMessage): void {
    this.network.socket.onmessage!({ data: JSON.stringify(message) });
  }

  /** A frame of the server. */
  send(data: ArrayBuffer): void {
    this.network.socket.onmessage!({ data });
  }

  /** The messages of a type that the client sent. */
  sent(type: string) {
    return this.network.sent().filter((each) => each.type === type);
  }

  async connect(scope: Welcome["scope"] = "editor"): Promise<void> {
    this.client.connection.connect();
    await this.network.settle();
    this.network.socket.onopen!();
    this.say({ type: "welcome", id: 1, member: "m", name: "Ann", colour: "#56b4e9", scope, resumed: false });
  }

  /** Connect, and show a scene of four points. */
  async begin(scope: Welcome["scope"] = "editor"): Promise<void> {
    await this.connect(scope);
    this.say(scene());
    this.send(pointsFrame(1, 0, POINTS));
    this.settle();
  }

  /** The connection breaks off. */
  lose(): void {
    this.network.socket.onclose!({ code: 1006, reason: "" });
  }

  /** Draw the requested pictures, until they are on the screen. */
  settle(): void {
    for (let i = 0; i < 3; i++) {
      vi.advanceTimersByTime(200);
      frame();
    }
  }
}
