// The pose of the cloud in the room: its middle, its rotation, and metres for each unit of the cube of half-width 1.
//
// The room is the reference space `local-floor`: metres, y up, the floor at 0.

import { Matrix4, Quaternion, Vector3 } from "three";

const UP = new Vector3(0, 1, 0);
/** The page's home position is (0.62, 0.4, 1): the same faces of the cube are in front here. */
const TURN = -Math.atan2(0.62, 1);

export const ARM = {
  /** Horizontal metres from the head to the middle, and half the cube's width in metres. */
  distance: 1.2,
  half: 0.4,
  /** Metres from the eyes down to the middle, a comfortable gaze both seated and standing. */
  below: 0.14,
} as const;

export const ROOM = { distance: 1.7, half: 1.25 } as const;

/** Bounds of half the cube's width in metres: from graspable with one hand to the size of a hall. */
const LEAST_HALF = 0.05;
const MOST_HALF = 10;

export class CloudAnchor {
  readonly position = new Vector3(0, 1.2, -ARM.distance);
  readonly quaternion = new Quaternion();
  half: number = ARM.half;
  /** Cube to room. */
  readonly matrix = new Matrix4();
  private readonly ahead = new Vector3();
  private readonly size = new Vector3();

  constructor() {
    this.update();
  }

  /** Place the cloud at arm's length before a head, a little below the eyes. */
  before(head: Matrix4): void {
    this.face(head, ARM.distance);
    this.position.y = head.elements[13]! - ARM.below;
    this.half = ARM.half;
    this.update();
  }

  /** Make the cloud as large as a room, on the floor, with the head at its front face. */
  room(head: Matrix4): void {
    this.face(head, ROOM.distance);
    this.position.y = ROOM.half;
    this.half = ROOM.half;
    this.update();
  }

  /** After position, quaternion or half changed. */
  update(): void {
    this.half = Math.min(MOST_HALF, Math.max(LEAST_HALF, this.half));
    this.matrix.compose(this.position, this.quaternion, this.size.setScalar(this.half));
  }

  /** Move to this distance before a head and face it, upright for any tilt of the head. */
  private face(head: Matrix4, distance: number): void {
    const e = head.elements;
    // Looking straight down or up, the top of the head gives the direction ahead.
    const flat = Math.hypot(e[8]!, e[10]!) > 0.2;
    const [x, z] = flat ? [-e[8]!, -e[10]!] : [e[4]! * Math.sign(e[9]!), e[6]! * Math.sign(e[9]!)];
    this.ahead.set(x, 0, z).normalize();
    this.position.set(e[12]!, 0, e[14]!).addScaledVector(this.ahead, distance);
    this.quaternion.setFromAxisAngle(UP, Math.atan2(-this.ahead.x, -this.ahead.z) + TURN);
  }
}
