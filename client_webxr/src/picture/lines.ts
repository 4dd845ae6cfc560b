// Thin lines in the picture: one draw call for all of them, with the same width on every machine.

import {
  GLSL3,
  InstancedBufferAttribute,
  InstancedBufferGeometry,
  BufferAttribute,
  Mesh,
  RawShaderMaterial,
  Vector2,
} from "three";
import fragment from "../../../shaders/lines.frag?raw";
import vertex from "../../../shaders/lines.vert?raw";
import type { Vec3 } from "./edges";
import type { Rgb } from "./palette";

export class Lines {
  readonly mesh: Mesh;
  private readonly geometry = new InstancedBufferGeometry();
  private readonly material: RawShaderMaterial;
  private used = 0;

  constructor(most: number, width: number) {
    const corners = new Float32Array([0, -1, 1, -1, 0, 1, 1, 1]);
    this.geometry.setAttribute("corner", new BufferAttribute(corners, 2));
    this.geometry.setIndex([0, 1, 2, 2, 1, 3]);
    for (const [name, items] of [
      ["start", 3],
      ["end", 3],
      ["paint", 4],
    ] as const) {
      this.geometry.setAttribute(name, new InstancedBufferAttribute(new Float32Array(most * items), items));
    }
    this.material = new RawShaderMaterial({
      glslVersion: GLSL3,
      vertexShader: vertex,
      fragmentShader: fragment,
      transparent: true,
      depthWrite: false,
      side: 2,
      uniforms: { viewport: { value: new Vector2(1, 1) }, width: { value: width } },
    });
    this.mesh = new Mesh(this.geometry, this.material);
    this.mesh.frustumCulled = false;
    this.mesh.renderOrder = 1;
  }

  /** Remove all lines; the next ones are for a picture of this size in CSS pixels. */
  begin(width: number, height: number): void {
    this.used = 0;
    (this.material.uniforms["viewport"]!.value as Vector2).set(width, height);
  }

  add(start: Vec3, end: Vec3, colour: Rgb, strength: number): void {
    const attribute = (name: string) => this.geometry.getAttribute(name) as InstancedBufferAttribute;
    attribute("start").setXYZ(this.used, ...start);
    attribute("end").setXYZ(this.used, ...end);
    attribute("paint").setXYZW(this.used, ...colour, strength);
    this.used++;
  }

  finish(): void {
    this.geometry.instanceCount = this.used;
    for (const name of ["start", "end", "paint"]) this.geometry.getAttribute(name).needsUpdate = true;
  }

  dispose(): void {
    this.geometry.dispose();
    this.material.dispose();
  }
}
