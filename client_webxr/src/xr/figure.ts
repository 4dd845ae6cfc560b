// A person's own hands in the room: joints of bare hands, the tip of a controller, a ray while it points at something.

import {
  BoxGeometry,
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

const JOINT = 0.007;
const TIP = 0.006;
const RAY = 0.0015;

export class Figure {
  readonly group = new Group();
  private readonly joints: InstancedMesh;
  private readonly tips: readonly [Mesh, Mesh];
  private readonly rays: readonly [Mesh, Mesh];

  constructor(colour: string, accent: string) {
    const skin = new MeshBasicMaterial({ color: colour });
    this.joints = new InstancedMesh(new IcosahedronGeometry(JOINT, 1), skin, 2 * JOINTS);
    this.joints.instanceMatrix.setUsage(DynamicDrawUsage);
    this.joints.frustumCulled = false;
    const light = new MeshBasicMaterial({ color: accent });
    const tip = new SphereGeometry(TIP, 12, 8);
    const ray = new BoxGeometry(RAY, RAY, 1).translate(0, 0, -0.5);
    this.tips = [new Mesh(tip, light), new Mesh(tip, light)];
    this.rays = [new Mesh(ray, light), new Mesh(ray, light)];
    for (const mesh of this.rays) mesh.matrixAutoUpdate = false;
    this.group.add(this.joints, ...this.tips, ...this.rays);
  }

  /** Show hand `i` as it is now; `far` is the length of its ray in metres, 0 for none. */
  show(i: 0 | 1, hand: Hand, far: number): void {
    const bare = hand.tracked && hand.kind === "hand";
    const array = this.joints.instanceMatrix.array as Float32Array;
    if (bare) array.set(hand.joints, i * hand.joints.length);
    else array.fill(0, i * hand.joints.length, (i + 1) * hand.joints.length);
    this.joints.instanceMatrix.needsUpdate = true;
    const tip = this.tips[i];
    // Between a bare hand's fingers the ball is there while they are together: it says that the pinch was seen.
    tip.visible = hand.tracked && (!bare || hand.pinching);
    tip.position.copy(hand.tip);
    const ray = this.rays[i];
    ray.visible = hand.tracked && far > 0;
    if (ray.visible) stretch(ray.matrix, hand.ray, far);
  }
}

/** The ray's pose, as long as it reaches. */
function stretch(into: Matrix4, pose: Matrix4, far: number): void {
  into.copy(pose);
  for (let k = 8; k < 11; k++) into.elements[k] = into.elements[k]! * far;
}
