// Presence and recording: the list of members, their cameras in the picture, this member's heartbeat, and the controls
// that a viewer may not use.

import type { Client } from "./client";
import { browserClock } from "./dom/clock";
import { byId } from "./dom/element";
import { PeerMarks } from "./page/peerMarks";
import { Heartbeat } from "./wire/heartbeat";
import { PeopleList } from "./page/peopleList";
import type { Recording, ServerMessage } from "./wire/protocol.gen";
import { onTheme } from "./dom/theme";

/** Connect list, marks and recording of the page with a client. `pane` is 0, except in the frame of the second view. */
export function together(client: Client, pane: number): void {
  const { orbit, display } = client;
  const people = new PeopleList((name) => {
    client.ask({ type: "introduce", name: pane === 0 ? name : `${name.slice(0, 27)}, second view` });
  });
  const peerMarks = new PeerMarks(orbit, byId<SVGSVGElement>("overlay"));
  const heartbeat = new Heartbeat(
    () => {
      const { modes } = client;
      if (modes.inHeadset) return false; // the headset reports the head
      const { position, quaternion } = orbit.camera;
      return client.here(modes.wireframe ? "wireframe" : "browser", [...position.toArray(), ...quaternion.toArray()], []);
    },
    browserClock,
  );
  client.onMessage((heard: ServerMessage) => {
    if (heard.type === "welcome") {
      const looking = heard.scope === "viewer";
      document.body.classList.toggle("viewer", looking);
      for (const id of ["view", "names"]) byId(id).inert = looking;
      people.welcome(heard.id, heard.name);
      if (pane === 0) heartbeat.moved();
    } else if (heard.type === "people") {
      people.show(heard.items);
      if (pane === 0) peerMarks.show(people.others);
    } else if (heard.type === "moved" && pane === 0) peerMarks.move(heard.items);
    else if (heard.type === "recording") recording(heard);
  });
  display.onAfter(() => peerMarks.draw());
  if (pane === 0) orbit.onMove(() => heartbeat.moved());
  onTheme(() => people.restyle());
  byId("record").addEventListener("click", () => record(client));
}

/** Start or end the recording. */
export function record(client: Client): void {
  client.ask({ type: "record", on: byId("record").getAttribute("aria-pressed") !== "true" });
}

function recording({ on, by }: Recording): void {
  const button = byId("record");
  button.hidden = false;
  button.setAttribute("aria-pressed", String(on));
  button.lastElementChild!.textContent = on ? "Recording" : "Record";
  button.title = on ? `Recording, started by ${by}. Click to end it.` : "Record the session from now on";
}
