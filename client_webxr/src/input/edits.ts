// The user's changes to the selection: shown at once as far as this client can guess them, then answered by the server.

import type { Chunk, Cloud } from "../cloud/cloud";
import { Guess } from "../cloud/guess";
import { lasso, type Point } from "../cloud/polygon";
import type { Selection } from "../cloud/selection";
import type { Display } from "../picture/display";
import type { OrbitCamera } from "../picture/orbitCamera";
import type { Connection } from "../wire/connection";
import type { ClientMessage, Operation, Scene, Stroke } from "../wire/protocol.gen";

/** The notice for a change that cannot be sent. */
export const OFFLINE = "The server is not connected: nothing was changed. This page reconnects by itself; then try again.";

/** Milliseconds after which an unanswered change is reported as being counted. */
const COUNTING = 200;

/** Points tested between two readings of the clock. */
const STEP = 500;

/** The parts of the client that an edit reads and changes. */
export interface Editing {
  readonly scene: Scene | null;
  readonly cloud: Cloud;
  readonly selection: Selection;
  readonly orbit: Pick<OrbitCamera, "matrix" | "width" | "height">;
  readonly display: Pick<Display, "flag">;
  readonly connection: Connection;
  /** Drawn points that are shown as selected. */
  readonly selectedDrawn: number;
  /** Draw the flags of these chunks and count them. */
  reflag(chunks: readonly Chunk[]): void;
  notice(text: string | null): void;
  /** Report that the server is still counting, with the points that are selected on the screen. */
  counting(drawn: number): void;
}

export class Edits {
  lastStroke: Stroke | null = null;
  private guess: Guess | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly client: Editing) {}

  /** Select the points inside a shape: a polygon in CSS pixels of the picture. */
  stroke(shape: readonly Point[], operation: Operation): void {
    const { scene, orbit } = this.client;
    if (scene === null) return;
    const { width, height } = orbit;
    const polygon = shape.map(([x, y]) => [(2 * x) / width - 1, 1 - (2 * y) / height] as const);
    this.select(orbit.matrix(), polygon, operation);
  }

  /**
   * Show the points inside a polygon as selected, and ask the server for all rows inside it; false when the server is
   * not connected. `polygon` is in normalised device coordinates of the projection `matrix`, which takes the drawn
   * integers to clip space (column-major). The drawn points are tested for `milliseconds`; `continueGuess` tests the rest.
   */
  select(matrix: number[], polygon: readonly Point[], operation: Operation, milliseconds = Infinity): boolean {
    const asked = this.change(
      (id) => (this.lastStroke = { type: "stroke", id, polygon: polygon.map((v) => [...v]), matrix, operation }),
    );
    if (!asked) return false;
    this.guess = new Guess(this.client.cloud.chunks, lasso(matrix, polygon), operation);
    this.continueGuess(milliseconds);
    return true;
  }

  /** Test more drawn points against the last stroke, unless the server has answered it. */
  continueGuess(milliseconds: number): void {
    const { guess } = this;
    const { cloud, selection, display } = this.client;
    if (guess === null) return;
    if (!selection.waiting) return void (this.guess = null);
    const until = performance.now() + milliseconds;
    const touched = new Set<Chunk>();
    do for (const chunk of guess.go(STEP)) touched.add(chunk);
    while (!guess.done && performance.now() < until);
    const seen = cloud.chunks.filter((chunk) => touched.has(chunk));
    if (!guess.done) return display.flag(seen, selection.word.count + guess.hits > 0);
    this.guess = null;
    this.client.reflag(seen);
  }

  clear(): void {
    const { cloud, selection } = this.client;
    if (selection.word.count === 0 && !selection.waiting) return;
    if (!this.change((id) => ({ type: "clear", id }))) return;
    selection.guessNothing();
    this.client.reflag(cloud.chunks);
  }

  recall(name: string, operation: Operation): void {
    this.change((id) => ({ type: "recall", id, name, operation }));
  }

  /** Select the curves of a downloaded selection; the server computes them again from its recipe. */
  open(recipe: string): void {
    this.change((id) => ({ type: "open", id, recipe }));
  }

  undo(): void {
    if (this.client.selection.word.undo !== "") this.change((id) => ({ type: "undo", id }));
  }

  redo(): void {
    if (this.client.selection.word.redo !== "") this.change((id) => ({ type: "redo", id }));
  }

  /** Send a change; false, with a notice, when the server is not connected. */
  private change(make: (id: number) => ClientMessage): boolean {
    const { client } = this;
    const { connection, selection } = client;
    if (connection.state.kind !== "live") {
      client.notice(OFFLINE);
      return false;
    }
    client.notice(null);
    this.guess = null;
    connection.send(make(selection.request()));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => selection.waiting && client.counting(client.selectedDrawn), COUNTING);
    return true;
  }
}
