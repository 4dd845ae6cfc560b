// Where the eye stands, whatever is drawn from there: camera, its controls, and the size of the picture.

import { Matrix4, PerspectiveCamera, Vector3 } from "three";
import { OrbitControls } from "three/examples/jsm/controls/OrbitControls.js";

/** Where the eye starts: a little above and to the side of the cloud, looking at its middle. */
const FROM = new Vector3(0.62, 0.4, 1).normalize();
/** Where the eye starts before a picture of one or two axes: it faces their plane. */
const FACING = new Vector3(0, 0, 1);
/** Half the picture's extent at the cloud, in the cube's units, when the whole is to be seen with its axes. */
const REACH = 1.78;

export class OrbitCamera {
  readonly camera = new PerspectiveCamera(38, 1, 0.01, 100);
  readonly controls: OrbitControls;
  /** Takes the drawn integers into the cube of half-width 1. */
  readonly model = new Matrix4();
  /** Size of the picture in CSS pixels. */
  width = 1;
  height = 1;
  private covered = 0;
  private from = FROM;
  private readonly moved: (() => void)[] = [];
  private readonly resized: (() => void)[] = [];

  /** `element` is what the pictures fill, and what the pointer moves the eye on. */
  constructor(readonly element: HTMLElement) {
    this.controls = new OrbitControls(this.camera, element);
    this.controls.zoomToCursor = true;
    this.controls.minDistance = 0.02;
    this.controls.maxDistance = 20;
    this.controls.addEventListener("change", () => this.moved.forEach((each) => each()));
    new ResizeObserver(() => this.resize()).observe(element);
    this.resize();
    this.home();
  }

  /** Have something done when the eye has moved. */
  onMove(listener: () => void): void {
    this.moved.push(listener);
  }

  /** Have something done when the picture has another size, or other room in it. */
  onResize(listener: () => void): void {
    this.resized.push(listener);
  }

  /** projection x view x model, column-major, computed in float64. */
  matrix(): number[] {
    this.camera.updateMatrixWorld();
    const { projectionMatrix, matrixWorldInverse } = this.camera;
    return new Matrix4().multiplyMatrices(projectionMatrix, matrixWorldInverse).multiply(this.model).toArray();
  }

  /** Cover CSS pixels at the right with something else: the cloud's middle moves to that of what is left. */
  cover(right: number): void {
    this.covered = right;
    this.resize();
  }

  /** The width in CSS pixels that nothing covers. */
  get free(): number {
    return Math.max(1, this.width - this.covered);
  }

  /** The picture has so many axes from now on: the eye moves only when another place suits it. */
  lay(axes: number): void {
    const from = axes < 3 ? FACING : FROM;
    if (from === this.from) return;
    this.from = from;
    this.home();
  }

  /** Move the eye to where the whole cloud is seen. */
  home(): void {
    const distance = REACH / Math.tan((this.camera.fov * Math.PI) / 360) / Math.min(1, this.free / this.height);
    this.controls.target.set(0, 0, 0);
    this.camera.position.copy(this.from).multiplyScalar(distance);
    this.controls.update();
  }

  private resize(): void {
    this.width = Math.max(1, this.element.clientWidth);
    this.height = Math.max(1, this.element.clientHeight);
    this.camera.aspect = this.width / this.height;
    this.camera.setViewOffset(this.width, this.height, this.covered / 2, 0, this.width, this.height);
    for (const each of this.resized) each();
  }
}
