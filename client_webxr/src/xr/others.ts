// The other members of the session in the room: head, hands and a name above.
//
// Their poses arrive in the cube's space, at most 20 per second. Here they have the size of a person for every size of
// the cloud, and move smoothly from one pose to the next.

import { BoxGeometry, Color, Group, IcosahedronGeometry, type Matrix4, Mesh, MeshBasicMaterial, type Quaternion, Vector3 } from "three";
import { drawText } from "../picture/labels";
import type { Moved, Person } from "../wire/protocol.gen";
import { PIXELS, POINT } from "./angle";
import { TextPanel } from "./textPanel";

const HEAD = new IcosahedronGeometry(0.1, 2).scale(0.8, 1, 0.9);
/** A dark visor at the eyes shows the direction of the gaze. */
const VISOR = new BoxGeometry(0.15, 0.06, 0.06);
const HAND = new IcosahedronGeometry(0.035, 1);
/** Metres from the middle of the head to that of the name. */
const ABOVE = 0.19;
/** Share of the ground in their colour: the data stay the brightest objects in the room. */
const DIM = 0.5;
/** Size of the name's text, in points. */
const TEXT = 13;
/** Share of the way to the newest pose that is covered in each frame. */
const FOLLOW = 0.3;

interface Other {
  seq: number;
  name: string;
  label: TextPanel;
  width: number;
  height: number;
  head: Group;
  hands: readonly [Mesh, Mesh];
  poses: number[][];
}

export class Others {
  readonly group = new Group();
  private readonly known = new Map<number, Other>();
  private readonly place = new Vector3();

  constructor(private readonly colours: { ground: string }) {}

  /** Set the members of the session; others are removed. */
  people(items: readonly Person[], self: number): void {
    const there = new Map(items.filter(({ id }) => id !== self).map((person) => [person.id, person]));
    for (const [id, other] of this.known) if (there.get(id)?.name !== other.name) this.drop(id, other);
    for (const [id, person] of there) if (!this.known.has(id)) this.known.set(id, this.make(person));
  }

  moved({ items }: Moved): void {
    for (const { id, seq, head, hands } of items) {
      const other = this.known.get(id);
      if (other === undefined || seq < other.seq) continue;
      other.seq = seq;
      other.poses = [head, ...hands];
    }
  }

  /** Number of visible members. */
  get seen(): number {
    let n = 0;
    for (const { head } of this.known.values()) if (head.visible) n++;
    return n;
  }

  /** Place everybody. `anchor` takes the cube to the room; the names turn to `facing`, with a size as seen from `eye`. */
  update(anchor: Matrix4, turn: Quaternion, facing: Quaternion, eye: Vector3): void {
    for (const other of this.known.values()) {
      const head = other.poses[0];
      if (head === undefined) continue;
      this.follow(other.head, head, anchor, turn);
      for (let i = 0; i < 2; i++) {
        const pose = other.poses[i + 1];
        if (pose === undefined) other.hands[i]!.visible = false;
        else this.follow(other.hands[i]!, pose, anchor, turn);
      }
      const { mesh } = other.label;
      mesh.visible = true;
      mesh.position.copy(other.head.position);
      mesh.position.y += ABOVE;
      mesh.quaternion.copy(facing);
      const unit = POINT * Math.max(0.3, mesh.position.distanceTo(eye));
      other.label.size(other.width * unit, other.height * unit);
    }
  }

  clear(): void {
    for (const [id, other] of this.known) this.drop(id, other);
  }

  private follow(object: Group | Mesh, pose: number[], anchor: Matrix4, turn: Quaternion): void {
    this.place.set(pose[0]!, pose[1]!, pose[2]!).applyMatrix4(anchor);
    if (object.visible) object.position.lerp(this.place, FOLLOW);
    else object.position.copy(this.place);
    object.visible = true;
    object.quaternion.set(pose[3]!, pose[4]!, pose[5]!, pose[6]!).premultiply(turn);
  }

  private make({ name, colour }: Person): Other {
    const ground = new Color(this.colours.ground);
    const material = new MeshBasicMaterial({ color: new Color(colour).lerp(ground, DIM) });
    const visor = new Mesh(VISOR, new MeshBasicMaterial({ color: ground }));
    visor.position.set(0, 0.015, -0.075);
    const head = new Group().add(new Mesh(HEAD, material), visor);
    const hands = [new Mesh(HAND, material), new Mesh(HAND, material)] as const;
    const canvas = drawText([{ text: name, colour, size: TEXT }], this.colours.ground, PIXELS);
    const label = new TextPanel(canvas, true);
    for (const each of [head, ...hands, label.mesh]) {
      each.visible = false;
      this.group.add(each);
    }
    return { seq: -1, name, label, width: canvas.width / PIXELS, height: canvas.height / PIXELS, head, hands, poses: [] };
  }

  private drop(id: number, other: Other): void {
    other.label.dispose();
    for (const each of [other.head, ...other.hands]) each.removeFromParent();
    (other.hands[0].material as MeshBasicMaterial).dispose();
    this.known.delete(id);
  }
}
