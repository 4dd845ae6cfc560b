// The pose of the panel: above the wrist of the carrying hand while that is in view, else at its place beside the cloud.

import { Matrix4, Quaternion, Vector3 } from "three";
import { POINT } from "./angle";
import type { Board } from "./board";
import type { Hand } from "./hand";
import { HEIGHT } from "./layout";

/** Metres from the eyes for which the panel is sized, on the wrist and beside the cloud. */
export const WRIST = 0.45;
export const BESIDE = 0.75;
/** The place beside the cloud: radians to the side of the gaze, metres below the eyes. */
const ASIDE = (48 * Math.PI) / 180;
const BELOW = 0.12;
/** The carrying hand is in view: its wrist within 58 degrees of the gaze, and near. */
const IN_VIEW = Math.cos((58 * Math.PI) / 180);
const FARTHEST = 0.75;
/** Metres from the wrist to the panel's lower edge. */
const OVER = 0.07;

const UP = new Vector3(0, 1, 0);

export class PanelAnchor {
  /** Whether the panel is on the wrist now. */
  worn = false;
  private readonly place = new Vector3();
  private readonly target = new Vector3();
  private readonly ahead = new Vector3();
  private readonly eye = new Vector3();
  private readonly turn = new Matrix4();
  private readonly quaternion = new Quaternion();
  private placed = false;

  /** Choose the place beside the cloud again, on the side of the carrying hand. */
  reset(): void {
    this.placed = false;
  }

  /** Place the panel in this frame. */
  update(board: Board, head: Matrix4, wearer: Hand, pinned: boolean, side: -1 | 1): void {
    this.eye.setFromMatrixPosition(head);
    if (!this.placed) this.settle(head, side);
    const worn = !pinned && wearer.tracked && this.inView(head, wearer);
    const { mesh } = board.panel;
    board.unit = POINT * (worn ? WRIST : BESIDE);
    if (worn) {
      this.target.setFromMatrixPosition(wearer.wrist);
      this.target.y += OVER + (HEIGHT * board.unit) / 2;
    } else this.target.copy(this.place);
    // On the wrist it follows smoothly: a panel that trembles with the hand can be neither read nor pressed.
    if (worn && this.worn) mesh.position.lerp(this.target, 0.25);
    else mesh.position.copy(this.target);
    this.worn = worn;
    this.turn.lookAt(this.eye, mesh.position, UP);
    mesh.quaternion.copy(this.quaternion.setFromRotationMatrix(this.turn));
    board.update();
  }

  private settle(head: Matrix4, side: -1 | 1): void {
    const e = head.elements;
    this.ahead.set(-e[8]!, 0, -e[10]!).normalize().applyAxisAngle(UP, -side * ASIDE);
    this.place.copy(this.eye).addScaledVector(this.ahead, BESIDE);
    this.place.y -= BELOW;
    this.placed = true;
  }

  private inView(head: Matrix4, wearer: Hand): boolean {
    const e = head.elements;
    this.target.setFromMatrixPosition(wearer.wrist).sub(this.eye);
    const far = this.target.length();
    const ahead = -(this.target.x * e[8]! + this.target.y * e[9]! + this.target.z * e[10]!);
    return far < FARTHEST && ahead > IN_VIEW * far;
  }
}
