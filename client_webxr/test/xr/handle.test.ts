import { Color, Matrix4, Vector3 } from "three";
import { beforeEach, expect, test } from "vitest";
import { CloudAnchor } from "../../src/xr/cloudAnchor";
import type { Hand } from "../../src/xr/hand";
import { Handle } from "../../src/xr/handle";

const HEAD = new Matrix4().setPosition(0, 1.6, 0);
let anchor: CloudAnchor;
let handle: Handle;

beforeEach(() => {
  anchor = new CloudAnchor();
  anchor.before(HEAD);
  handle = new Handle(new Color("#111111"), new Color("#eeeeee"));
  handle.place(anchor, HEAD);
});

/** A hand at a point, whose ray looks from there along a direction. */
function hand(at: Vector3, direction: Vector3): Hand {
  const ray = new Matrix4().lookAt(at, at.clone().add(direction), new Vector3(0, 1, 0)).setPosition(at);
  return { tip: at, ray } as unknown as Hand;
}

test("the bar is below the cloud and between it and the head", () => {
  const { position } = handle.mesh;
  expect(position.y).toBeLessThan(anchor.position.y - anchor.half);
  expect(position.z).toBeGreaterThan(anchor.position.z);
  expect(position.z).toBeLessThan(0);
});

test("a cloud on the floor keeps its bar within reach", () => {
  anchor.room(HEAD);
  handle.place(anchor, HEAD);
  expect(handle.mesh.position.y).toBeCloseTo(0.7);
});

test("a hand at the bar reaches it without a ray", () => {
  const at = handle.mesh.position.clone().add(new Vector3(0.05, 0.02, 0));
  expect(handle.reach(hand(at, new Vector3(0, 0, 1)))).toBe(0);
});

test("a ray reaches the bar with its distance, and only in its direction", () => {
  const from = new Vector3(0, 1.2, 0.3);
  const way = handle.mesh.position.clone().sub(from);
  expect(handle.reach(hand(from, way))).toBeCloseTo(way.length(), 1);
  expect(handle.reach(hand(from, way.clone().negate()))).toBeNull();
  expect(handle.reach(hand(from, way.clone().add(new Vector3(0, 0.3, 0))))).toBeNull();
});

test("the bar lights up", () => {
  handle.light(true);
  expect(handle.mesh.material.color.getHexString()).toBe("eeeeee");
  handle.light(false);
  expect(handle.mesh.material.color.getHexString()).toBe("111111");
});
