import { describe, expect, test } from "vitest";
import lassos from "../../../tests/golden/lasso.json";
import { isLoop, lasso, simplify, type Point } from "../../src/cloud/polygon";

function inside(matrix: number[], polygon: Point[], points: number[][]): number[] {
  const hits = lasso(matrix, polygon)(Uint16Array.from(points.flatMap(([x, y, z]) => [x!, y!, z!, 0])));
  return points.map((_, i) => i).filter((i) => hits[i] === 1);
}

describe("the server's answer, bit for bit", () => {
  test.each(lassos)("$name", ({ matrix, polygon, points, inside: wanted }) => {
    expect(inside(matrix, polygon as unknown as Point[], points)).toEqual(wanted);
  });

  test("the cases include points inside, outside and behind the eye", () => {
    expect(lassos.length).toBeGreaterThan(15);
    const behind = lassos.filter(({ matrix: m, points }) =>
      points.some(([x, y, z]) => m[3]! * x! + m[7]! * y! + m[11]! * z! + m[15]! <= 0),
    );
    expect(behind.length).toBeGreaterThan(4);
    expect(
      lassos.filter((one) => one.inside.length > 0 && one.inside.length < one.points.length).length,
    ).toBeGreaterThan(10);
  });
});

describe("the rule", () => {
  // Takes the integers 0..100 of x and y to 0..1, with cw = 1.
  const flat = [0.01, 0, 0, 0, 0, 0.01, 0, 0, 0, 0, 0.01, 0, 0, 0, 0, 1];
  const square: Point[] = [
    [0.2, 0.2],
    [0.8, 0.2],
    [0.8, 0.8],
    [0.2, 0.8],
  ];

  test("a square", () => {
    expect(
      inside(flat, square, [
        [50, 50, 7],
        [10, 50, 7],
        [50, 90, 7],
      ]),
    ).toEqual([0]);
  });

  test("where a pentagram covers its middle twice, the middle is outside", () => {
    const star = Array.from({ length: 5 }, (_, i): Point => {
      const a = (4 * Math.PI * i) / 5;
      return [0.5 + 0.4 * Math.sin(a), 0.5 + 0.4 * Math.cos(a)];
    });
    expect(
      inside(flat, star, [
        [50, 50, 0],
        [50, 85, 0],
      ]),
    ).toEqual([1]);
  });

  test("points behind the eye are outside, also where their projection is inside", () => {
    const mirrored = flat.map((value) => -value);
    expect(inside(mirrored, square, [[50, 50, 0]])).toEqual([]);
  });

  test("NaN and infinity select nothing", () => {
    expect(
      inside(
        flat.map(() => NaN),
        square,
        [[50, 50, 0]],
      ),
    ).toEqual([]);
    expect(
      inside(
        flat,
        [
          [NaN, NaN],
          [0, 1],
          [1, 1],
        ],
        [[50, 50, 0]],
      ),
    ).toEqual([]);
    expect(inside(flat, [], [[50, 50, 0]])).toEqual([]);
  });
});

describe("thinning", () => {
  const circle = Array.from({ length: 5000 }, (_, i): Point => [300 * Math.cos(i / 800), 300 * Math.sin(i / 800)]);

  test("dropped vertices are within the tolerance of the kept line", () => {
    const kept = simplify(circle, 0.5);
    expect(kept.length).toBeLessThan(100);
    for (const point of circle) {
      const off = kept.slice(1).map((b, i) => fromSegment(point, kept[i]!, b));
      expect(Math.min(...off)).toBeLessThanOrEqual(0.5 + 1e-9);
    }
  });

  test("never more vertices than may be sent", () => {
    const noise = Array.from({ length: 9000 }, (_, i): Point => [i % 7 === 0 ? i : -i, (i * 7919) % 1000]);
    const kept = simplify(noise, 0.3);
    expect(kept.length).toBeLessThanOrEqual(2000);
    expect(kept.length).toBeGreaterThan(2);
  });

  test("corners stay, straight lines lose their middles", () => {
    expect(
      simplify(
        [
          [0, 0],
          [1, 0],
          [2, 0],
          [2, 0],
          [2, 2],
        ],
        0.1,
      ),
    ).toEqual([
      [0, 0],
      [2, 0],
      [2, 2],
    ]);
    expect(simplify([], 1)).toEqual([]);
    expect(
      simplify(
        [
          [1, 1],
          [1, 1],
        ],
        1,
      ),
    ).toEqual([[1, 1]]);
  });

  test("a click is not a loop", () => {
    expect(
      isLoop(
        [
          [5, 5],
          [6, 5],
          [5, 6],
        ],
        4,
      ),
    ).toBe(false);
    expect(
      isLoop(
        [
          [5, 5],
          [60, 5],
        ],
        4,
      ),
    ).toBe(false);
    expect(
      isLoop(
        [
          [5, 5],
          [60, 5],
          [5, 60],
        ],
        4,
      ),
    ).toBe(true);
  });
});

function fromSegment([x, y]: Point, [ax, ay]: Point, [bx, by]: Point): number {
  const [dx, dy] = [bx - ax, by - ay];
  const t = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)));
  return Math.hypot(x - ax - t * dx, y - ay - t * dy);
}
