// Texts around the cloud: axes with ticks and titles, the legend, and the card of the point under the ray.

import { Matrix4, Mesh, MeshBasicMaterial, type Quaternion, RingGeometry, Vector3 } from "three";
import { Axes } from "../picture/axes";
import type { Vec3 } from "../picture/edges";
import type { Card, Scene } from "../wire/protocol.gen";
import { PIXELS, POINT } from "./angle";
import type { HeadsetColours } from "./board";
import { cardEntries, legendEntries, drawEntries, type NoteEntry } from "./legendCard";
import { RoomPen, RoomView, type RoomText } from "./roomPen";
import { TextPanel } from "./textPanel";
import type { CloudAnchor } from "./cloudAnchor";

/** Movements of the head that arrange the axes again: cosine of the angle at the cloud's middle, share of the distance. */
const MOVED = Math.cos((9 * Math.PI) / 180);
const NEARER = 0.12;
/** Radius of the ring around a point, in points. */
const RING = 5;

export class Captions {
  /** Child of the cube's group. */
  readonly group;
  /** Around the point under the ray, in the room. */
  readonly ring: Mesh<RingGeometry, MeshBasicMaterial>;
  private readonly view = new RoomView();
  private readonly pen: RoomPen;
  private readonly axes: Axes<RoomText>;
  private readonly legend: RoomText;
  private readonly card: RoomText;
  private shown: Card | null = null;
  private stale = true;
  private readonly laid = new Vector3();
  private readonly now = new Vector3();
  private readonly inverse = new Matrix4();
  private readonly spot: Vec3 = [0, 0, 0];

  constructor(
    private readonly anchor: CloudAnchor,
    private readonly colours: HeadsetColours,
  ) {
    this.pen = new RoomPen(this.view, colours);
    this.group = this.pen.group;
    this.axes = new Axes(this.view, this.pen);
    this.legend = this.text();
    this.card = this.text();
    this.card.panel.mesh.renderOrder = 4;
    this.card.panel.mesh.material.depthTest = false; // it is beside its point, among others
    this.ring = new Mesh(new RingGeometry(0.8, 1, 32), new MeshBasicMaterial({ depthTest: false }));
    this.ring.renderOrder = 3;
    this.ring.visible = false;
  }

  /** Another scene: write the axes and arrange everything again. */
  begin(scene: Scene): void {
    this.axes.show(scene.axes);
    this.relay();
  }

  /** The legend or its side has changed: arrange everything again. */
  relay(): void {
    this.stale = true;
    this.laid.set(0, 0, 0);
  }

  /** Arrange axes and legend again when the head and the cloud have moved relative to each other. */
  lay(head: Matrix4, scene: Scene, hidden: ReadonlySet<number>, side: -1 | 1): void {
    const { laid, now, anchor } = this;
    this.view.set(head, anchor.matrix);
    now.copy(this.view.camera.position);
    const far = now.length();
    const before = laid.length();
    const same = before > 0 && Math.abs(far / before - 1) < NEARER && now.dot(laid) > MOVED * far * before;
    if (same && !this.stale) return;
    if (!same) {
      laid.copy(now);
      this.axes.arrange();
    }
    if (this.stale) this.redraw(this.legend, legendEntries(scene, hidden));
    this.stale = false;
    // Above the cube, aligned with its side: the texts of the axes are beside and below it.
    const apart = 1 / Math.max(0.75, far) / POINT;
    this.pen.put(this.legend, [0, 0, 0], -side * (1.1 * apart - this.legend.width / 2), -1.15 * apart - 0.6 * this.legend.height, true);
  }

  /** Turn every text to the head. */
  face(facing: Quaternion): void {
    this.pen.face(facing, this.anchor.quaternion);
    this.ring.quaternion.copy(facing);
  }

  /** Mark a point of the room, seen from `eye`, or none; its card appears once it is known. */
  point(at: Vector3 | null, card: Card | null, eye: Vector3): void {
    this.ring.visible = at !== null;
    this.card.panel.mesh.visible = at !== null && card !== null;
    if (at === null) return;
    this.ring.position.copy(at);
    this.ring.scale.setScalar(RING * POINT * Math.max(0.1, at.distanceTo(eye)));
    if (card === null) return;
    if (card !== this.shown) this.redraw(this.card, cardEntries(card));
    this.shown = card;
    this.now.copy(at).applyMatrix4(this.inverse.copy(this.anchor.matrix).invert()).toArray(this.spot);
    this.pen.put(this.card, this.spot, this.card.width / 2 + 12, 0, true);
  }

  private text(): RoomText {
    const panel = new TextPanel(document.createElement("canvas"), true);
    panel.mesh.visible = false;
    return this.pen.place({ panel, width: 1, height: 1 });
  }

  private redraw(text: RoomText, entries: readonly NoteEntry[]): void {
    const { canvas } = text.panel;
    drawEntries(entries, this.colours, canvas);
    text.panel.redrawn(true);
    text.width = canvas.width / PIXELS;
    text.height = canvas.height / PIXELS;
  }
}
