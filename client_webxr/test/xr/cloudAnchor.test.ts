import { Euler, Matrix4, Quaternion, Vector3 } from "three";
import { expect, test } from "vitest";
import { ARM, ROOM, CloudAnchor } from "../../src/xr/cloudAnchor";

function head(x: number, y: number, z: number, pitch = 0, yaw = 0): Matrix4 {
  const turn = new Quaternion().setFromEuler(new Euler(pitch, yaw, 0, "YXZ"));
  return new Matrix4().compose(new Vector3(x, y, z), turn, new Vector3(1, 1, 1));
}

test("the cloud starts at arm's length, 0.8 m across, a little below the eyes, seated or standing", () => {
  for (const height of [1.15, 1.75]) {
    const anchor = new CloudAnchor();
    anchor.before(head(0.4, height, 0.2));
    expect(anchor.position.toArray()).toEqual([0.4, height - ARM.below, 0.2 - ARM.distance].map((v) => expect.closeTo(v, 12)));
    expect(2 * anchor.half).toBe(0.8);
  }
});

test("the cloud is upright and ahead for any tilt of the head", () => {
  for (const pitch of [-Math.PI / 2, -1, 0, 1, Math.PI / 2]) {
    const anchor = new CloudAnchor();
    anchor.before(head(0, 1.6, 0, pitch, 0.7));
    expect(anchor.position.x).toBeCloseTo(-ARM.distance * Math.sin(0.7), 9);
    expect(anchor.position.z).toBeCloseTo(-ARM.distance * Math.cos(0.7), 9);
    expect(new Vector3(0, 1, 0).applyQuaternion(anchor.quaternion).y).toBeCloseTo(1, 12);
  }
});

test("at room size the cloud stands on the floor, with the user outside", () => {
  const anchor = new CloudAnchor();
  anchor.room(head(0, 1.6, 0));
  expect(anchor.position.y - anchor.half).toBeCloseTo(0, 12);
  expect(ROOM.distance).toBeGreaterThan(ROOM.half);
});
