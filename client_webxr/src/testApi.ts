// `window.lab`: the state of the client, read-only, for end-to-end tests and the console.

import { Vector3 } from "three";
import type { Client } from "./client";
import type { ConnectionState } from "./wire/connection";
import { place } from "./cloud/pick";
import type { FrameKind, Stroke } from "./wire/protocol.gen";
import type { Immersion } from "./xr/immersion";
import type { Part } from "./xr/layout";

export interface Lab {
  /** The connection in one word: connecting, live, lost or error. */
  readonly state: ConnectionState["kind"];
  /** Epoch of the scene; 0 before the first. */
  readonly epoch: number;
  /** Points in the picture, and curves of the scene. */
  readonly drawn: number;
  readonly rows: number;
  /** The server's newest answer, and the number of selected points that are drawn. */
  readonly selected: { id: number; version: number; count: number; counts: number[]; drawn: number };
  /** The current picture: points or the wireframe. */
  readonly mode: "points" | "wireframe";
  /** Whether WebGL draws the picture; else a plain canvas does. */
  readonly webgl: boolean;
  /** Received segments of the wireframes of the cloud and of the selection. */
  readonly segments: { cloud: number; selection: number };
  /** Whether all points have arrived, with flags of the server's newest answer, not of a guess. */
  readonly settled: boolean;
  /** The last stroke, exactly as sent. */
  readonly lastStroke: Stroke | null;
  /** Sorted rows of the drawn points with the flag of a slot; slot 0 is the selection. */
  localRows(slot?: number): number[];
  /** The current projection x view x model: 16 numbers, column-major. */
  matrix(): number[];
  /** The position of a drawn row in CSS pixels of the canvas, or null. */
  screenOf(row: number): [number, number] | null;
  /** Number of received frames, by kind. */
  readonly frames: Readonly<Record<FrameKind, number>>;
  /** Milliseconds from opening the page to the first picture of the cloud; 0 before it. */
  readonly firstPictureMs: number;
  /** The headset; null without WebGL. */
  readonly xr: Headset | null;
}

export interface Headset {
  /** immersive-vr or immersive-ar; null outside a session. */
  readonly mode: string | null;
  /** Number of frames since the page was opened. */
  readonly frames: number;
  /** Length of the current loop in metres; 0 without one. */
  readonly drawing: number;
  /** Number of hands that hold the cloud. */
  readonly holding: number;
  /** Cube to room, column-major, and half the cube's width in metres. */
  readonly anchor: { matrix: number[]; half: number };
  /** Label of the shown card, or null. */
  readonly card: string | null;
  /** The panel: its parts, its pose in the room, metres for each point, and whether it is on the wrist. */
  readonly panel: { matrix: number[]; unit: number; parts: Part[]; worn: boolean };
  /** Points drawn for each eye, and the budget. */
  readonly drawn: number;
  readonly budget: number;
  /** Number of visible other members. */
  readonly others: number;
  /** The position of a drawn row in the room, in metres, or null. */
  placeOf(row: number): number[] | null;
}

declare global {
  interface Window {
    readonly lab: Lab;
  }
}

/** Put a client on `window.lab`. */
export function expose(client: Client, immersion: Immersion | null, firstPictureMs: () => number): void {
  const { orbit, cloud, selection, wireframes } = client;
  const lab: Lab = {
    get state() {
      return client.connection.state.kind;
    },
    get epoch() {
      return client.scene?.epoch ?? 0;
    },
    get drawn() {
      return cloud.size;
    },
    get rows() {
      return client.scene?.rows ?? 0;
    },
    get selected() {
      const { id, version, count, counts } = selection.word;
      return { id, version, count, counts: [...counts], drawn: client.selectedDrawn };
    },
    get mode() {
      return client.modes.wireframe ? "wireframe" : "points";
    },
    get webgl() {
      return client.modes.webgl;
    },
    get segments() {
      return { cloud: wireframes.cloud?.segments ?? 0, selection: wireframes.selection?.segments ?? 0 };
    },
    get settled() {
      const { count, version } = selection.word;
      if (!client.modes.wireframe) return cloud.complete && selection.settled;
      return wireframes.cloud !== null && selection.settled && (count === 0 || wireframes.selection?.version === version);
    },
    get lastStroke() {
      return structuredClone(client.edits.lastStroke);
    },
    localRows: (slot = 0) => cloud.selectedRows(slot),
    matrix: () => orbit.matrix(),
    screenOf(row) {
      const point = cloud.find(row);
      return point === null ? null : place(orbit.matrix(), point, orbit.width, orbit.height);
    },
    get frames() {
      return { ...client.frames };
    },
    get firstPictureMs() {
      return firstPictureMs();
    },
    xr: immersion && headset(client, immersion),
  };
  Object.defineProperty(window, "lab", { value: Object.freeze(lab) });
}

function headset(client: Client, immersion: Immersion): Headset {
  const { anchor, board, culling, frameBudget, others, panelAnchor, ribbon, intent } = immersion;
  return {
    get mode() {
      return immersion.mode;
    },
    get frames() {
      return immersion.frames;
    },
    get drawing() {
      return ribbon.length;
    },
    get holding() {
      return [0, 1, 1, 2][intent.holding]!;
    },
    get anchor() {
      return { matrix: anchor.matrix.toArray(), half: anchor.half };
    },
    get card() {
      return immersion.card?.label ?? null;
    },
    get panel() {
      const { matrixWorld } = board.panel.mesh;
      return { matrix: matrixWorld.toArray(), unit: board.unit, parts: [...board.parts], worn: panelAnchor.worn };
    },
    get drawn() {
      return culling.drawn;
    },
    get budget() {
      return frameBudget.budget;
    },
    get others() {
      return others.seen;
    },
    placeOf(row) {
      const point = client.cloud.find(row);
      if (point === null) return null;
      const place = anchor.matrix.clone().multiply(client.orbit.model);
      return new Vector3(point[0], point[1], point[2]).applyMatrix4(place).toArray();
    },
  };
}
