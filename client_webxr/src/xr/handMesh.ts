// The user's own hands in the room: joints of bare hands, the tip of a controller, a ray while it points at something.

import {
  BoxGeometry,
  type Color,
  CylinderGeometry,
  DynamicDrawUsage,
  Group,
  IcosahedronGeometry,
  InstancedMesh,
  Matrix4,
  Mesh,
  MeshBasicMaterial,
  SphereGeometry,
} from "three";
import { JOINTS, type Hand } from "./hand";

const JOINT = 0.006;
const BONE = 0.0045;
const TIP = 0.006;
const RAY = 0.0015;
/** The joint before each joint: the wrist, or the next joint towards it. */
const BEFORE = Array.from({ length: JOINTS }, (_, i) => (i < 2 || (i > 4 && i % 5 === 0) ? 0 : i - 1));

export class HandMesh {
  readonly group = new Group();
  private readonly joints: InstancedMesh;
  private readonly bones: InstancedMesh;
  private readonly skin = new MeshBasicMaterial();
  private readonly light = new MeshBasicMaterial();
  private readonly tips: readonly [Mesh, Mesh];
  private readonly rays: readonly [Mesh, Mesh];

  constructor() {
    const { skin, light } = this;
    this.joints = new InstancedMesh(new IcosahedronGeometry(JOINT, 1), skin, 2 * JOINTS);
    const bone = new CylinderGeometry(BONE, BONE, 1, 6, 1, true).rotateX(Math.PI / 2).translate(0, 0, 0.5);
    this.bones = new InstancedMesh(bone, skin, 2 * JOINTS);
    for (const mesh of [this.joints, this.bones]) {
      mesh.instanceMatrix.setUsage(DynamicDrawUsage);
      mesh.frustumCulled = false;
    }
    const tip = new SphereGeometry(TIP, 12, 8);
    const ray = new BoxGeometry(RAY, RAY, 1).translate(0, 0, -0.5);
    this.tips = [new Mesh(tip, light), new Mesh(tip, light)];
    this.rays = [new Mesh(ray, light), new Mesh(ray, light)];
    for (const mesh of this.rays) mesh.matrixAutoUpdate = false;
    this.group.add(this.joints, this.bones, ...this.tips, ...this.rays);
  }

  colour(skin: Color, light: Color): void {
    this.skin.color.copy(skin);
    this.light.color.copy(light);
  }

  /** Show hand `i`; `far` is the length of its ray in metres, 0 for none. */
  show(i: 0 | 1, hand: Hand, far: number): void {
    const bare = hand.tracked && hand.kind === "hand";
    const array = this.joints.instanceMatrix.array as Float32Array;
    if (bare) array.set(hand.joints, i * hand.joints.length);
    else array.fill(0, i * hand.joints.length, (i + 1) * hand.joints.length);
    this.joints.instanceMatrix.needsUpdate = true;
    const bones = this.bones.instanceMatrix.array as Float32Array;
    for (let j = 0; j < JOINTS; j++) reach(bones, 16 * (i * JOINTS + j), array, 16 * (i * JOINTS + j), 16 * (i * JOINTS + BEFORE[j]!));
    this.bones.instanceMatrix.needsUpdate = true;
    const tip = this.tips[i];
    // Between the fingers of a bare hand the ball appears during a pinch: it confirms that the pinch was recognised.
    tip.visible = hand.tracked && (!bare || hand.pinching);
    tip.position.copy(hand.tip);
    const ray = this.rays[i];
    ray.visible = hand.tracked && far > 0;
    if (ray.visible) stretch(ray.matrix, hand.ray, far);
  }
}

/** The pose of the ray, stretched to its length. */
function stretch(into: Matrix4, pose: Matrix4, far: number): void {
  into.copy(pose);
  for (let k = 8; k < 11; k++) into.elements[k] = into.elements[k]! * far;
}

/** A bone from a joint to the one before it: the joint's pose, with its z axis along the bone. */
function reach(bones: Float32Array, at: number, joints: Float32Array, joint: number, before: number): void {
  for (let k = 0; k < 16; k++) bones[at + k] = joints[joint + k]!;
  for (let k = 0; k < 3; k++) bones[at + 8 + k] = joints[before + 12 + k]! - joints[joint + 12 + k]!;
}
