// Choose the points that the GPU draws in the headset: the chunks in the view of either eye, up to a budget.
//
// Points lie chunk after chunk in one buffer, coarsest level first, so a budget is a prefix, and the visible part of it is
// a few runs; one call for each view draws all runs (WEBGL_multi_draw). three.js has no multi-draw for points: it draws
// none, and the call follows while its program and buffers are still bound.

import { Frustum, Matrix4, type Camera } from "three";
import type { Chunk, Cloud } from "../cloud/cloud";
import type { Points } from "../picture/points";

/** Least and greatest x, y, z of a chunk's integers. */
type Bounds = Float64Array;

export class Culling {
  /** Points drawn in this frame, for each eye. */
  drawn = 0;
  private readonly bounds = new WeakMap<Chunk, Bounds>();
  private firsts = new Int32Array(64);
  private counts = new Int32Array(64);
  private runs = 0;
  private readonly frusta = [new Frustum(), new Frustum()] as const;
  private readonly matrix = new Matrix4();
  private readonly multi: WEBGL_multi_draw | null;

  constructor(
    private readonly cloud: Cloud,
    private readonly points: Points,
  ) {
    this.multi = points.gl.getExtension("WEBGL_multi_draw");
  }

  begin(): void {
    this.points.object.onAfterRender = () => this.draw();
  }

  /** Let three.js draw all points again. */
  end(): void {
    this.points.object.onAfterRender = () => {};
    this.points.object.geometry.setDrawRange(0, this.cloud.size);
  }

  /** Choose the runs to draw. `place` takes the drawn integers to the room of the `eyes`. */
  choose(eyes: readonly Camera[], place: Matrix4, budget: number): void {
    const { chunks } = this.cloud;
    this.points.object.geometry.setDrawRange(0, 0);
    this.reserve(chunks.length);
    const views = Math.min(eyes.length, this.frusta.length);
    for (let i = 0; i < views; i++) {
      const eye = eyes[i]!;
      // Computed here: three.js updates matrixWorldInverse only when it draws.
      this.matrix.copy(eye.matrix).invert().premultiply(eye.projectionMatrix).multiply(place);
      this.frusta[i]!.setFromProjectionMatrix(this.matrix);
    }
    this.runs = this.drawn = 0;
    let end = -1;
    for (let i = 0; i < chunks.length && this.drawn < budget; i++) {
      const chunk = chunks[i]!;
      if (!this.isSeen(this.boundsOf(chunk), views)) continue;
      const count = Math.min(chunk.size, budget - this.drawn);
      if (chunk.start === end) this.counts[this.runs - 1] = this.counts[this.runs - 1]! + count;
      else {
        this.firsts[this.runs] = chunk.start;
        this.counts[this.runs++] = count;
      }
      end = chunk.start + count;
      this.drawn += count;
    }
  }

  private draw(): void {
    const { gl } = this.points;
    if (this.multi !== null) {
      this.multi.multiDrawArraysWEBGL(gl.POINTS, this.firsts, 0, this.counts, 0, this.runs);
      return;
    }
    for (let i = 0; i < this.runs; i++) gl.drawArrays(gl.POINTS, this.firsts[i]!, this.counts[i]!);
  }

  private reserve(chunks: number): void {
    if (chunks <= this.firsts.length) return;
    this.firsts = new Int32Array(2 * chunks);
    this.counts = new Int32Array(2 * chunks);
  }

  private isSeen(bounds: Bounds, views: number): boolean {
    for (let i = 0; i < views; i++) if (meets(this.frusta[i]!, bounds)) return true;
    return false;
  }

  private boundsOf(chunk: Chunk): Bounds {
    let known = this.bounds.get(chunk);
    if (known === undefined) this.bounds.set(chunk, (known = measure(chunk)));
    return known;
  }
}

/** The bounding box of a chunk's points, in the drawn integers. */
export function measure({ position, size }: Pick<Chunk, "position" | "size">): Bounds {
  const box = Float64Array.of(Infinity, Infinity, Infinity, -Infinity, -Infinity, -Infinity);
  for (let i = 0; i < size; i++) {
    for (let axis = 0; axis < 3; axis++) {
      const value = position[4 * i + axis]!;
      if (value < box[axis]!) box[axis] = value;
      if (value > box[axis + 3]!) box[axis + 3] = value;
    }
  }
  return box;
}

/** Whether a box may be in a frustum: it is not entirely outside one of the six planes. */
export function meets(frustum: Frustum, box: Bounds): boolean {
  for (let i = 0; i < 6; i++) {
    const { normal, constant } = frustum.planes[i]!;
    const x = normal.x > 0 ? box[3]! : box[0]!;
    const y = normal.y > 0 ? box[4]! : box[1]!;
    const z = normal.z > 0 ? box[5]! : box[2]!;
    if (normal.x * x + normal.y * y + normal.z * z + constant < 0) return false;
  }
  return true;
}
