// The client as a whole: what it knows, what it does on each message of the server and on each act of the user.

import { Hover } from "./page/hover";
import { Cloud, type Chunk } from "./cloud/cloud";
import { browserNetwork, Connection, type ConnectionState } from "./wire/connection";
import { Display } from "./picture/display";
import { Edits, OFFLINE } from "./input/edits";
import { decode, type Frame, type ProgressFrame } from "./wire/frames";
import { Governor } from "./picture/governor";
import { Header } from "./page/header";
import { Inbox } from "./wire/inbox";
import { legend } from "./page/legend";
import { Modes } from "./picture/modes";
import { Murmuration } from "./page/murmuration";
import { message, notice, retract } from "./page/notice";
import { prepareNames, showNames } from "./page/named";
import { showSelected } from "./page/panel";
import type {
  ClientMessage,
  FrameKind,
  Here,
  Named,
  Operation,
  Scene,
  Selected,
  Selections,
  ServerMessage,
  State,
  Welcome,
} from "./wire/protocol.gen";
import { showProgress } from "./page/progress";
import { Selection } from "./cloud/selection";
import { ViewReporter } from "./wire/viewReporter";
import { Slots } from "./cloud/slots";
import { browserClock } from "./dom/clock";
import { soon } from "./dom/soon";
import { connectionStatus } from "./page/status";
import { Resumption } from "./wire/resumption";
import { OrbitCamera } from "./picture/orbitCamera";
import { Wireframes } from "./cloud/wireframes";

/** Milliseconds that a scene may wait for the picture before it. */
const PATIENCE = 500;

/** Milliseconds of a picture while the eye moves, aimed at: fluent enough to follow a point with the eye. */
const TARGET = 30;
const LONGEST_FRAME = 1000;
/** Points that are drawn whatever it takes: with fewer the cloud loses its shape, and every machine can draw them. */
const LEAST_POINTS = 100_000;

/** Where the cloud is looked at from, and how many points can be drawn there: as in the message Viewpoint. */
export interface ExternalView {
  matrix: number[];
  budget: number;
}

export class Client {
  scene: Scene | null = null;
  compute: State | null = null;
  scope: Welcome["scope"] = "editor";
  readonly cloud = new Cloud();
  readonly selection = new Selection(this.cloud);
  readonly slots = new Slots(this.cloud);
  readonly wireframes = new Wireframes();
  names: readonly Named[] = [];
  readonly frames: Record<FrameKind, number> = { points: 0, trace: 0, mask: 0, wireframe: 0, progress: 0 };
  readonly hidden = new Set<number>();
  private readonly inbox = new Inbox();
  private readonly resumption = new Resumption();
  readonly connection = new Connection(
    {
      state: (state) => this.connected(state),
      text: (data) => {
        const heard = JSON.parse(data) as ServerMessage;
        if (heard.type === "welcome") this.resumption.welcome(heard); // the frames that follow are counted from here
        this.inbox.put(() => this.hear(heard));
      },
      binary: (data) => {
        const frame = this.read(data);
        this.inbox.put(() => this.take(frame));
      },
      query: () => this.resumption.query,
      closed: notice,
    },
    browserNetwork,
  );
  readonly orbit: OrbitCamera;
  readonly governor = new Governor(TARGET, LEAST_POINTS);
  private externalView: (() => ExternalView) | null = null;
  private readonly viewReporter: ViewReporter;
  readonly modes: Modes;
  readonly display: Display;
  readonly hover: Hover;
  readonly edits = new Edits(this);
  private readonly header = new Header((view) => this.ask(view), notice);
  readonly murmuration = new Murmuration((axis) => this.connection.send({ type: "against", axis }));
  private patience = 0;
  /** Whether the server was last asked for no points. */
  private wireframe = false;
  /** Grows also over a reload of the page, which the server may take for the same person. */
  private step = Date.now();
  private drawn: number[] = [];
  private readonly wishes = {
    keep: (name: string) => this.ask({ type: "name", name }),
    recall: (name: string, operation: Operation) => this.edits.recall(name, operation),
    forget: (name: string) => this.ask({ type: "forget", name }),
    mark: (name: string, on: boolean) => this.ask({ type: "mark", name, on }),
  };
  private readonly listeners: ((heard: ServerMessage) => void)[] = [];
  /** Say what is selected once the server's word is complete: the sentence never shows half an answer. */
  private readonly tell = soon(() => {
    if (this.scene !== null && this.selection.settled)
      showSelected(this.scene, this.selection.word, this.modes.wireframe ? null : this.drawn, this.hidden);
  });
  private readonly showLegend = soon(() =>
    legend(this.scene!, this.cloud.level, this.hidden, (index) => this.toggleClass(index)),
  );

  /** `still`: nothing fades or moves by itself. */
  constructor(host: HTMLElement, still: boolean) {
    this.orbit = new OrbitCamera(host);
    this.modes = new Modes(this.orbit, this.cloud, this.wireframes, LEAST_POINTS, still, {
      changed: () => this.switched(),
      redraw: () => this.display.invalidate(),
    });
    this.wireframe = this.modes.wireframe;
    this.display = new Display(this.orbit, this.modes.picture, this.cloud);
    this.display.onAfter(() => this.externalView !== null && this.inbox.release()); // the page may be given no frames then
    this.display.onSeen((took) => {
      if (!this.display.owes) this.inbox.release(); // else it was the picture before
      this.measure(took);
    });
    this.viewReporter = new ViewReporter(
      browserClock,
      () => ({
        type: "viewpoint",
        ...(this.externalView?.() ?? { matrix: this.orbit.matrix(), budget: this.budget }),
      }),
      (viewpoint) => this.scene !== null && this.connection.send(viewpoint),
    );
    this.orbit.onMove(() => this.viewReporter.changed());
    this.hover = new Hover(this.display, this.cloud, (row) => this.connection.send({ type: "describe", row }));
    prepareNames(this.wishes);
  }

  /**
   * Judge the budget by the time from one picture to when the next could be drawn: pictures follow the hand, so the time
   * between two of them may be the hand's.
   */
  private measure(took: number): void {
    const elsewhere = this.modes.wireframe || this.externalView !== null;
    if (elsewhere || took > LONGEST_FRAME) this.governor.pause(); // or the page was hidden
    else if (this.governor.frame(took, this.cloud.size)) this.viewReporter.changed();
  }

  /** The cloud is looked at from elsewhere, the headset, or from the page again; called anew whenever that view changes. */
  setExternalView(externalView: (() => ExternalView) | null): void {
    this.externalView = externalView;
    this.viewReporter.changed();
  }

  /** Points took the place of the wireframe, or the other way round. */
  private switched(): void {
    this.display.show(this.modes.picture);
    this.display.restyle(); // the theme may have changed while it was hidden
    if (this.modes.wireframe !== this.wireframe) this.cloud.promised = Infinity; // until the server says how many it sends
    this.wireframe = this.modes.wireframe;
    this.viewReporter.tell();
    if (this.scene === null) return;
    this.display.begin(this.scene, this.hidden);
    this.display.mark(this.slots.colours);
    this.reflag(this.cloud.chunks);
  }

  /** How many points to ask for: none beside a wireframe. */
  private get budget(): number {
    return this.modes.wireframe ? 0 : this.governor.budget;
  }

  /** Say again what can be drawn here: the headset spoke for itself. */
  resumeView(): void {
    this.viewReporter.forget();
    this.murmuration.renew();
  }

  // ---- from the server --------------------------------------------------------------------------------------------

  private connected(state: ConnectionState): void {
    connectionStatus(state);
    if (state.kind === "error") {
      message("The server refused this page", state.text, { label: "Try again", act: () => this.connection.connect() });
    } else if (state.kind === "lost" && this.scene === null) {
      if (state.text !== undefined) message("The server is not ready", state.text);
      else if (state.retryAt !== null) message("No server", "It is not answering; this page tries again by itself.");
    } else if (state.kind === "connecting" || state.kind === "live") message(null);
    if (state.kind !== "live") this.inbox.clear();
    if (state.kind !== "live") showProgress(null);
    if (state.kind === "live") retract(OFFLINE);
    else this.header.settle();
  }

  /** Have something done with every message, after the client has taken it in. */
  onMessage(listener: (heard: ServerMessage) => void): void {
    this.listeners.push(listener);
  }

  private hear(heard: ServerMessage): void {
    if (heard.type === "scene" && this.display.owes) return this.wait(() => this.enter(heard));
    if (heard.type === "scene") return this.enter(heard);
    if (heard.type === "selections") this.named(heard);
    else if (heard.type === "card") this.hover.cards.take(heard);
    else if (heard.type === "state") this.modes.hear((this.compute = heard));
    else if (heard.type === "refused") this.refused(heard.to, heard.id, heard.message);
    else if (heard.type === "selected") this.selected(heard);
    else if (heard.type === "welcome") this.welcomed(heard);
    else if (heard.type === "granted") this.cloud.promised = heard.points;
    else if (heard.type === "drop") this.drop(heard.chunks);
    this.pass(heard);
  }

  private enter(scene: Scene): void {
    this.begin(scene);
    this.pass(scene);
  }

  private pass(heard: ServerMessage): void {
    for (const each of this.listeners) each(heard);
  }

  /** A connection begins: what was asked through the one before will not be answered. */
  private welcomed({ scope }: Welcome): void {
    this.scope = scope;
    if (this.selection.refuse(0)) this.reflag(this.cloud.chunks);
    this.viewReporter.forget();
  }

  private drop(indices: readonly number[]): void {
    this.display.arrange(this.cloud.drop(indices));
    this.reflag([]);
  }

  private named(heard: Selections): void {
    this.names = heard.items;
    showNames(heard.items, this.wishes);
    const changed = this.slots.hear(heard);
    this.display.mark(this.slots.colours);
    if (changed) this.reflag(this.cloud.chunks);
  }

  /** Let a whole picture be seen before the next scene takes its place. */
  private wait(act: () => void): void {
    this.inbox.hold(act);
    window.clearTimeout(this.patience);
    this.patience = window.setTimeout(() => this.inbox.release(), PATIENCE); // a window out of sight draws nothing
  }

  private selected(heard: Selected): void {
    this.reflag(this.selection.hear(heard) ? this.cloud.chunks : []);
    this.murmuration.selected(heard.count);
  }

  /** Another scene: everything drawn goes, the camera stays. */
  private begin(scene: Scene): void {
    const sameClasses = this.scene?.column === scene.column;
    this.resumption.scene(scene);
    this.scene = scene;
    this.cloud.reset();
    this.wireframes.reset();
    this.selection.reset();
    this.hover.reset();
    if (!sameClasses) this.hidden.clear();
    this.header.show(scene);
    this.murmuration.begin(scene);
    this.display.begin(scene, this.hidden);
    this.showLegend();
    this.tell();
    if (this.modes.wireframe) this.viewReporter.tell(); // before points come that nobody draws
    else this.viewReporter.changed();
  }

  private read(data: ArrayBuffer): Frame {
    try {
      const frame = decode(data);
      this.resumption.arrive(frame.seq);
      return frame;
    } catch (error) {
      this.resumption.tear();
      throw error;
    }
  }

  private take(frame: Frame): void {
    this.frames[frame.kind]++;
    if (frame.kind === "progress") showProgress(frame);
    else if (frame.epoch === this.scene?.epoch) this.show(frame);
    this.resumption.take(frame.seq);
    // A whole picture is acknowledged when it is drawn: what the server sends next is then as new as it can be.
    const taken = () => void this.connection.send({ type: "ack", seq: frame.seq });
    if (frame.kind === "points" && this.display.owes) this.wait(taken);
    else taken();
  }

  private show(frame: Exclude<Frame, ProgressFrame>): void {
    if (frame.kind === "points") {
      const level = this.cloud.level;
      const chunk = this.cloud.add(frame);
      if (chunk !== null) this.display.add(chunk);
      if (this.cloud.level !== level) this.showLegend();
    } else if (frame.kind === "mask") {
      const chunk = frame.slot === 0 ? this.selection.mask(frame) : this.slots.mask(frame);
      if (chunk !== null) this.reflag([chunk]);
      else this.tell();
    } else if (frame.kind === "wireframe") {
      this.wireframes.take(frame);
      this.display.invalidate();
    } else if (frame.of === "cloud") this.murmuration.take(frame, false);
    else if (frame.version === this.selection.word.version) this.murmuration.take(frame, this.externalView === null);
  }

  private refused(to: string, id: number, line: string): void {
    notice(line);
    if (to === "view") this.header.settle();
    else if (to === "describe") this.hover.cards.freed();
    else if (this.selection.refuse(id)) this.reflag(this.cloud.chunks);
  }

  // ---- what is shown ---------------------------------------------------------------------------------------------

  /** Take every colour anew: the theme is another one. */
  restyle(): void {
    this.display.restyle();
    this.display.mark(this.slots.colours);
    showNames(this.names, this.wishes);
    if (this.scene === null) return;
    this.showClasses();
    this.murmuration.hide(this.hidden);
    this.tell();
  }

  /** Show the flags of these chunks, and count them. */
  reflag(chunks: readonly Chunk[]): void {
    this.drawn = this.cloud.tally(this.scene?.classes.length ?? 0);
    this.display.flag(chunks, this.selection.word.count > 0 || this.selectedDrawn > 0);
    if (!this.selection.waiting) this.tell();
  }

  get selectedDrawn(): number {
    return this.drawn.reduce((sum, n) => sum + n, 0);
  }

  toggleClass(index: number): void {
    if (this.scene === null || index >= this.scene.classes.length) return;
    if (!this.hidden.delete(index)) this.hidden.add(index);
    this.showClasses();
    this.murmuration.hide(this.hidden);
    this.tell();
  }

  private showClasses(): void {
    this.showLegend();
    this.display.hide(this.hidden);
  }

  /** Say where this person's head and hands are; returns whether it was sent. */
  here(kind: Here["kind"], head: number[], hands: number[][]): boolean {
    return this.connection.send({ type: "here", seq: ++this.step, kind, head, hands });
  }

  /** Ask for something that is answered to everybody, or not at all; says so when there is nobody to ask. */
  ask(asked: ClientMessage): void {
    notice(null);
    if (this.connection.send(asked)) return;
    this.header.settle();
    notice(OFFLINE);
  }

  against(): void {
    this.murmuration.against();
  }
}
