// Holding the cloud: one hand carries it; two hands carry, turn and scale it about the point between them. Every step is
// computed from the moment of grasping, so that nothing drifts.

import { Quaternion, Vector3 } from "three";
import type { CloudAnchor } from "./cloudAnchor";

/** Hands closer together than this, in metres, do not turn or scale. */
const LEAST_SPAN = 0.03;

export class Grab {
  /** Number of hands that hold the cloud. */
  hands: 0 | 1 | 2 = 0;
  private readonly middle = new Vector3();
  private readonly span = new Vector3();
  private readonly position = new Vector3();
  private readonly quaternion = new Quaternion();
  private half = 1;
  private apart = 0;
  private readonly nowMiddle = new Vector3();
  private readonly nowSpan = new Vector3();
  private readonly turn = new Quaternion();

  constructor(private readonly anchor: CloudAnchor) {}

  /** Grasp with one hand, or two; positions in the room. */
  begin(a: Vector3, b: Vector3 | null): void {
    this.hands = b === null ? 1 : 2;
    this.measure(a, b, this.middle, this.span);
    this.apart = this.span.length();
    this.position.copy(this.anchor.position);
    this.quaternion.copy(this.anchor.quaternion);
    this.half = this.anchor.half;
  }

  /** The hands have moved. */
  move(a: Vector3, b: Vector3 | null): void {
    const { anchor, nowMiddle, nowSpan } = this;
    this.measure(a, b, nowMiddle, nowSpan);
    anchor.position.copy(this.position).sub(this.middle);
    const apart = this.hands === 2 && this.apart > LEAST_SPAN ? nowSpan.length() : 0;
    if (apart > LEAST_SPAN) {
      anchor.half = (this.half * apart) / this.apart;
      anchor.update(); // holds the size within its limits
      this.turn.setFromUnitVectors(this.unit(this.span, this.from), this.unit(nowSpan, this.to));
      anchor.quaternion.multiplyQuaternions(this.turn, this.quaternion);
      anchor.position.multiplyScalar(anchor.half / this.half).applyQuaternion(this.turn);
    }
    anchor.position.add(nowMiddle);
    anchor.update();
  }

  end(): void {
    this.hands = 0;
  }

  private readonly from = new Vector3();
  private readonly to = new Vector3();

  private unit(v: Vector3, into: Vector3): Vector3 {
    return into.copy(v).normalize();
  }

  private measure(a: Vector3, b: Vector3 | null, middle: Vector3, span: Vector3): void {
    middle.copy(a);
    span.set(0, 0, 0);
    if (b === null) return;
    middle.add(b).multiplyScalar(0.5);
    span.copy(b).sub(a);
  }
}
