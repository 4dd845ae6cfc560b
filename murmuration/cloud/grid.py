"""Grid: a polygon painted once, so that a box of points is decided by four look-ups however many vertices there are.

Each cell is outside, inside, or on the rim. The rim consists of the cells with an edge within half a cell, a distance
that exceeds the rounding of the lasso test by far. In any other cell the test has one answer for all points, and
neighbouring cells off the rim share it. Cells at the border extend to infinity. Where float64 does not guarantee this
(a needle-thin polygon, or one far larger than the cloud) there is no grid.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit

from murmuration.polygon import Edges, boxed, crossed
from murmuration.types import Floats, Int32s, Int64s, UInt8s

OUTSIDE, INSIDE, RIM = 0, 1, 2

_SPARE = 2
"""Empty cells between the polygon and the border of a grid that contains it, so that border cells are outside."""


@dataclass(frozen=True)
class Grid:
    """state: uint8 (n, n), OUTSIDE, INSIDE or RIM; rows go up, columns right.

    place: float64 (4,), left and bottom of the first cell in NDC, then cells per unit of x and of y.
    sums: int64 (n + 1, n + 1), for the cells below and left of each corner: INSIDE + 2^32 OUTSIDE.
    """

    state: UInt8s
    place: Floats
    sums: Int64s


def grid(edges: Edges, bounds: Floats, n: int) -> Grid | None:
    """A polygon painted on n x n cells; None where rounding forbids.

    ``bounds`` is float64 (4,): least and greatest x, then y, of the points that will be looked up, or infinite.
    """
    low, high = edges.box[[0, 2]], edges.box[[1, 3]]
    spare = _SPARE * (high - low) / (n - 2 * _SPARE)
    corner, far = np.maximum(low - spare, bounds[[0, 2]]), np.minimum(high + spare, bounds[[1, 3]])
    cell = (far - corner) / n
    height = np.abs(edges.ends[:, 3] - edges.ends[:, 1])
    lowest = height.min(where=height > 0, initial=1.0)
    # Rounding moves a crossing by 2^-49 of the largest coordinate, and by 2^-1074 / height where products underflow.
    coarse = cell > np.maximum(1e-100, 2.0**-40 * np.maximum(np.abs(low), np.abs(high)))
    if not coarse.all() or lowest * cell[0] < 1e-300:
        return None
    place = np.concatenate([corner, 1 / cell])
    state, sums = np.empty((n, n), np.uint8), np.zeros((n + 1, n + 1), np.int64)
    _paint(edges.vertices, edges.box, edges.ends, edges.first, edges.scale, place, state, sums)
    return Grid(state, place, sums)


@njit(cache=True, nogil=True, error_model="numpy")
def column(x: float, left: float, across: float, n: int) -> np.int32:
    """The column of an x, or the row of a y; beyond the border, that of the border."""
    cell, last = (x - left) * across, n - 1.0
    return np.int32(0.0 if cell < 0.0 else last if cell > last else cell)


@njit(cache=True, nogil=True, error_model="numpy")
def _paint(
    vertices: Floats, box: Floats, ends: Floats, first: Int64s, scale: float, place: Floats, state: UInt8s, sums: Int64s
) -> None:
    n = len(state)
    begun = np.zeros(
        (n, n + 1), np.int32
    )  # edges whose cells in a row start here, minus those whose cells end before here
    for k in range(len(vertices)):
        _touch(vertices[k - 1], vertices[k], place, begun)
    for row in range(n):
        y = place[1] + (row + 0.5) / place[3]
        slab = min(max(int((y - box[2]) * scale), 0), len(first) - 2)
        touching = 0
        counts = np.int64(0)
        for col in range(n):
            touching += begun[row, col]
            if touching > 0:
                state[row, col] = RIM
            elif col > 0 and state[row, col - 1] != RIM:
                state[row, col] = state[row, col - 1]
            elif row > 0 and state[row - 1, col] != RIM:
                state[row, col] = state[row - 1, col]
            else:
                x = place[0] + (col + 0.5) / place[2]
                odd = boxed(x, y, box) and crossed(x, y, ends, first[slab], first[slab + 1])
                state[row, col] = INSIDE if odd else OUTSIDE
            counts += (state[row, col] == INSIDE) + (np.int64(state[row, col] == OUTSIDE) << 32)
            sums[row + 1, col + 1] = sums[row, col + 1] + counts


@njit(cache=True, nogil=True, error_model="numpy")
def _touch(a: Floats, b: Floats, place: Floats, begun: Int32s) -> None:
    """Count an edge in the cells within half a cell of it."""
    n = len(begun)
    if a[1] > b[1]:
        a, b = b, a
    xa, ya = (a[0] - place[0]) * place[2], (a[1] - place[1]) * place[3]
    xb, yb = (b[0] - place[0]) * place[2], (b[1] - place[1]) * place[3]
    for row in range(column(ya, 0.5, 1.0, n), column(yb, -0.5, 1.0, n) + 1):
        start, stop = xa, xb  # ends of the edge's part within the row and half a cell around it
        if row > 0 and ya < row - 0.5:
            start = xa + (xb - xa) * min((row - 0.5 - ya) / (yb - ya), 1.0)
        if row < n - 1 and yb > row + 1.5:
            stop = xa + (xb - xa) * max((row + 1.5 - ya) / (yb - ya), 0.0)
        begun[row, column(min(start, stop), 0.5, 1.0, n)] += 1
        begun[row, column(max(start, stop), -0.5, 1.0, n) + 1] -= 1
