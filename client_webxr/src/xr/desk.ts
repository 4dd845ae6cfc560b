// The state of the headset's panel, and the actions of its buttons.

import type { Client } from "../client";
import { grouped } from "../dom/format";
import type { Operation, ServerMessage } from "../wire/protocol.gen";
import { NAMED_SHOWN, type PanelAction, type PanelPage, type PanelState } from "./layout";

const USE = "Pinch and draw a loop around points.";

/** Messages that change the panel. */
const SHOWN: ReadonlySet<ServerMessage["type"]> = new Set(["scene", "selected", "selections"]);

/** The actions of the headset's session that the panel needs. */
export interface Room {
  /** Place the cloud at arm's length, or as large as a room. */
  place(how: "arm" | "room"): void;
  /** The panel has moved to the other hand. */
  handed(): void;
  leave(): void;
}

export class Desk {
  leftHanded = false;
  /** The panel stays beside the cloud. */
  pinned = false;
  /** Whether the state has changed since the last drawing. */
  isStale = true;
  private chosen: Operation = "replace";
  private held = false;
  private page: PanelPage = "selection";
  private first = 0;
  private recording = false;
  private hint = "";
  private taken = 0;

  constructor(
    private readonly client: Client,
    private readonly room: Room,
  ) {}

  hear(heard: ServerMessage): void {
    if (heard.type === "recording") this.recording = heard.on;
    else if (heard.type === "refused") this.hint = heard.message;
    else if (!SHOWN.has(heard.type)) return;
    this.isStale = true;
  }

  /** The operation of the next loop: the chosen one, or subtract while the other hand is held up open. */
  get next(): Operation {
    return this.held ? "subtract" : this.chosen;
  }

  /** Set whether the other hand is held up open; returns whether that has changed. */
  hold(open: boolean): boolean {
    if (open === this.held) return false;
    this.held = open;
    this.isStale = true;
    return true;
  }

  /** Show a line, until the next one. */
  say(hint: string): void {
    this.hint = hint;
    this.isStale = true;
  }

  /** Notice new frames: traces for the plot, masks for the count, points. Called once in each frame of the headset. */
  poll(): void {
    const { trace, mask, points } = this.client.frames;
    const taken = trace + mask + points;
    if (taken === this.taken) return;
    this.taken = taken;
    this.isStale = true;
  }

  act(act: PanelAction): void {
    const { client, room } = this;
    this.isStale = true;
    switch (act.do) {
      case "page":
        this.page = act.page;
        return;
      case "operation":
        this.chosen = act.operation;
        return;
      case "undo":
      case "redo":
      case "clear":
        return client.edits[act.do]();
      case "keep":
        return client.ask({ type: "name", name: this.freshName() });
      case "record":
        return client.ask({ type: "record", on: !this.recording });
      case "mark":
        return client.ask({ type: "mark", name: act.name, on: act.on });
      case "recall":
        return client.edits.recall(act.name, "replace");
      case "projection":
        return this.show({ projection: act.projection });
      case "colour":
        return this.show({ classes: act.column });
      case "more":
        this.first = this.first + NAMED_SHOWN < client.names.length ? this.first + NAMED_SHOWN : 0;
        return;
      case "arm":
      case "room":
        return room.place(act.do);
      case "handed":
        this.leftHanded = !this.leftHanded;
        return room.handed();
      case "pin":
        this.pinned = !this.pinned;
        return;
      case "leave":
        return room.leave();
      default:
        act satisfies never;
    }
  }

  /** The state of the panel; `budget` and `rate` are those of the drawn points. */
  state(budget: number, rate: number): PanelState {
    const { client } = this;
    const { scene, selection } = client;
    const live = client.connection.state.kind === "live";
    const shown = Math.min(client.cloud.size, budget);
    const speed = rate > 0 ? `, ${rate.toFixed(0)} fps` : "";
    return {
      page: this.page,
      count: selection.waiting ? client.selectedDrawn : selection.word.count,
      drawn: client.selectedDrawn,
      operation: this.chosen,
      next: this.next,
      undo: selection.word.undo,
      redo: selection.word.redo,
      named: client.names,
      first: this.first,
      projection: scene?.projection ?? "",
      column: scene?.column ?? "",
      columns: scene?.columns ?? [],
      points: `${grouped(shown)} of ${grouped(scene?.rows ?? 0)} points drawn${speed}`,
      live,
      recording: this.recording,
      pinned: this.pinned,
      leftHanded: this.leftHanded,
      hint: live ? this.hint || USE : "The server is not connected. Reconnecting.",
    };
  }

  private show(change: { projection?: string; classes?: string }): void {
    const { scene } = this.client;
    if (scene === null) return;
    const { projection, column: classes, conductor } = scene;
    this.client.ask({ type: "view", projection, classes, conductor, ...change });
  }

  /** An unused name: there is no keyboard here. */
  private freshName(): string {
    const taken = new Set(this.client.names.map(({ name }) => name));
    let n = 1;
    while (taken.has(`loop ${n}`)) n++;
    return `loop ${n}`;
  }
}
