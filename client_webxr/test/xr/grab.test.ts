import { Matrix4, Vector3 } from "three";
import { expect, test } from "vitest";
import { Grab } from "../../src/xr/grab";
import { CloudAnchor } from "../../src/xr/cloudAnchor";

const at = (x: number, y: number, z: number) => new Vector3(x, y, z);

/** A point of the cube in the room. */
function room(anchor: CloudAnchor, x: number, y: number, z: number): Vector3 {
  return at(x, y, z).applyMatrix4(anchor.matrix);
}

function near(a: Vector3, b: Vector3): void {
  expect(a.distanceTo(b)).toBeLessThan(1e-9);
}

test("one hand carries: the cloud moves with the hand and does not turn", () => {
  const anchor = new CloudAnchor();
  const before = room(anchor, 0.3, -0.2, 0.9);
  const grab = new Grab(anchor);
  grab.begin(at(0.1, 1, -0.4), null);
  grab.move(at(0.2, 1.1, -0.2), null);
  near(room(anchor, 0.3, -0.2, 0.9), before.add(at(0.1, 0.1, 0.2)));
});

test("two hands: the points of the cloud under them stay under them", () => {
  const anchor = new CloudAnchor();
  const grab = new Grab(anchor);
  const [a, b] = [at(-0.2, 1.2, -0.9), at(0.25, 1.1, -1)];
  const inverse = new Matrix4().copy(anchor.matrix).invert();
  const [inA, inB] = [a.clone().applyMatrix4(inverse), b.clone().applyMatrix4(inverse)];
  grab.begin(a, b);
  const [a2, b2] = [at(-0.3, 1.5, -0.6), at(0.5, 1.3, -1.1)];
  grab.move(a2, b2);
  near(inA.applyMatrix4(anchor.matrix), a2);
  near(inB.applyMatrix4(anchor.matrix), b2);
});

test("hands that return to their start leave the cloud as it was", () => {
  const anchor = new CloudAnchor();
  const before = anchor.matrix.clone();
  const grab = new Grab(anchor);
  const [a, b] = [at(-0.2, 1.2, -0.5), at(0.2, 1.2, -0.5)];
  grab.begin(a, b);
  grab.move(at(-0.4, 1, -0.5), at(0.3, 1.4, -0.2));
  grab.move(a, b);
  anchor.matrix.elements.forEach((value, i) => expect(value).toBeCloseTo(before.elements[i]!, 12));
});

test("the size has limits, and at them the hands' middle still holds", () => {
  const anchor = new CloudAnchor();
  const grab = new Grab(anchor);
  grab.begin(at(-0.05, 1.2, -1.2), at(0.05, 1.2, -1.2)); // about the cloud's own middle
  grab.move(at(-2, 1.2, -1.2), at(2, 1.2, -1.2));
  expect(anchor.half).toBe(10);
  near(anchor.position, at(0, 1.2, -1.2));
});

test("hands at one place neither turn nor scale", () => {
  const anchor = new CloudAnchor();
  const grab = new Grab(anchor);
  grab.begin(at(0, 1, 0), at(0, 1, 0));
  grab.move(at(0, 1, 0), at(1, 1, 0));
  expect(anchor.half).toBe(0.4);
  expect(anchor.matrix.elements.every(Number.isFinite)).toBe(true);
});
