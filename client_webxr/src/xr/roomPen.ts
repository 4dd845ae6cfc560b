// The axes' lines and texts in the room. axes.ts chooses edges and places as on a screen, here for the head and a picture
// in points (angle.ts). Between two arrangements they keep their places in the cube and only turn to the head: texts that
// move with every movement of the head cause nausea.

import { Group, PerspectiveCamera, Quaternion, Vector3, type Matrix4 } from "three";
import type { Pen } from "../picture/axes";
import type { Vec3 } from "../picture/edges";
import { drawText, type TextLine } from "../picture/labels";
import { Lines } from "../picture/lines";
import { rgb } from "../picture/palette";
import { PIXELS, POINT } from "./angle";
import { TextPanel } from "./textPanel";

const MOST_LINES = 64;
/** Extent of the picture in points: 90 degrees, so that a point in its middle subtends POINT. */
const EXTENT = 2 / POINT;

/** A text in the cube's space, with its extent in points. */
export interface RoomText {
  readonly panel: TextPanel;
  width: number;
  height: number;
}

/** The head's view of the cube, for axes.ts. */
export class RoomView {
  readonly camera = new PerspectiveCamera(90, 1, 0.01, 100);
  readonly width = EXTENT;
  readonly height = EXTENT;
  readonly free = EXTENT;

  /** Set the poses of head and anchor in the room; the camera is in the cube. */
  set(head: Matrix4, anchor: Matrix4): void {
    const { camera } = this;
    camera.matrixWorld.copy(anchor).invert().multiply(head);
    camera.position.setFromMatrixPosition(camera.matrixWorld);
    camera.matrixWorldInverse.copy(camera.matrixWorld).invert();
  }
}

export class RoomPen implements Pen<RoomText> {
  /** Child of the cube's group: all units are those of the cube. */
  readonly group = new Group();
  private readonly texts: RoomText[] = [];
  private readonly lines = new Lines(MOST_LINES, 2);
  private readonly right = new Vector3();
  private readonly up = new Vector3();
  private readonly anchor = new Vector3();
  private readonly local = new Quaternion();

  constructor(
    private readonly view: RoomView,
    private readonly colours: { axis: string },
  ) {
    this.group.add(this.lines.mesh);
  }

  text(lines: readonly TextLine[], halo: string): RoomText {
    const canvas = drawText(lines, halo, PIXELS);
    return this.place({ panel: new TextPanel(canvas, true), width: canvas.width / PIXELS, height: canvas.height / PIXELS });
  }

  /** Add a text or picture to the cube, placed like the axes' texts. */
  place(text: RoomText): RoomText {
    text.panel.mesh.renderOrder = 2;
    this.group.add(text.panel.mesh);
    this.texts.push(text);
    return text;
  }

  sharpness(): number {
    return PIXELS;
  }

  drop(text: RoomText): void {
    text.panel.dispose();
    this.texts.splice(this.texts.indexOf(text), 1);
  }

  begin(): void {
    // Lines have the width of a screen with this many pixels: the eyes' pictures are about as fine.
    this.lines.begin(EXTENT * PIXELS, EXTENT * PIXELS);
    const e = this.view.camera.matrixWorld.elements;
    this.right.set(e[0]!, e[1]!, e[2]!);
    this.up.set(e[4]!, e[5]!, e[6]!);
  }

  line(a: Vec3, b: Vec3, strength: number): void {
    this.lines.add(a, b, rgb(this.colours.axis), strength);
  }

  put(text: RoomText, at: Vec3, x: number, y: number, visible: boolean): void {
    const far = this.depth(at);
    const { mesh } = text.panel;
    // right and up have the length of a metre in the cube's units.
    mesh.position
      .set(at[0], at[1], at[2])
      .addScaledVector(this.right, x * POINT * far)
      .addScaledVector(this.up, -y * POINT * far);
    const unit = this.right.length() * POINT * far;
    text.panel.size(text.width * unit, text.height * unit);
    mesh.visible = visible;
  }

  finish(): void {
    this.lines.finish();
  }

  /** Turn every text to the head; `anchor` is the rotation of the cube. */
  face(facing: Quaternion, anchor: Quaternion): void {
    this.local.copy(anchor).invert().multiply(facing);
    for (let i = 0; i < this.texts.length; i++) this.texts[i]!.panel.mesh.quaternion.copy(this.local);
  }

  /** Metres from the head to a point of the cube, along the gaze. */
  private depth(at: Vec3): number {
    return Math.max(0.1, -this.anchor.set(at[0], at[1], at[2]).applyMatrix4(this.view.camera.matrixWorldInverse).z);
  }
}
