// The GPU's copy of the drawn points: two buffers, one draw call.
//
// The buffers are made once for all points of a scene; each chunk is written to its place straight from its message.
// three.js would need a copy of its own, so these buffers are managed here (GLBufferAttribute), and made again after the
// graphics context was lost.

import {
  type NormalOrGLBufferAttributes,
  BufferGeometry,
  GLBufferAttribute,
  GLSL3,
  Points as ThreePoints,
  RawShaderMaterial,
  Sphere,
  Vector2,
  Vector3,
  Vector4,
} from "three";
import fragment from "../../../shaders/points.frag?raw";
import vertex from "../../../shaders/points.vert?raw";
import type { Chunk, Cloud } from "../cloud/cloud";
import { Fade } from "./fade";
import { pointStyle, pointStyleFrom, type PointStyle } from "./pointStyle";
import { classColour, houseColour, inTheme, MOST_CLASSES, rgb } from "./palette";
import { MOST_MARKS } from "../wire/protocol.gen";
import type { Scene3d } from "./scene3d";

const BYTES_A_POSITION = 8;

type Geometry = BufferGeometry<NormalOrGLBufferAttributes>;

export class Points {
  private readonly uniforms = {
    classes: { value: Array.from({ length: MOST_CLASSES }, () => new Vector4(0, 0, 0, 1)) },
    slots: { value: Array.from({ length: MOST_MARKS + 1 }, () => new Vector4()) },
    ground: { value: new Vector3() },
    pixel: { value: 1 },
    scale: { value: 1 },
    fog: { value: new Vector2(1, 2) },
    fresh: { value: new Vector2(0, 1) },
    rim: { value: 1 },
    marking: { value: 0 },
    selecting: { value: 0 },
  };
  /** Round points with a rim; and plain ones for points of two pixels, where neither is visible. */
  private readonly round = this.material({});
  private readonly plain = this.material({ PLAIN: "" });
  readonly object: ThreePoints<Geometry, RawShaderMaterial>;
  readonly gl: WebGL2RenderingContext;
  private positions: WebGLBuffer | null = null;
  private flags: WebGLBuffer | null = null;
  private capacity = 0;
  private readonly fade: Fade;

  constructor(
    private readonly scene: Scene3d,
    private readonly cloud: Cloud,
    still: boolean,
  ) {
    this.fade = new Fade(still);
    this.gl = scene.renderer.getContext() as WebGL2RenderingContext;
    this.restyle();
    this.object = new ThreePoints<Geometry, RawShaderMaterial>(new BufferGeometry(), this.round);
    this.object.frustumCulled = false;
    this.object.matrixAutoUpdate = false;
    this.object.matrix = scene.orbit.model;
    scene.graph.add(this.object);
    scene.onBefore((now) => this.beforeDrawing(now));
  }

  /** Make room for a scene of at most this many points, and write the points that are in the cloud already. */
  reserve(capacity: number): void {
    if (capacity === this.capacity && this.positions !== null) return this.fill(); // same size: keep the buffers
    for (const buffer of [this.positions, this.flags]) this.gl.deleteBuffer(buffer);
    this.object.geometry.dispose();
    this.build(capacity);
  }

  /** The context is lost: drop its objects. */
  release(): void {
    this.positions = this.flags = null;
    this.object.geometry.dispose();
    this.round.dispose();
    this.plain.dispose();
  }

  /** The context is back: make the buffers again from the messages, which are still here. */
  restore(): void {
    this.build(this.capacity);
  }

  private build(capacity: number): void {
    const { gl } = this;
    this.capacity = capacity;
    this.positions = this.buffer(capacity * BYTES_A_POSITION);
    this.flags = this.buffer(capacity);
    this.object.geometry = new BufferGeometry<NormalOrGLBufferAttributes>()
      .setAttribute("position", this.attribute(this.positions, gl.UNSIGNED_SHORT, 4, 2))
      .setAttribute("flags", this.attribute(this.flags, gl.UNSIGNED_BYTE, 1, 1));
    this.object.geometry.boundingSphere = new Sphere(new Vector3(32768, 32768, 32768), 65536); // contains all integers
    this.object.matrixWorldNeedsUpdate = true;
    this.fill();
  }

  private fill(): void {
    for (const chunk of this.cloud.chunks) this.write(chunk);
    this.object.geometry.setDrawRange(0, this.cloud.size);
  }

  /** Add a chunk that has arrived; with `gently` it fades in. */
  add(chunk: Chunk, gently: boolean): void {
    if (chunk.start + chunk.size > this.capacity) return this.reserve(Math.max(2 * this.capacity, this.cloud.size));
    this.write(chunk);
    if (gently) this.fade.begin(chunk.start);
    else this.fade.end();
    this.object.geometry.setDrawRange(0, this.cloud.size);
  }

  /** Write chunks to their new places after others were dropped. */
  arrange(chunks: readonly Chunk[]): void {
    for (const chunk of chunks) this.write(chunk);
    this.fade.end();
    this.object.geometry.setDrawRange(0, this.cloud.size);
  }

  /** Write the flags of some chunks; with `selecting` all points that are not selected are dimmed. */
  flag(chunks: readonly Chunk[], selecting: boolean): void {
    this.bind(this.flags);
    for (const chunk of chunks) this.gl.bufferSubData(this.gl.ARRAY_BUFFER, chunk.start, chunk.flags);
    this.uniforms.selecting.value = selecting ? 1 : 0;
  }

  /** Show or hide classes. */
  hide(hidden: ReadonlySet<number>): void {
    const classes = this.uniforms.classes.value;
    classes.forEach((colour, i) => (colour.w = hidden.has(i) ? 0 : 1));
  }

  /** The colours of the named selections by slot; null for an empty slot. */
  mark(colours: readonly (string | null)[]): void {
    const slots = this.uniforms.slots.value;
    this.uniforms.marking.value = colours.some((colour) => colour !== null) ? 1 : 0;
    slots.forEach((slot, i) => (colours[i] == null ? slot.set(0, 0, 0, 0) : slot.set(...rgb(inTheme(colours[i])), 1)));
  }

  /** Take the colours of classes and ground from the current theme. */
  restyle(): void {
    const { classes, ground } = this.uniforms;
    classes.value.forEach((colour, i) => colour.set(...rgb(classColour(i)), colour.w));
    ground.value.set(...houseColour("--ground"));
  }

  /** Draw one point with the other shader program: compiling it at its first use takes longer than a picture may. */
  warm(draw: () => void): void {
    const { geometry, material } = this.object;
    this.object.material = material === this.round ? this.plain : this.round;
    geometry.setDrawRange(0, 1);
    draw();
    geometry.setDrawRange(0, this.cloud.size);
    this.object.material = material;
  }

  private beforeDrawing(now: number): boolean {
    const more = this.fade.step(now);
    this.show(this.scene.renderer.getPixelRatio(), pointStyleFrom(this.scene.orbit.camera.position.length(), this.count));
    return more;
  }

  /** The style in a headset, without fades. `pixel` is in device pixels, the rest as in `pointStyle`. */
  setHeadsetStyle(pixel: number, scale: number, near: number, far: number): void {
    this.fade.end();
    this.show(pixel, pointStyle(this.count, near, far, scale));
  }

  /** Number of points once all have arrived. */
  private get count(): number {
    return Math.min(this.capacity, this.cloud.promised ?? Infinity);
  }

  private show(pixel: number, { scale, rim, near, far }: PointStyle): void {
    const { uniforms } = this;
    uniforms.pixel.value = pixel;
    uniforms.scale.value = scale;
    uniforms.rim.value = rim;
    uniforms.fresh.value.set(this.fade.first, this.fade.share);
    uniforms.fog.value.set(near, far);
    this.object.material = rim > 0 ? this.round : this.plain;
  }

  private material(defines: Record<string, string>): RawShaderMaterial {
    const { uniforms } = this;
    return new RawShaderMaterial({ glslVersion: GLSL3, vertexShader: vertex, fragmentShader: fragment, uniforms, defines });
  }

  private write(chunk: Chunk): void {
    const { gl } = this;
    this.bind(this.positions);
    gl.bufferSubData(gl.ARRAY_BUFFER, chunk.start * BYTES_A_POSITION, chunk.position);
    this.bind(this.flags);
    gl.bufferSubData(gl.ARRAY_BUFFER, chunk.start, chunk.flags);
  }

  private buffer(bytes: number): WebGLBuffer {
    const made = this.gl.createBuffer();
    this.bind(made);
    this.gl.bufferData(this.gl.ARRAY_BUFFER, Math.max(bytes, 8), this.gl.DYNAMIC_DRAW);
    return made;
  }

  private bind(buffer: WebGLBuffer | null): void {
    this.gl.bindBuffer(this.gl.ARRAY_BUFFER, buffer);
  }

  private attribute(buffer: WebGLBuffer, type: GLenum, items: number, bytes: number): GLBufferAttribute {
    return new GLBufferAttribute(buffer, type as never, items, bytes as never, this.capacity);
  }
}
