// The session as a meeting: who is here, where they look from, whether it is recorded. A viewer is told what they may.

import type { Client } from "./client";
import { byId } from "./dom/element";
import { Heads } from "./page/peerMarks";
import { Presence } from "./wire/heartbeat";
import { People } from "./page/people";
import type { Recording, ServerMessage } from "./wire/protocol.gen";
import { onTheme } from "./dom/theme";

/** Connect people, heads and the recording of the page with a client. `pane` is 0 but in the second view's frame. */
export function together(client: Client, pane: number): void {
  const { viewpoint, display } = client;
  const people = new People((name) => {
    client.ask({ type: "introduce", name: pane === 0 ? name : `${name.slice(0, 27)}, second view` });
  });
  const heads = new Heads(viewpoint, byId<SVGSVGElement>("overlay"));
  const presence = new Presence(
    () => {
      const { modes } = client;
      if (modes.cloud3d?.scene3d.renderer.xr.isPresenting) return false; // the headset says where the head is
      const { position, quaternion } = viewpoint.camera;
      return client.here(modes.wireframe ? "wireframe" : "browser", [...position.toArray(), ...quaternion.toArray()], []);
    },
    {
      now: () => Date.now(),
      after: (milliseconds, then) => window.setTimeout(then, milliseconds),
      cancel: (timer) => window.clearTimeout(timer as number | undefined),
    },
  );
  client.onMessage((heard: ServerMessage) => {
    if (heard.type === "welcome") {
      const looking = heard.scope === "viewer";
      document.body.classList.toggle("viewer", looking);
      for (const id of ["view", "names"]) byId(id).inert = looking;
      people.welcome(heard.id, heard.name);
      if (pane === 0) presence.moved();
    } else if (heard.type === "people") {
      people.show(heard.items);
      if (pane === 0) heads.show(people.others);
    } else if (heard.type === "moved" && pane === 0) heads.move(heard.items);
    else if (heard.type === "recording") recording(heard);
  });
  display.onAfter(() => heads.draw());
  if (pane === 0) viewpoint.onMove(() => presence.moved());
  onTheme(() => people.restyle());
  byId("record").addEventListener("click", () => record(client));
}

/** Begin or end the recording. */
export function record(client: Client): void {
  client.ask({ type: "record", on: byId("record").getAttribute("aria-pressed") !== "true" });
}

function recording({ on, by }: Recording): void {
  const button = byId("record");
  button.hidden = false;
  button.setAttribute("aria-pressed", String(on));
  button.lastElementChild!.textContent = on ? "Recording" : "Record";
  button.title = on ? `Recording since ${by} began: click to end it` : "Record what is done from now on";
}
