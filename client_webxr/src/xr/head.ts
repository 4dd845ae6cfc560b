// The pose of the user's head: the viewer's pose, midway between the eyes.

import { Matrix4, Quaternion, Vector3 } from "three";

export class Head {
  /** In the room; it looks along -z. */
  readonly matrix = new Matrix4();
  readonly position = new Vector3();
  /** Its rotation: an object with the same rotation faces the user. */
  readonly facing = new Quaternion();
  private spaces: XRReferenceSpace[] = [];
  private readonly pose = new Float32Array(16);

  async begin(session: XRSession): Promise<void> {
    this.spaces = [await session.requestReferenceSpace("viewer")];
  }

  end(): void {
    this.spaces = [];
  }

  /** Read the pose of this frame; false while it is unknown. */
  read(frame: XRFrame, room: XRReferenceSpace): boolean {
    if (this.spaces.length === 0 || !frame.fillPoses?.(this.spaces, room, this.pose)) return false;
    if (Number.isNaN(this.pose[12]!)) return false;
    this.matrix.fromArray(this.pose);
    this.position.setFromMatrixPosition(this.matrix);
    this.facing.setFromRotationMatrix(this.matrix);
    return true;
  }
}
