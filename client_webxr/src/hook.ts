// `window.lab`: what the client knows, to read, for end-to-end tests and the console. It changes nothing.

import type { Client } from "./client";
import type { ConnectionState } from "./connection";
import { place } from "./pick";
import type { FrameKind, Stroke } from "./protocol.gen";

export interface Lab {
  /** The connection in one word: connecting, live, lost or error. */
  readonly state: ConnectionState["kind"];
  /** Of the scene; 0 before the first. */
  readonly epoch: number;
  /** Points in the picture, and curves of the scene. */
  readonly drawn: number;
  readonly rows: number;
  /** The server's newest word, and how many selected points are drawn. */
  readonly selected: { id: number; version: number; count: number; counts: number[]; drawn: number };
  /** Whether all points are here, and each is shown as the server's newest word says, not as this side guesses. */
  readonly settled: boolean;
  /** The stroke last sent, exactly as sent. */
  readonly lastStroke: Stroke | null;
  /** Sorted rows of the drawn points that are shown as selected, or in the colour of a named selection's slot. */
  localRows(slot?: number): number[];
  /** projection x view x model now: 16 numbers, column-major. */
  matrix(): number[];
  /** Where a drawn row is in CSS pixels of the canvas, or null. */
  screenOf(row: number): [number, number] | null;
  /** Binary messages taken in, by kind. */
  readonly frames: Readonly<Record<FrameKind, number>>;
  /** Milliseconds from opening the page to the first picture with points; 0 before it. */
  readonly firstPictureMs: number;
}

declare global {
  interface Window {
    readonly lab: Lab;
  }
}

/** Put a client on `window.lab`. */
export function expose(client: Client, firstPictureMs: () => number): void {
  const { viewpoint, cloud, selection } = client;
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
    get settled() {
      return cloud.complete && selection.settled;
    },
    get lastStroke() {
      return structuredClone(client.lastStroke);
    },
    localRows: (slot = 0) => cloud.selectedRows(slot),
    matrix: () => viewpoint.matrix(),
    screenOf(row) {
      const point = cloud.find(row);
      return point === null ? null : place(viewpoint.matrix(), point, viewpoint.width, viewpoint.height);
    },
    get frames() {
      return { ...client.frames };
    },
    get firstPictureMs() {
      return firstPictureMs();
    },
  };
  Object.defineProperty(window, "lab", { value: Object.freeze(lab) });
}
