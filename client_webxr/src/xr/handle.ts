// The bar under the cloud with which one hand carries it, directly or by its ray; it lights up within reach.

import { BoxGeometry, type Color, type Matrix4, Mesh, MeshBasicMaterial, Vector3 } from "three";
import type { Hand } from "./hand";
import type { CloudAnchor } from "./cloudAnchor";

/** Half its extent in metres. */
const LONG = 0.1;
const THICK = 0.007;
/** Metres around the bar within which a hand reaches it, and within which a ray does. */
const NEAR = 0.05;
const SLACK = 0.02;
/** Least distance in metres from the head, when the cloud is near. */
const NEAREST = 0.45;
/** Metres below the cloud; and the least height, for a cloud on the floor. */
const BELOW = 0.07;
const LOWEST = 0.7;

export class Handle {
  readonly mesh: Mesh<BoxGeometry, MeshBasicMaterial>;
  private readonly from = new Vector3();
  private readonly way = new Vector3();
  private readonly inverse;

  /** Colours at rest and within reach; the objects are updated with the theme. */
  constructor(
    private readonly rest: Color,
    private readonly lit: Color,
  ) {
    this.mesh = new Mesh(new BoxGeometry(2 * LONG, 2 * THICK, 2 * THICK), new MeshBasicMaterial());
    this.inverse = this.mesh.matrixWorld.clone();
    this.light(false);
  }

  /** Place the bar before and below the cloud as seen from the head, clear of the axes' texts. */
  place(anchor: CloudAnchor, head: Matrix4): void {
    const { mesh } = this;
    const e = head.elements;
    this.way.set(e[12]! - anchor.position.x, 0, e[14]! - anchor.position.z);
    const far = this.way.length();
    if (far > 1e-6) this.way.divideScalar(far);
    mesh.position.copy(anchor.position).addScaledVector(this.way, Math.min(1.35 * anchor.half, Math.max(0, far - NEAREST)));
    mesh.position.y = Math.max(LOWEST, anchor.position.y - anchor.half - BELOW);
    mesh.rotation.set(0, Math.atan2(this.way.x, this.way.z), 0);
    mesh.updateMatrixWorld(true);
    this.inverse.copy(mesh.matrixWorld).invert();
  }

  /** The distance along a hand's ray to the bar, 0 when the hand itself is at the bar; null out of reach. */
  reach(hand: Hand): number | null {
    const at = this.from.copy(hand.tip).applyMatrix4(this.inverse);
    if (Math.abs(at.x) < LONG + NEAR && Math.abs(at.y) < NEAR && Math.abs(at.z) < NEAR) return 0;
    const e = hand.ray.elements;
    const from = this.from.set(e[12]!, e[13]!, e[14]!).applyMatrix4(this.inverse);
    const way = this.way.set(-e[8]!, -e[9]!, -e[10]!).transformDirection(this.inverse);
    if (Math.abs(way.z) < 1e-6) return null;
    const far = -from.z / way.z;
    if (far <= 0) return null;
    const x = from.x + far * way.x;
    const y = from.y + far * way.y;
    return Math.abs(x) < LONG + SLACK && Math.abs(y) < THICK + SLACK ? far : null;
  }

  light(on: boolean): void {
    this.mesh.material.color.copy(on ? this.lit : this.rest);
  }
}
