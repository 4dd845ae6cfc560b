import { expect, test } from "vitest";
import { trace, type LinePath } from "../../src/picture/segments";

/** Looks along z: clip x, y = x, y / 100 - 1, w = z. */
const MATRIX = [0.01, 0, 0, 0, 0, 0.01, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0];
const SIGHT = { matrix: MATRIX, width: 200, height: 100, near: 0, far: 40 };

class Recorder implements LinePath {
  readonly calls: string[] = [];
  moveTo(x: number, y: number): void {
    this.calls.push(`M${x},${y}`);
  }
  lineTo(x: number, y: number): void {
    this.calls.push(`L${x},${y}`);
  }
}

function drawn(...segments: number[][]): string[] {
  const paths = [new Recorder(), new Recorder()];
  const words = segments.flatMap(([a, b, c, d, e, f]) => [a!, b!, c!, 0, d!, e!, f!, 0]);
  trace(Uint16Array.from(words), SIGHT, paths);
  return paths.map((path) => path.calls.join(" "));
}

test("segments go to the path of their depth, in screen coordinates", () => {
  expect(drawn([0, 0, 10, 500, 500, 10])).toEqual(["M100,50 L150,25", ""]);
  expect(drawn([0, 0, 30, 1500, 1500, 30])).toEqual(["", "M100,50 L150,25"]);
  expect(drawn([0, 0, 90, 4500, 4500, 90])).toEqual(["", "M100,50 L150,25"]);
});

test("a continued line is not started again", () => {
  expect(drawn([0, 0, 10, 500, 0, 10], [500, 0, 10, 500, 500, 10])[0]).toBe("M100,50 L150,50 L150,25");
  expect(drawn([0, 0, 10, 500, 0, 10], [0, 0, 10, 500, 500, 10])[0]).toBe("M100,50 L150,50 M100,50 L150,25");
});

test("a line that changes its depth starts in the other path", () => {
  const [near, far] = drawn([0, 0, 10, 500, 0, 10], [500, 0, 10, 0, 0, 60], [0, 0, 60, 0, 0, 10]);
  expect(near).toBe("M100,50 L150,50");
  expect(far!.split("M")).toHaveLength(2);
});

test("segments behind the eye are cut or left out", () => {
  const behind = [...MATRIX];
  behind[15] = -20; // w = z - 20
  const paths = [new Recorder()];
  trace(Uint16Array.from([100, 0, 10, 0, 200, 0, 15, 0]), { ...SIGHT, matrix: behind }, paths);
  expect(paths[0]!.calls).toEqual([]);
  trace(Uint16Array.from([0, 0, 30, 0, 0, 0, 10, 0]), { ...SIGHT, matrix: behind }, paths);
  expect(paths[0]!.calls).toEqual(["M100,50", "L100,50"]);
});

test("segments outside the picture are left out", () => {
  expect(drawn([5000, 0, 10, 6000, 0, 10])).toEqual(["", ""]);
  expect(drawn([0, 5000, 10, 0, 6000, 10])).toEqual(["", ""]);
});
