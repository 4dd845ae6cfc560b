// The camera of the page, its orbit controls, and the size of the picture.

import { Matrix4, PerspectiveCamera, Vector3 } from "three";
import { OrbitControls } from "three/examples/jsm/controls/OrbitControls.js";

/** Where the eye starts: a little above and to the side of the cloud, looking at its middle. */
const FROM = new Vector3(0.62, 0.4, 1).normalize();
/** Where the eye starts before a picture of one or two axes: it faces their plane. */
const FACING = new Vector3(0, 0, 1);
/** Half the picture's extent at the cloud, in the cube's units, that shows the whole cloud with its axes. */
const REACH = 1.78;

export class OrbitCamera {
  readonly camera = new PerspectiveCamera(38, 1, 0.01, 100);
  readonly controls: OrbitControls;
  /** From the drawn integers to the cube of half-width 1. */
  readonly model = new Matrix4();
  /** Size of the picture in CSS pixels. */
  width = 1;
  height = 1;
  private covered = 0;
  private from = FROM;
  private readonly moved: (() => void)[] = [];
  private readonly resized: (() => void)[] = [];

  /** Pictures fill `element`, and the pointer moves the camera there. */
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

  /** Call `listener` when the camera has moved. */
  onMove(listener: () => void): void {
    this.moved.push(listener);
  }

  /** Call `listener` when the size of the picture or its covered part has changed. */
  onResize(listener: () => void): void {
    this.resized.push(listener);
  }

  /** projection x view x model, column-major, computed in float64. */
  matrix(): number[] {
    this.camera.updateMatrixWorld();
    const { projectionMatrix, matrixWorldInverse } = this.camera;
    return new Matrix4().multiplyMatrices(projectionMatrix, matrixWorldInverse).multiply(this.model).toArray();
  }

  /** Cover CSS pixels at the right: the cloud moves to the middle of the free part. */
  cover(right: number): void {
    this.covered = right;
    this.resize();
  }

  /** The uncovered width in CSS pixels. */
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

  /** Move the camera to where the whole cloud is visible. */
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
