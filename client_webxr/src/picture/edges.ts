// The twelve edges of the cube, and the choice of those that carry the axes, for an eye position. Coordinates are those of
// the cube of half-width 1 about the origin.

export type Vec3 = [number, number, number];
type Side = -1 | 1;

/** An edge along `axis`; `sides` are the signs of the other two coordinates, in the order x, y, z. */
export interface Edge {
  axis: 0 | 1 | 2;
  sides: readonly [Side, Side];
}

/** Length of a tick outside the cube. */
const TICK = 0.025;
const SIDES: readonly (readonly [Side, Side])[] = [
  [-1, -1],
  [-1, 1],
  [1, -1],
  [1, 1],
];

/** A point of an edge: `t` from -1 to 1 along it. */
export function along({ axis, sides }: Edge, t: number): Vec3 {
  const point: number[] = [...sides];
  point.splice(axis, 0, t);
  return point as Vec3;
}

/** The far end of a tick at `t`. */
export function outward({ axis, sides }: Edge, t: number): Vec3 {
  return along({ axis, sides: sides.map((side) => side * (1 + TICK)) as unknown as Edge["sides"] }, t);
}

/** Whether the cube's face at `side` of the axis faces the eye. */
function faces(eye: Vec3, axis: number, side: Side): boolean {
  return eye[axis]! * side > 1;
}

/** Number of an edge's two faces that face the eye: 1 for edges of the outline. */
function seen(eye: Vec3, { axis, sides }: Edge): number {
  const others = [0, 1, 2].filter((each) => each !== axis);
  return others.filter((other, i) => faces(eye, other, sides[i]!)).length;
}

/** The edges that are not in front of the cloud. */
export function behind(eye: Vec3): Edge[] {
  const all = ([0, 1, 2] as const).flatMap((axis) => SIDES.map((sides) => ({ axis, sides })));
  return all.filter((edge) => seen(eye, edge) < 2);
}

/** The edge that carries an axis: of the outline, the lowest on the screen, or the leftmost for the vertical axis. */
export function choose(axis: 0 | 1 | 2, eye: Vec3, onScreen: (point: Vec3) => readonly [number, number]): Edge {
  const edges = SIDES.map((sides) => ({ axis, sides }));
  const outline = edges.filter((edge) => seen(eye, edge) === 1);
  const merit = (edge: Edge) => {
    const [x, y] = onScreen(along(edge, 0));
    return axis === 1 ? -x : y;
  };
  return (outline.length > 0 ? outline : edges).reduce((best, edge) => (merit(edge) > merit(best) ? edge : best));
}
