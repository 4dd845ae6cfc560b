// The session in a headset, from entering to leaving, frame by frame.
//
// It draws the points of the page, from the same buffers, in a scene graph of its own; meanwhile the page's own picture
// pauses. A frame reads the poses, acts on them, places everything that depends on them, and draws.

import {
  Color,
  Group,
  Matrix4,
  Mesh,
  MeshBasicMaterial,
  PerspectiveCamera,
  RingGeometry,
  Scene as Graph,
  SRGBColorSpace,
  Vector3,
} from "three";
import type { Client } from "../client";
import type { Cloud3d } from "../picture/cloud3d";
import { rgb } from "../picture/palette";
import { isLoop, simplify } from "../cloud/polygon";
import type { Card, ServerMessage } from "../wire/protocol.gen";
import { Board, type HeadsetColours } from "./board";
import { Captions } from "./captions";
import { Culling } from "./culling";
import { Desk } from "./desk";
import { open, quicken } from "./device";
import type { XrMode } from "./entry";
import { eyeMatrix, project } from "./eye";
import { HandMesh } from "./handMesh";
import { Grab } from "./grab";
import type { Hand } from "./hand";
import { Head } from "./head";
import { Handle } from "./handle";
import { Hands } from "./hands";
import { Intent, type Target } from "./intent";
import type { PanelAction } from "./layout";
import { Others } from "./others";
import { FrameBudget } from "./frameBudget";
import { PanelAnchor } from "./panelAnchor";
import { Pointing } from "./pointing";
import { PoseReporter } from "./poseReporter";
import { Ribbon } from "./ribbon";
import { Sound } from "./sound";
import { CloudAnchor } from "./cloudAnchor";

/** Tangents of the least extent of a loop, and of the tolerance of its simplified line: 0.5 and 0.04 degrees. */
const LEAST_LOOP = 0.01;
const TOLERANCE = 0.0007;
/** Diameter in metres of a point of a cloud 0.8 m across. */
const POINT_SIZE = 0.005;
/** Pixels for each degree at which a pixel of a point is a pixel of the device. */
const FINE = 12;
/** Milliseconds of each frame for testing points against a loop. */
const SHARE = 0.4;
/** Marks in the browser's profile around the work of a frame before drawing. */
const BEGINS = "our frame begins";
const ENDS = "our frame ends";
/** Least milliseconds between two drawings of the panel. */
const PANEL = 60;

export class Immersion {
  mode: XrMode | null = null;
  /** Whether hand tracking was granted; null before the first session. */
  handTracking: boolean | null = null;
  readonly anchor = new CloudAnchor();
  readonly frameBudget = new FrameBudget();
  readonly panelAnchor = new PanelAnchor();
  readonly hands = new Hands((hand) => this.intent.lost(this.index(hand)));
  readonly board: Board;
  readonly culling: Culling;
  readonly others: Others;
  readonly ribbon: Ribbon;
  readonly intent: Intent;
  frames = 0;
  /** Card of the point under the ray. */
  card: Card | null = null;

  private readonly graph = new Graph();
  private readonly cube = new Group();
  private readonly camera = new PerspectiveCamera(90, 1, 0.05, 50);
  private readonly grab = new Grab(this.anchor);
  private readonly desk: Desk;
  private readonly captions: Captions;
  private readonly handle: Handle;
  private readonly handMesh: HandMesh;
  private readonly pointing: Pointing;
  private readonly sound = new Sound();
  private readonly colours: HeadsetColours;
  private readonly ring = new MeshBasicMaterial({ transparent: true, opacity: 0.6 });
  private readonly tints = { ground: new Color(), axis: new Color(), text: new Color(), accent: new Color() };

  private session: XRSession | null = null;
  private readonly head = new Head();
  private readonly poseReporter: PoseReporter;
  private readonly place = new Matrix4();
  private readonly spot = new Vector3();
  private readonly rays = [0, 0];
  private readonly atBoard = [false, false];
  private standing = false;
  private self = 0;
  private shownAt = -Infinity;

  constructor(
    private readonly client: Client,
    private readonly cloud3d: Cloud3d,
    /** The colours of the current theme. */
    private readonly theme: () => HeadsetColours,
    /** Called when a session began or ended. */
    private readonly changed: () => void,
  ) {
    this.colours = theme();
    const { colours } = this;
    this.board = new Board(colours, (act, hand) => this.press(act, hand));
    this.desk = new Desk(client, {
      place: (how) => (how === "arm" ? this.anchor.before(this.head.matrix) : this.anchor.room(this.head.matrix)),
      handed: () => (this.panelAnchor.reset(), this.captions.relay()),
      leave: () => this.leave(),
    });
    this.captions = new Captions(this.anchor, colours);
    this.culling = new Culling(client.cloud, cloud3d.points);
    this.others = new Others(colours);
    this.ribbon = new Ribbon();
    this.handle = new Handle(this.tints.axis, this.tints.text);
    this.handMesh = new HandMesh();
    this.pointing = new Pointing(client.cloud);
    this.poseReporter = new PoseReporter(client, this.anchor);
    this.intent = new Intent({
      target: (hand) => this.target(hand),
      length: () => this.ribbon.length,
      drawBegin: (hand) => this.ribbon.begin(this.hands.both[hand]!.tip),
      drawEnd: (hand) => this.drawn(hand),
      drawCancel: () => this.ribbon.end(),
      press: (hand) => this.board.pressHovered(hand),
      hold: (mask) => this.hold(mask),
    });
    this.build();
    client.onMessage((heard) => this.hear(heard));
  }

  private hear(heard: ServerMessage): void {
    this.desk.hear(heard);
    if (heard.type === "moved") this.others.moved(heard);
    else if (heard.type === "people") this.others.people(heard.items, this.self);
    else if (heard.type === "welcome") this.self = heard.id;
    else if (heard.type === "scene") {
      this.captions.begin(heard);
      this.pointing.reset();
    }
  }

  /** Begin a session. Rejects with the browser's message when the device refuses. */
  async enter(mode: XrMode): Promise<void> {
    if (this.session !== null || navigator.xr === undefined) return;
    const { renderer } = this.cloud3d.scene3d;
    const session = await open(mode, renderer);
    this.session = session;
    this.mode = mode;
    this.handTracking = session.enabledFeatures?.includes("hand-tracking") ?? null;
    session.addEventListener("end", () => this.ended());
    await this.head.begin(session);
    this.begin(session);
    renderer.xr.setAnimationLoop((time, frame) => this.frame(time, frame!));
    await renderer.xr.setSession(session);
    this.changed();
  }

  leave(): void {
    void this.session?.end();
  }

  private begin(session: XRSession): void {
    const { points } = this.cloud3d;
    this.recolour();
    this.standing = false;
    this.client.display.rest(true);
    this.graph.background = this.mode === "immersive-ar" ? null : this.tints.ground;
    this.cube.add(points.object);
    this.culling.begin();
    this.hands.begin(session);
    this.sound.begin();
    this.panelAnchor.reset();
    this.board.release();
    this.desk.isStale = true;
    this.rehearse();
    this.frameBudget.begin(session.frameRate);
    void quicken(session).then((rate) => this.frameBudget.begin(rate));
  }

  /** Create the objects of the first frame and run its code once: both take longer than a frame may. */
  private rehearse(): void {
    this.head.matrix.setPosition(0, 1.6, 0);
    this.placeThings(performance.now());
    this.culling.choose([], this.place, 0);
  }

  /** The session ended: the page continues with its own picture. */
  private ended(): void {
    const { points, scene3d } = this.cloud3d;
    this.session = null;
    this.head.end();
    this.mode = null;
    this.intent.lost(0);
    this.intent.lost(1);
    this.hands.end();
    this.sound.end();
    this.culling.end();
    scene3d.graph.add(points.object);
    scene3d.renderer.xr.setAnimationLoop(null);
    scene3d.renderer.xr.enabled = false;
    scene3d.resize();
    this.client.setExternalView(null);
    this.client.edits.continueGuess(Infinity);
    this.client.display.rest(false);
    this.client.display.invalidate();
    this.changed();
  }

  // ---- a frame ----------------------------------------------------------------------------------------------------

  private frame(time: number, frame: XRFrame): void {
    console.timeStamp(BEGINS); // free unless the browser's profiler runs; read by bench/page.py
    const { renderer } = this.cloud3d.scene3d;
    const { head } = this;
    const room = renderer.xr.getReferenceSpace();
    if (room === null || !this.head.read(frame, room)) return;
    this.hands.read(frame, room, time / 1000);
    if (!this.standing) {
      this.standing = true;
      this.anchor.before(this.head.matrix);
      this.panelAnchor.reset();
    }
    this.actOnHands();
    this.placeThings(time);
    this.seePoints();
    this.client.edits.continueGuess(SHARE);
    this.poseReporter.say(time, this.mode!, head.matrix, this.hands.both, this.frameBudget.budget);
    if (this.frameBudget.frame(time)) this.desk.isStale = true;
    this.frames++;
    console.timeStamp(ENDS);
    renderer.render(this.graph, this.camera);
    this.client.display.drewElsewhere(time);
  }

  private actOnHands(): void {
    const { both } = this.hands;
    const { drawing } = this.intent;
    let lit = false;
    for (let i = 0; i < 2; i++) {
      const hand = both[i]!;
      const wearing = this.panelAnchor.worn && hand === this.wearer;
      this.atBoard[i] = hand.tracked && !wearing && drawing !== i && this.board.touch(i, hand.finger);
      const far = hand.tracked && !wearing && drawing !== i ? this.board.ray(hand.ray) : null;
      if (far !== null) this.atBoard[i] = true;
      const bar = hand.tracked && drawing !== i && far === null ? this.handle.reach(hand) : null;
      lit ||= bar !== null || this.grab.hands > 0;
      this.rays[i] = far ?? bar ?? 0;
    }
    if (!this.atBoard[0] && !this.atBoard[1]) this.board.leave();
    if (!both[0].pinching && !both[1].pinching) this.board.release();
    this.handle.light(lit);
    this.intent.update(both);
    if (this.intent.drawing >= 0) this.ribbon.extend(both[this.intent.drawing]!.tip);
    const other = this.intent.drawing >= 0 ? both[1 - this.intent.drawing]! : this.wearer;
    if (this.desk.hold(other.open)) this.paint();
    if (this.grab.hands === 2) this.grab.move(both[0].tip, both[1].tip);
    else if (this.grab.hands === 1) this.grab.move(both[(this.intent.holding & 1) === 1 ? 0 : 1]!.tip, null);
  }

  private paint(): void {
    const { danger, accent, ground } = this.colours;
    this.ribbon.colour(rgb(this.desk.next === "subtract" ? danger : accent), rgb(ground));
  }

  /** Take every colour from the current theme. */
  private recolour(): void {
    const { tints, colours } = this;
    Object.assign(colours, this.theme());
    for (const name of ["ground", "axis", "text", "accent"] as const) tints[name].setStyle(colours[name], SRGBColorSpace);
    this.handMesh.colour(tints.axis, tints.accent);
    this.board.restyle();
    this.captions.ring.material.color.copy(tints.accent);
    this.ring.color.copy(tints.axis);
    this.paint();
    if (this.client.scene !== null) this.captions.begin(this.client.scene);
  }

  private placeThings(time: number): void {
    const { anchor, cube } = this;
    cube.position.copy(anchor.position);
    cube.quaternion.copy(anchor.quaternion);
    cube.scale.setScalar(anchor.half);
    this.place.multiplyMatrices(anchor.matrix, this.client.orbit.model);
    this.handle.place(anchor, this.head.matrix);
    this.panelAnchor.update(this.board, this.head.matrix, this.wearer, this.desk.pinned, this.side);
    this.showBoard(time);
    const { scene, hidden } = this.client;
    if (scene !== null) this.captions.lay(this.head.matrix, scene, hidden, this.side);
    this.point();
    this.captions.face(this.head.facing);
    this.others.update(anchor.matrix, anchor.quaternion, this.head.facing, this.head.position);
    const { both } = this.hands;
    this.handMesh.show(0, both[0], this.rays[0]!);
    this.handMesh.show(1, both[1], this.rays[1]!);
  }

  private showBoard(time: number): void {
    const { desk, board, frameBudget } = this;
    desk.poll();
    if (!(desk.isStale || board.isDue) || time - this.shownAt < PANEL) return;
    this.shownAt = time;
    if (desk.isStale) board.show(desk.state(frameBudget.budget, frameBudget.rate));
    desk.isStale = false;
    board.draw(this.client.murmuration.data());
  }

  /** Mark the point under the ray of a free hand with a ring and, once it is known, its card. */
  private point(): void {
    const { both } = this.hands;
    const preferred = this.desk.leftHanded ? 0 : 1;
    const i = both[preferred]!.tracked ? preferred : 1 - preferred;
    const hand = both[i]!;
    const busy = !hand.tracked || hand.pinching || this.intent.holding > 0 || this.intent.drawing >= 0;
    if (busy || this.rays[i] !== 0) this.pointing.reset();
    else this.pointing.search(hand.ray, this.place, this.client.hidden);
    const { found } = this.pointing;
    this.card = found === null ? null : this.client.cards.want(found.row);
    if (found === null) return this.captions.point(null, null, this.head.position);
    const { position } = found;
    this.spot.set(position[0]!, position[1]!, position[2]!).applyMatrix4(this.place);
    this.captions.point(this.spot, this.card, this.head.position);
    const e = hand.ray.elements;
    this.rays[i] = Math.hypot(this.spot.x - e[12]!, this.spot.y - e[13]!, this.spot.z - e[14]!);
  }

  private seePoints(): void {
    const { points, scene3d } = this.cloud3d;
    const { cameras } = scene3d.renderer.xr.getCamera();
    const first = cameras[0];
    if (first !== undefined) {
      const pixels = (first.viewport!.w / 2) * first.projectionMatrix.elements[5]!; // for each radian
      const far = this.anchor.position.distanceTo(this.head.position);
      const { half } = this.anchor;
      const fine = Math.max(1, (pixels * Math.PI) / 180 / FINE);
      points.setHeadsetStyle(fine, (POINT_SIZE * (half / 0.4) * pixels) / fine, Math.max(0, far - half), far + 2 * half);
    }
    this.culling.choose(cameras, this.place, this.frameBudget.budget);
  }

  // ---- hands ----------------------------------------------------------------------------------------------

  private index(hand: Hand): number {
    return hand === this.hands.left ? 0 : 1;
  }

  /** The side of the legend, opposite the panel: 1 is right. */
  private get side(): -1 | 1 {
    return this.desk.leftHanded ? -1 : 1;
  }

  /** The hand that carries the panel; the other one draws. */
  private get wearer(): Hand {
    return this.desk.leftHanded ? this.hands.right : this.hands.left;
  }

  private target(hand: number): Target {
    if (this.atBoard[hand]) return "panel";
    return this.handle.reach(this.hands.both[hand]!) !== null ? "bar" : "air";
  }

  private hold(mask: number): void {
    const { both } = this.hands;
    if (mask === 0) this.grab.end();
    else if (mask === 3) this.grab.begin(both[0].tip, both[1].tip);
    else this.grab.begin(both[mask - 1]!.tip, null);
    for (let i = 0; i < 2; i++) if ((mask & (1 << i)) !== 0) both[i]!.pulse(0.3, 20);
  }

  /** A loop was closed: select the points inside it as seen from the head now. */
  private drawn(hand: number): void {
    const { ribbon, client } = this;
    const line = project(this.head.matrix, ribbon.points, ribbon.count);
    ribbon.end();
    if (line === null) return this.desk.say("Part of the loop was behind you, so it selected nothing. Draw it in front of you.");
    if (!isLoop(line, LEAST_LOOP)) return;
    const polygon = simplify(line, TOLERANCE);
    if (polygon.length < 3) return;
    const matrix = eyeMatrix(this.head.matrix, this.anchor.matrix, client.orbit.model);
    if (!client.edits.select(matrix, polygon, this.desk.next, 0)) return this.desk.say("The server is not connected: the loop selected nothing. Reconnecting.");
    this.desk.say("");
    this.sound.tick();
    this.hands.both[hand]!.pulse(0.6, 30);
  }

  private press(act: PanelAction, hand: number): void {
    this.sound.click();
    this.hands.both[hand]!.pulse(0.4, 15);
    this.desk.act(act);
    this.paint();
  }

  // ---- objects in the room ------------------------------------------------------------------------------------

  private build(): void {
    const ring = new Mesh(
      new RingGeometry(0.58, 0.6, 64).rotateX(-Math.PI / 2),
      this.ring,
    );
    this.cube.add(this.captions.group);
    this.graph.add(this.cube, ring, this.handle.mesh, this.handMesh.group, this.ribbon.mesh, this.captions.ring);
    this.graph.add(this.others.group, this.board.panel.mesh);
  }
}
