// Report the user's head and hands to the server, for the other members, and the view for the choice of points.

import { Matrix4, Quaternion, Vector3 } from "three";
import type { Client } from "../client";
import type { XrMode } from "./entry";
import { eyeMatrix } from "./eye";
import type { Hand } from "./hand";
import type { CloudAnchor } from "./cloudAnchor";

/** Milliseconds between two poses: 20 per second, the most that the server accepts. */
const HERE = 50;
/** Milliseconds between two views with the same budget. */
const VIEW = 1000;

export class PoseReporter {
  private saidAt = -Infinity;
  private lookedAt = -Infinity;
  private budget = 0;
  private readonly position = new Vector3();
  private readonly turn = new Quaternion();
  private readonly back = new Quaternion();
  private readonly inverse = new Matrix4();

  constructor(
    private readonly client: Client,
    private readonly anchor: CloudAnchor,
  ) {}

  /** Called once in each frame; `budget` is the number of points that can be drawn. */
  say(now: number, mode: XrMode, head: Matrix4, hands: readonly Hand[], budget: number): void {
    if (now - this.saidAt < HERE) return;
    this.saidAt = now;
    const kind = mode === "immersive-ar" ? "ar" : "vr";
    const seen = hands.filter((hand) => hand.tracked).map((hand) => this.inCube(hand.wrist));
    this.client.here(kind, this.inCube(head), seen);
    if (budget === this.budget && now - this.lookedAt < VIEW) return;
    this.budget = budget;
    this.lookedAt = now;
    const matrix = eyeMatrix(head, this.anchor.matrix, this.client.orbit.model);
    this.client.setExternalView(() => ({ matrix, budget }));
  }

  /** A pose of the room as in the protocol: position in the cube and quaternion, 7 numbers. */
  private inCube(pose: Matrix4): number[] {
    const { position, turn, inverse } = this;
    position.setFromMatrixPosition(pose).applyMatrix4(inverse.copy(this.anchor.matrix).invert());
    turn.setFromRotationMatrix(pose).premultiply(this.back.copy(this.anchor.quaternion).invert());
    return [position.x, position.y, position.z, turn.x, turn.y, turn.z, turn.w];
  }
}
