// The line drawn in the air: a band that follows the hand, with a dashed piece back to its start.
//
// Its points are in the room, not in the cloud, so that they stay while the line is drawn. All memory is allocated once.

import {
  BufferAttribute,
  DynamicDrawUsage,
  GLSL3,
  InstancedBufferGeometry,
  InstancedInterleavedBuffer,
  InterleavedBufferAttribute,
  Mesh,
  RawShaderMaterial,
  Vector3,
} from "three";
import fragment from "../../../shaders/ribbon.frag?raw";
import vertex from "../../../shaders/ribbon.vert?raw";
import type { Rgb } from "../picture/palette";
import { MOST_VERTICES } from "../cloud/polygon";

/** Metres. */
const WIDTH = 0.006;
/** Least distance between two points, in metres. */
const STEP = 0.004;

export class Ribbon {
  readonly mesh: Mesh;
  /** x, y, z of each point in the room. */
  readonly points = new Float32Array(3 * (MOST_VERTICES + 2));
  count = 0;
  /** Metres drawn so far. */
  length = 0;
  private readonly geometry = new InstancedBufferGeometry();
  private readonly buffer = new InstancedInterleavedBuffer(this.points, 3);
  private readonly material: RawShaderMaterial;

  constructor() {
    this.geometry.setAttribute("corner", new BufferAttribute(new Float32Array([0, -1, 1, -1, 0, 1, 1, 1]), 2));
    this.geometry.setIndex([0, 1, 2, 2, 1, 3]);
    this.buffer.setUsage(DynamicDrawUsage);
    // One array of points gives both ends of a piece: the end is the next point.
    this.geometry.setAttribute("start", new InterleavedBufferAttribute(this.buffer, 3, 0));
    this.geometry.setAttribute("end", new InterleavedBufferAttribute(this.buffer, 3, 3));
    this.material = new RawShaderMaterial({
      glslVersion: GLSL3,
      vertexShader: vertex,
      fragmentShader: fragment,
      side: 2,
      uniforms: {
        width: { value: WIDTH },
        pieces: { value: 0 },
        paint: { value: new Vector3(1, 1, 1) },
        ground: { value: new Vector3() },
      },
    });
    this.mesh = new Mesh(this.geometry, this.material);
    this.mesh.frustumCulled = false;
    this.mesh.visible = false;
  }

  begin(at: Vector3): void {
    this.count = 0;
    this.length = 0;
    this.append(at);
    this.show();
  }

  /** The hand has moved: a new point is kept every few millimetres. */
  extend(to: Vector3): void {
    if (this.count === 0 || this.count >= MOST_VERTICES) return;
    const last = 3 * (this.count - 1);
    const x = to.x - this.points[last]!;
    const y = to.y - this.points[last + 1]!;
    const z = to.z - this.points[last + 2]!;
    const far = Math.sqrt(x * x + y * y + z * z);
    if (far < STEP) return;
    this.length += far;
    this.append(to);
    this.show();
  }

  /** Remove the line. */
  end(): void {
    this.count = 0;
    this.length = 0;
    this.mesh.visible = false;
  }

  /** Set its colour, and the colour of the ground for its rims. */
  colour(paint: Rgb, ground: Rgb): void {
    (this.material.uniforms["paint"]!.value as Vector3).set(...paint);
    (this.material.uniforms["ground"]!.value as Vector3).set(...ground);
  }

  private append(at: Vector3): void {
    at.toArray(this.points, 3 * this.count);
    this.count++;
  }

  private show(): void {
    this.points.copyWithin(3 * this.count, 0, 3); // the closing piece ends where the first one starts
    this.material.uniforms["pieces"]!.value = this.count - 1;
    this.geometry.instanceCount = this.count;
    this.buffer.needsUpdate = true;
    this.mesh.visible = this.count > 1;
  }
}
