// What is written around the cloud: axes with ticks and titles, the legend, and the card of the point that is pointed at.

import { Matrix4, Mesh, MeshBasicMaterial, type Quaternion, RingGeometry, Vector3 } from "three";
import { Axes } from "../picture/axes";
import type { Triple } from "../picture/edges";
import type { Card, Scene } from "../wire/protocol.gen";
import { PIXELS, POINT } from "./angle";
import type { Colours } from "./board";
import { cardEntries, legendEntries, placard, type Entry } from "./legendCard";
import { RoomPen, RoomView, type Text } from "./roompen";
import { Sign } from "./textPanel";
import type { Stand } from "./cloudAnchor";

/** The head has moved enough for the axes to be laid anew: as an angle at the cloud's middle, and as a share of the distance. */
const MOVED = Math.cos((9 * Math.PI) / 180);
const NEARER = 0.12;
/** Radius of the ring around a point, in points. */
const RING = 5;

export class Captions {
  /** Child of the cube's group. */
  readonly group;
  /** Around the point that is pointed at; in the room. */
  readonly ring: Mesh<RingGeometry, MeshBasicMaterial>;
  private readonly view = new RoomView();
  private readonly pen: RoomPen;
  private readonly axes: Axes<Text>;
  private readonly legend: Text;
  private readonly card: Text;
  private shown: Card | null = null;
  private stale = true;
  private readonly laid = new Vector3();
  private readonly now = new Vector3();
  private readonly inverse = new Matrix4();
  private readonly spot: Triple = [0, 0, 0];

  constructor(
    private readonly stand: Stand,
    private readonly colours: Colours,
  ) {
    this.pen = new RoomPen(this.view, colours);
    this.group = this.pen.group;
    this.axes = new Axes(this.view, this.pen);
    this.legend = this.text();
    this.card = this.text();
    this.card.sign.mesh.renderOrder = 4;
    this.card.sign.mesh.material.depthTest = false; // it stands beside its point, amid others
    this.ring = new Mesh(new RingGeometry(0.8, 1, 32), new MeshBasicMaterial({ depthTest: false }));
    this.ring.renderOrder = 3;
    this.ring.visible = false;
  }

  /** Another scene, another size or side: everything is laid anew. */
  begin(scene: Scene): void {
    this.axes.show(scene.axes);
    this.relay();
  }

  /** Words have changed, or the side they stand on. */
  relay(): void {
    this.stale = true;
    this.laid.set(0, 0, 0);
  }

  /** Lay axes and legend anew when the head has moved about the cloud, or the cloud before the head. */
  lay(head: Matrix4, scene: Scene, hidden: ReadonlySet<number>, side: -1 | 1): void {
    const { laid, now, stand } = this;
    this.view.look(head, stand.matrix);
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
    // Above the cube, flush with its side: the axes' texts are beside and below it.
    const apart = 1 / Math.max(0.75, far) / POINT;
    this.pen.put(this.legend, [0, 0, 0], -side * (1.1 * apart - this.legend.width / 2), -1.15 * apart - 0.6 * this.legend.height, true);
  }

  /** Turn every text to the head. */
  face(facing: Quaternion): void {
    this.pen.face(facing, this.stand.quaternion);
    this.ring.quaternion.copy(facing);
  }

  /** A point of the room is pointed at from `eye`, or none; its card comes when it is known. */
  point(at: Vector3 | null, card: Card | null, eye: Vector3): void {
    this.ring.visible = at !== null;
    this.card.sign.mesh.visible = at !== null && card !== null;
    if (at === null) return;
    this.ring.position.copy(at);
    this.ring.scale.setScalar(RING * POINT * Math.max(0.1, at.distanceTo(eye)));
    if (card === null) return;
    if (card !== this.shown) this.redraw(this.card, cardEntries(card));
    this.shown = card;
    this.now.copy(at).applyMatrix4(this.inverse.copy(this.stand.matrix).invert()).toArray(this.spot);
    this.pen.put(this.card, this.spot, this.card.width / 2 + 12, 0, true);
  }

  private text(): Text {
    const sign = new Sign(document.createElement("canvas"), true);
    sign.mesh.visible = false;
    return this.pen.place({ sign, width: 1, height: 1 });
  }

  private redraw(text: Text, entries: readonly Entry[]): void {
    const { canvas } = text.sign;
    placard(entries, this.colours, canvas);
    text.sign.redrawn(true);
    text.width = canvas.width / PIXELS;
    text.height = canvas.height / PIXELS;
  }
}
