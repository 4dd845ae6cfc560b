// The client as a whole: its state, and the reaction to each message of the server and each action of the user.
//
// Everything that touches the page or a graphics card is handed in (`Parts`), so that tests run the client without them.

import { Cloud, type Chunk } from "./cloud/cloud";
import { Selection } from "./cloud/selection";
import { Slots } from "./cloud/slots";
import type { Wireframes } from "./cloud/wireframes";
import { browserClock } from "./dom/clock";
import { soon } from "./dom/soon";
import { Edits, OFFLINE } from "./input/edits";
import type { Hover } from "./page/hover";
import type { Murmuration } from "./page/murmuration";
import type { Views } from "./page/views";
import type { Display } from "./picture/display";
import { Governor } from "./picture/governor";
import type { Modes } from "./picture/modes";
import type { OrbitCamera } from "./picture/orbitCamera";
import { Cards } from "./wire/cards";
import { Connection, type ConnectionState, type Network } from "./wire/connection";
import type { Frame, PointsFrame, ProgressFrame } from "./wire/frames";
import type {
  ClientMessage,
  FrameKind,
  Here,
  Named,
  Scene,
  Selected,
  Selections,
  ServerMessage,
  State,
  Viewpoint,
  Welcome,
} from "./wire/protocol.gen";
import { Receiver } from "./wire/receiver";
import { ViewReporter } from "./wire/viewReporter";

/** Target milliseconds of a picture while the camera moves: the eye can follow a point at this rate. */
const TARGET = 30;
const LONGEST_FRAME = 1000;
/** Points that are drawn at any cost: with fewer the cloud loses its shape, and every machine can draw them. */
export const LEAST_POINTS = 100_000;

/** A view of the cloud from elsewhere than the page's camera, and the points that can be drawn there. */
export type ExternalView = Pick<Viewpoint, "matrix" | "budget">;

export interface Parts {
  readonly network: Network;
  readonly cloud: Cloud;
  readonly wireframes: Wireframes;
  readonly orbit: OrbitCamera;
  readonly modes: Modes;
  readonly display: Display;
  readonly views: Views;
}

export class Client {
  scene: Scene | null = null;
  compute: State | null = null;
  scope: Welcome["scope"] = "editor";
  names: readonly Named[] = [];
  readonly cloud: Cloud;
  readonly wireframes: Wireframes;
  readonly orbit: OrbitCamera;
  readonly modes: Modes;
  readonly display: Display;
  readonly hover: Hover;
  readonly murmuration: Murmuration;
  readonly selection: Selection;
  readonly slots: Slots;
  readonly connection: Connection;
  readonly cards: Cards;
  readonly edits = new Edits(this);
  readonly governor = new Governor(TARGET, LEAST_POINTS);
  readonly frames: Record<FrameKind, number> = { points: 0, trace: 0, mask: 0, wireframe: 0, progress: 0 };
  readonly hidden = new Set<number>();
  private readonly views: Views;
  private readonly receiver = new Receiver(
    (message) => this.hear(message),
    (frame) => this.take(frame),
    browserClock,
  );
  private readonly viewReporter: ViewReporter;
  private externalView: (() => ExternalView) | null = null;
  /** Whether the server was last asked for no points. */
  private wireframe: boolean;
  /** Sequence number of presence messages; it also grows over a reload, which the server may take for the same member. */
  private step = Date.now();
  /** Drawn points that are shown as selected, by class. */
  private drawn: number[] = [];
  private readonly listeners: ((heard: ServerMessage) => void)[] = [];
  /** Write the sentence once the server's answer is complete: it never shows half an answer. */
  private readonly tell = soon(() => {
    if (this.scene !== null && this.selection.settled)
      this.views.selected(this.scene, this.selection.word, this.modes.wireframe ? null : this.drawn, this.hidden);
  });
  private readonly showLegend = soon(() => this.views.legend(this.scene!, this.cloud.level, this.hidden));

  constructor({ network, cloud, wireframes, orbit, modes, display, views }: Parts) {
    this.cloud = cloud;
    this.wireframes = wireframes;
    this.orbit = orbit;
    this.modes = modes;
    this.display = display;
    this.views = views;
    this.hover = views.hover;
    this.murmuration = views.murmuration;
    this.selection = new Selection(cloud);
    this.slots = new Slots(cloud);
    this.wireframe = modes.wireframe;
    this.connection = this.connectTo(network);
    this.cards = new Cards(
      (row) => this.connection.send({ type: "describe", row }),
      (card) => this.hover.carded(card),
    );
    this.viewReporter = new ViewReporter(
      browserClock,
      () => ({ type: "viewpoint", ...(this.externalView?.() ?? { matrix: orbit.matrix(), budget: this.budget }) }),
      (viewpoint) => this.scene !== null && this.connection.send(viewpoint),
    );
    modes.onChange(() => this.switched());
    modes.onRestored(() => display.invalidate());
    orbit.onMove(() => this.viewReporter.changed());
    display.onAfter(() => this.externalView !== null && this.receiver.release()); // a page behind a headset may get no frames
    display.onSeen((took) => {
      if (!display.owes) this.receiver.release(); // otherwise this was the picture before
      this.measure(took);
    });
  }

  private connectTo(network: Network): Connection {
    const listener = {
      state: (state: ConnectionState) => this.connected(state),
      text: (data: string) => this.receiver.text(data),
      binary: (data: ArrayBuffer) => this.receiver.binary(data),
      query: () => this.receiver.query,
      closed: (reason: string) => this.notice(reason),
    };
    return new Connection(listener, network);
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

  /** Report the view of the headset instead of the page's camera, at every change of it; null returns to the camera. */
  setExternalView(externalView: (() => ExternalView) | null): void {
    this.externalView = externalView;
    this.viewReporter.changed();
  }

  /** The picture has changed between points and wireframe. */
  private switched(): void {
    this.display.show(this.modes.picture);
    this.display.restyle(); // the theme may have changed while this picture was hidden
    if (this.modes.wireframe !== this.wireframe) this.cloud.promised = Infinity; // until the server grants a number
    this.wireframe = this.modes.wireframe;
    this.viewReporter.tell();
    if (this.scene === null) return;
    this.display.begin(this.scene, this.hidden);
    this.display.mark(this.slots.colours);
    this.reflag(this.cloud.chunks);
  }

  /** Points to request: none for a wireframe. */
  private get budget(): number {
    return this.modes.wireframe ? 0 : this.governor.budget;
  }

  /** Report camera and plot axis of the page again after a session in the headset. */
  resumeView(): void {
    this.viewReporter.forget();
    this.murmuration.renew();
  }

  // ---- from the server --------------------------------------------------------------------------------------------

  private connected(state: ConnectionState): void {
    const { views } = this;
    views.connection(state);
    if (state.kind === "error") {
      const again = () => this.connection.connect();
      if (state.status !== 403) views.askForCode(state.text, again);
      else views.message("The server refused this page", state.text, { label: "Try again", act: again });
    } else if (state.kind === "lost" && this.scene === null) {
      if (state.text !== undefined) views.message("The server is not ready", state.text);
      else if (state.retryAt !== null) views.message("No server", "It does not answer; this page keeps trying to connect.");
    } else if (state.kind === "connecting" || state.kind === "live") views.message(null);
    if (state.kind === "live") return views.retract(OFFLINE);
    this.receiver.clear();
    views.progress(null);
    views.header.settle();
  }

  /** Call `listener` with every message, after the client has taken it in. */
  onMessage(listener: (heard: ServerMessage) => void): void {
    this.listeners.push(listener);
  }

  private hear(heard: ServerMessage): void {
    switch (heard.type) {
      case "scene":
        return this.display.owes ? this.receiver.hold(() => this.enter(heard)) : this.enter(heard);
      case "selections":
        this.named(heard);
        break;
      case "card":
        this.cards.take(heard);
        break;
      case "state":
        this.modes.hear((this.compute = heard));
        break;
      case "refused":
        this.refused(heard.to, heard.id, heard.message);
        break;
      case "selected":
        this.selected(heard);
        break;
      case "welcome":
        this.welcomed(heard);
        break;
      case "granted":
        this.cloud.promised = heard.points;
        break;
      case "drop":
        this.drop(heard.chunks);
        break;
      case "people":
      case "moved":
      case "recording":
        break; // listeners take these: together.ts and the headset
      default:
        heard satisfies never; // a newer server's message: nothing here depends on it
    }
    this.pass(heard);
  }

  private enter(scene: Scene): void {
    this.begin(scene);
    this.pass(scene);
  }

  private pass(heard: ServerMessage): void {
    for (const each of this.listeners) each(heard);
  }

  /** A connection begins: requests of the one before will not be answered. */
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
    this.views.names(heard.items);
    const changed = this.slots.hear(heard);
    this.display.mark(this.slots.colours);
    if (changed) this.reflag(this.cloud.chunks);
  }

  private selected(heard: Selected): void {
    this.reflag(this.selection.hear(heard) ? this.cloud.chunks : []);
    this.murmuration.selected(heard.count);
  }

  /** Begin another scene: all points are dropped, the camera stays. */
  private begin(scene: Scene): void {
    const sameClasses = this.scene?.column === scene.column;
    this.receiver.began(scene);
    this.scene = scene;
    this.cloud.reset();
    this.wireframes.reset();
    this.selection.reset();
    this.cards.reset();
    this.hover.reset();
    if (!sameClasses) this.hidden.clear();
    this.views.header.show(scene);
    this.murmuration.begin(scene);
    this.display.begin(scene, this.hidden);
    this.showLegend();
    this.tell();
    if (this.modes.wireframe) this.viewReporter.tell(); // before the server sends points that are not drawn
    else this.viewReporter.changed();
  }

  private take(frame: Frame): void {
    this.frames[frame.kind]++;
    if (frame.kind === "progress") this.views.progress(frame);
    else if (frame.epoch === this.scene?.epoch) this.show(frame);
    this.receiver.took(frame);
    // A complete picture is acknowledged after it was drawn, so that the next scene is as new as possible.
    const taken = () => void this.connection.send({ type: "ack", seq: frame.seq });
    if (frame.kind === "points" && this.display.owes) this.receiver.hold(taken);
    else taken();
  }

  private show(frame: Exclude<Frame, ProgressFrame>): void {
    switch (frame.kind) {
      case "points":
        return this.showPoints(frame);
      case "mask": {
        const chunk = frame.slot === 0 ? this.selection.mask(frame) : this.slots.mask(frame);
        return chunk === null ? this.tell() : this.reflag([chunk]);
      }
      case "wireframe":
        this.wireframes.take(frame);
        return this.display.invalidate();
      case "trace": {
        const own = frame.of === "cloud" || frame.version === this.selection.word.version;
        if (own) this.murmuration.take(frame, frame.of === "selection" && this.externalView === null);
        return;
      }
      default:
        frame satisfies never;
    }
  }

  private showPoints(frame: PointsFrame): void {
    const { level } = this.cloud;
    const chunk = this.cloud.add(frame);
    if (chunk !== null) this.display.add(chunk);
    if (this.cloud.level !== level) this.showLegend();
  }

  private refused(to: string, id: number, line: string): void {
    this.notice(line);
    if (to === "view") this.views.header.settle();
    else if (to === "describe") this.cards.freed();
    else if (this.selection.refuse(id)) this.reflag(this.cloud.chunks);
  }

  // ---- the picture ---------------------------------------------------------------------------------------------

  /** Take every colour from the current theme. */
  restyle(): void {
    this.display.restyle();
    this.display.mark(this.slots.colours);
    this.views.names(this.names);
    if (this.scene === null) return;
    this.showClasses();
    this.murmuration.hide(this.hidden);
    this.tell();
  }

  /** Draw the flags of these chunks, and count the selected points. */
  reflag(chunks: readonly Chunk[]): void {
    this.drawn = this.cloud.tally(this.scene?.classes.length ?? 0);
    this.display.flag(chunks, this.selection.word.count > 0 || this.selectedDrawn > 0);
    if (!this.selection.waiting) this.tell();
  }

  /** Number of drawn points that are shown as selected. */
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

  /** Send this member's pose; returns whether that was possible. */
  here(kind: Here["kind"], head: number[], hands: number[][]): boolean {
    return this.connection.send({ type: "here", seq: ++this.step, kind, head, hands });
  }

  /** Send a change of the shared session; with a notice when the server is not connected. */
  ask(asked: ClientMessage): void {
    this.notice(null);
    if (this.connection.send(asked)) return;
    this.views.header.settle();
    this.notice(OFFLINE);
  }

  notice(text: string | null): void {
    this.views.notice(text);
  }

  /** Report that the server is still counting, with the points that are selected on the screen. */
  counting(drawn: number): void {
    this.views.counting(drawn);
  }
}
