// What a person asks of the selection: shown at once as far as it can be guessed here, and answered by the server.

import type { Chunk } from "../cloud/cloud";
import type { Client } from "../client";
import { Guess } from "../cloud/guess";
import { notice } from "../page/notice";
import { showCounting } from "../page/panel";
import { lasso, type Point } from "../cloud/polygon";
import type { ClientMessage, Operation, Stroke } from "../wire/protocol.gen";

/** Said when there is nobody to ask. */
export const OFFLINE = "The server is not connected: this cannot be done now.";

/** Milliseconds after which an unanswered stroke is said to be counting. */
const COUNTING = 200;

/** Points between two looks at the clock while what a stroke selects is looked for. */
const STEP = 500;

export class Edits {
  lastStroke: Stroke | null = null;
  private guess: Guess | null = null;
  private counting = 0;

  constructor(private readonly client: Client) {}

  /**
   * A shape was drawn around something, a polygon in CSS pixels of the picture: select what lies inside it.
   */
  stroke(shape: readonly Point[], operation: Operation): void {
    const { scene, orbit } = this.client;
    if (scene === null) return;
    const { width, height } = orbit;
    const polygon = shape.map(([x, y]) => [(2 * x) / width - 1, 1 - (2 * y) / height] as const);
    this.select(orbit.matrix(), polygon, operation);
  }

  /**
   * Show what a polygon selects here, and ask what it selects over all rows; false when there is nobody to ask. It is in
   * normalised device coordinates of the viewpoint whose `matrix` takes the drawn integers to clip space. Takes so
   * many milliseconds to look for it among the drawn points, and for the others when told to `lookOn`.
   */
  select(matrix: number[], polygon: readonly Point[], operation: Operation, atOnce = Infinity): boolean {
    const asked = this.change(
      (id) => (this.lastStroke = { type: "stroke", id, polygon: polygon.map((v) => [...v]), matrix, operation }),
    );
    if (!asked) return false;
    this.guess = new Guess(this.client.cloud.chunks, lasso(matrix, polygon), operation);
    this.continueGuess(atOnce);
    return true;
  }

  /** Look on for what the last stroke selects among the drawn points, unless the server has said it. */
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

  /** Ask for a change; false, with a notice, when there is nobody to ask. */
  private change(make: (id: number) => ClientMessage): boolean {
    const { connection, selection } = this.client;
    if (connection.state.kind !== "live") {
      notice(OFFLINE);
      return false;
    }
    notice(null);
    this.guess = null;
    connection.send(make(selection.request()));
    window.clearTimeout(this.counting);
    this.counting = window.setTimeout(() => selection.waiting && showCounting(this.client.selectedDrawn), COUNTING);
    return true;
  }
}
