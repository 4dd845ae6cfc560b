// One hand of the user, bare or with a controller: its poses and actions, read once in each frame.
//
// A bare hand pinches by the distance of its joints (pinch.ts), a controller by its trigger between selectstart and
// selectend; `select` itself is not used, since emulators and devices disagree about its order. All poses are read by
// fillPoses, which writes into arrays made once: a frame allocates nothing here.

import { Matrix4, Vector3 } from "three";
import { Filter } from "./filter";
import { Pinch } from "./pinch";

/** Joints in the order of the WebXR Hand Input specification. */
export const JOINTS = 25;
const WRIST = 0;
const THUMB_TIP = 4;
const INDEX_TIP = 9;
const MIDDLE_METACARPAL = 10;
const MIDDLE_TIP = 14;
/** Metacarpal to tip of the index, middle, ring and little finger. */
const FINGERS = [5, 10, 15, 20] as const;
const BONES = 4;

/** Distance from base to tip of a stretched finger, as a share of its bones' length; a resting finger has 0.9. */
const STRAIGHT = 0.93;
/** Sine of 45 degrees: an open hand points up more steeply, a resting hand does not. */
const UPWARD = 0.7;
/** Metres from a controller's ray origin to the tip that draws and touches. */
const REACH = 0.05;

/** A/X on the controllers of the xr-standard mapping. */
const BUTTON_A = 4;

export class Hand {
  kind: "hand" | "controller" | null = null;
  /** Whether its pose is known in this frame. */
  tracked = false;
  /** Thumb and index together, or the trigger pulled. */
  pinching = false;
  /** The grip button pressed; a bare hand has none. */
  gripping = false;
  /** Held up, fingers stretched; with a controller: A or X pressed. */
  open = false;
  /** The point that draws and grasps: between the pinching tips, filtered; or the controller's tip. */
  readonly tip = new Vector3();
  /** The point that touches buttons: the tip of the index finger; or the controller's tip. */
  readonly finger = new Vector3();
  /** Poses in the room: the ray points along -z. */
  readonly ray = new Matrix4();
  readonly wrist = new Matrix4();
  readonly joints = new Float32Array(16 * JOINTS);
  source: XRInputSource | null = null;

  private triggered = false;
  private squeezed = false;
  private readonly pinch = new Pinch();
  private readonly filter = new Filter();
  private readonly raw = new Float64Array(3);
  private readonly poses = new Float32Array(32);
  private spaces: XRSpace[] = [];
  private jointSpaces: XRSpace[] = [];

  /** Set the input source of this hand; null for none. */
  connect(source: XRInputSource | null): void {
    this.source = source;
    this.kind = source === null ? null : source.hand ? "hand" : "controller";
    this.spaces = source === null ? [] : [source.targetRaySpace, ...(source.gripSpace ? [source.gripSpace] : [])];
    this.jointSpaces = source?.hand ? [...source.hand.values()] : [];
    this.triggered = this.squeezed = false;
    this.lose();
  }

  /** selectstart, selectend, squeezestart or squeezeend of this hand's source. */
  hear(type: string): void {
    if (type.startsWith("select")) this.triggered = type === "selectstart";
    else this.squeezed = type === "squeezestart";
  }

  /** Read this frame; `time` in seconds. */
  read(frame: XRFrame, room: XRReferenceSpace, time: number): void {
    if (this.source === null || !this.fill(frame, room)) return this.lose();
    this.tracked = true;
    this.ray.fromArray(this.poses);
    this.wrist.fromArray(this.poses, this.spaces.length > 1 ? 16 : 0);
    if (this.kind === "hand") this.readJoints(time);
    else this.readController(time);
  }

  /** Vibrate the controller, if it has a motor; strength from 0 to 1. */
  pulse(strength: number, milliseconds: number): void {
    const motor = this.source?.gamepad?.hapticActuators?.[0];
    void motor?.pulse?.(strength, milliseconds)?.catch(() => undefined);
  }

  private fill(frame: XRFrame, room: XRReferenceSpace): boolean {
    if (frame.fillPoses === undefined || !frame.fillPoses(this.spaces, room, this.poses)) return false;
    if (Number.isNaN(this.poses[12]!)) return false;
    if (this.kind !== "hand") return true;
    return frame.fillPoses(this.jointSpaces, room, this.joints) && !Number.isNaN(this.joints[16 * INDEX_TIP + 12]!);
  }

  private lose(): void {
    this.tracked = this.pinching = this.gripping = this.open = false;
    this.pinch.update(NaN);
    this.filter.reset();
  }

  private readJoints(time: number): void {
    const { joints } = this;
    const [a, b] = [16 * THUMB_TIP + 12, 16 * INDEX_TIP + 12];
    this.pinch.update(this.apart(THUMB_TIP, INDEX_TIP));
    this.pinching = this.pinch.held;
    this.gripping = false;
    for (let i = 0; i < 3; i++) this.raw[i] = (joints[a + i]! + joints[b + i]!) / 2;
    this.filter.update(this.raw, time);
    this.tip.fromArray(this.filter.value);
    this.finger.fromArray(joints, b);
    this.wrist.fromArray(joints, 16 * WRIST);
    this.open = this.isOpen();
  }

  private readController(time: number): void {
    const e = this.ray.elements;
    for (let i = 0; i < 3; i++) this.raw[i] = e[12 + i]! - REACH * e[8 + i]!;
    this.filter.update(this.raw, time);
    this.tip.fromArray(this.filter.value);
    this.finger.copy(this.tip);
    this.pinching = this.triggered;
    this.gripping = this.squeezed;
    this.open = this.source!.gamepad?.buttons[BUTTON_A]?.pressed ?? false;
  }

  private isOpen(): boolean {
    if (this.pinch.held) return false;
    const rise = this.joints[16 * MIDDLE_TIP + 13]! - this.joints[16 * MIDDLE_METACARPAL + 13]!;
    if (rise < UPWARD * this.apart(MIDDLE_METACARPAL, MIDDLE_TIP)) return false;
    for (let f = 0; f < FINGERS.length; f++) {
      const first = FINGERS[f]!;
      let bones = 0;
      for (let i = 0; i < BONES; i++) bones += this.apart(first + i, first + i + 1);
      if (this.apart(first, first + BONES) < STRAIGHT * bones) return false;
    }
    return true;
  }

  /** Metres between two joints. */
  private apart(one: number, other: number): number {
    const { joints } = this;
    const [a, b] = [16 * one + 12, 16 * other + 12];
    const x = joints[a]! - joints[b]!;
    const y = joints[a + 1]! - joints[b + 1]!;
    const z = joints[a + 2]! - joints[b + 2]!;
    return Math.sqrt(x * x + y * y + z * z);
  }
}
