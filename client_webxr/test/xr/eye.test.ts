import { Euler, Matrix4, Quaternion, Vector3 } from "three";
import { expect, test } from "vitest";
import { lasso } from "../../src/cloud/polygon";
import { eyeMatrix, project, PROJECTION } from "../../src/xr/eye";
import { CloudAnchor } from "../../src/xr/cloudAnchor";

const HEAD = new Matrix4().compose(
  new Vector3(0.1, 1.55, 0.05),
  new Quaternion().setFromEuler(new Euler(-0.2, 0.1, 0.05)),
  new Vector3(1, 1, 1),
);
// 0..65535 to the cube of half-width 1.
const MODEL = new Matrix4().makeScale(2 / 65535, 2 / 65535, 2 / 65535).setPosition(-1, -1, -1);

test("the projection is symmetric, 90 degrees both ways, with OpenGL's depth", () => {
  const corner = new Vector3(1, 1, -1).applyMatrix4(PROJECTION);
  expect([corner.x, corner.y]).toEqual([expect.closeTo(1, 12), expect.closeTo(1, 12)]);
  expect(new Vector3(0, 0, -0.05).applyMatrix4(PROJECTION).z).toBeCloseTo(-1, 9);
  expect(new Vector3(0, 0, -50).applyMatrix4(PROJECTION).z).toBeCloseTo(1, 9);
});

test("matrix and polygon enclose the points that the head sees inside the loop", () => {
  const anchor = new CloudAnchor();
  anchor.before(HEAD);
  const matrix = eyeMatrix(HEAD, anchor.matrix, MODEL);
  const [inside, outside] = [[32768, 40000, 20000, 0], [60000, 32768, 32768, 0]] as const;
  const target = new Vector3(inside[0], inside[1], inside[2]).applyMatrix4(MODEL).applyMatrix4(anchor.matrix);
  const eye = new Vector3().setFromMatrixPosition(HEAD);
  // A loop a third of the way to the target, around the line of sight; its points are not in one plane.
  const middle = eye.clone().lerp(target, 0.33);
  const line: number[] = [];
  for (let i = 0; i < 12; i++) {
    const t = (i / 12) * 2 * Math.PI;
    line.push(middle.x + 0.03 * Math.cos(t), middle.y + 0.03 * Math.sin(t), middle.z + 0.02 * Math.sin(3 * t));
  }
  const polygon = project(HEAD, line, 12)!;
  expect([...lasso(matrix, polygon)(Uint16Array.from([...inside, ...outside]))]).toEqual([1, 0]);
});

test("a loop that reaches behind the head is rejected", () => {
  expect(project(new Matrix4(), [0, 0, -1, 0.2, 0, -1, 0, 0, 0.5], 3)).toBeNull();
});
