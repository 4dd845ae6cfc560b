// The other members of the session: a small pyramid at the camera of each, its tip at the eye, with name and colour.
//
// The pyramids are drawn over the picture, so that they are visible in every kind of picture and behind points.

import { Quaternion, Vector3 } from "three";
import { svg } from "../dom/element";
import { inTheme } from "../picture/palette";
import type { Person, Place } from "../wire/protocol.gen";
import type { OrbitCamera } from "../picture/orbitCamera";

/** The pyramid in the cube's units: its length, and half the sides of its base. */
const [AHEAD, ASIDE, UP] = [0.14, 0.08, 0.055];
const CORNERS = [
  [-ASIDE, -UP],
  [ASIDE, -UP],
  [ASIDE, UP],
  [-ASIDE, UP],
] as const;

interface PeerPose {
  seq: number;
  /** Position and quaternion. */
  pose: readonly number[];
}

export class PeerMarks {
  private people: readonly Person[] = [];
  private readonly heads = new Map<number, PeerPose>();
  private readonly group = svg("g", { class: "heads" });

  constructor(
    private readonly orbit: OrbitCamera,
    overlay: SVGSVGElement,
  ) {
    overlay.append(this.group);
  }

  /** Set the other members; marks of members that have left are removed. */
  show(people: readonly Person[]): void {
    this.people = people;
    for (const id of this.heads.keys()) if (!people.some((each) => each.id === id)) this.heads.delete(id);
    this.draw();
  }

  /** Take in new poses; poses with an older sequence number are ignored. */
  move(places: readonly Place[]): void {
    for (const { id, seq, head } of places) {
      if (head.length === 7 && (this.heads.get(id)?.seq ?? -1) < seq) this.heads.set(id, { seq, pose: head });
    }
    this.draw();
  }

  /** Place the marks for the current camera. */
  draw(): void {
    this.group.replaceChildren(...this.people.flatMap((person) => this.head(person)));
  }

  private head({ id, name, colour }: Person): SVGElement[] {
    const head = this.heads.get(id);
    if (head === undefined) return [];
    const [x, y, z, ...turn] = head.pose as [number, number, number, number, number, number, number];
    const eye = new Vector3(x, y, z);
    const quaternion = new Quaternion(...(turn as [number, number, number, number]));
    const base = CORNERS.map(([right, up]) => new Vector3(right, up, -AHEAD).applyQuaternion(quaternion).add(eye));
    const [tip, ...corners] = [eye, ...base].map((point) => this.place(point));
    if (tip == null || corners.some((corner) => corner === null)) return [];
    const paint = inTheme(colour);
    const around = `M${corners.map((corner) => corner!.join(",")).join("L")}Z`;
    const edges = corners.map((corner) => `M${tip.join(",")}L${corner!.join(",")}`).join("");
    return [
      svg("path", { class: "head", d: around + edges, stroke: paint, fill: paint }),
      svg("text", { x: tip[0], y: tip[1] - 8 }, name),
    ];
  }

  /** A point in CSS pixels of the picture; null behind the eye. */
  private place(point: Vector3): [number, number] | null {
    const { camera, width, height } = this.orbit;
    const seen = point.clone().applyMatrix4(camera.matrixWorldInverse);
    if (seen.z > -camera.near) return null;
    const { x, y } = seen.applyMatrix4(camera.projectionMatrix);
    return [Math.round(((x + 1) / 2) * width), Math.round(((1 - y) / 2) * height)];
  }
}
