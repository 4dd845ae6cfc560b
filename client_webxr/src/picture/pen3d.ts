// The axes' lines and texts in WebGL.

import { Group } from "three";
import type { Pen } from "./axes";
import type { Vec3 } from "./edges";
import { Label, type TextLine } from "./labels";
import { Lines } from "./lines";
import { houseColour, type Rgb } from "./palette";
import type { Scene3d } from "./scene3d";

const MOST_LINES = 64;

export class Pen3d implements Pen<Label> {
  private readonly group = new Group();
  private readonly lines = new Lines(MOST_LINES, 1);
  private readonly labels = new Set<Label>();
  private colour: Rgb = houseColour("--axis");

  constructor(private readonly scene: Scene3d) {
    this.group.add(this.lines.mesh);
    scene.graph.add(this.group);
  }

  text(lines: readonly TextLine[], halo: string): Label {
    const label = new Label(lines, halo, this.scene.renderer.getPixelRatio());
    this.group.add(label.mesh);
    this.labels.add(label);
    return label;
  }

  drop(label: Label): void {
    label.dispose();
    label.mesh.removeFromParent();
    this.labels.delete(label);
  }

  sharpness(): number {
    return this.scene.renderer.getPixelRatio();
  }

  /** Take the lines' colour from the current theme; the axes make their texts again. */
  restyle(): void {
    this.colour = houseColour("--axis");
  }

  /** Show or hide the axes. */
  show(visible: boolean): void {
    this.group.visible = visible;
  }

  begin(): void {
    const { width, height } = this.scene.orbit;
    this.lines.begin(width, height);
  }

  line(a: Vec3, b: Vec3, strength: number): void {
    this.lines.add(a, b, this.colour, strength);
  }

  put(label: Label, at: Vec3, x: number, y: number, visible: boolean): void {
    const { width, height } = this.scene.orbit;
    label.mesh.position.set(...at);
    label.mesh.visible = visible;
    label.place(x, -y, width, height);
  }

  finish(): void {
    this.lines.finish();
  }

  /** Free the resources in the graphics context; the next drawing makes them again. */
  release(): void {
    this.lines.dispose();
    for (const label of this.labels) label.dispose();
  }
}
