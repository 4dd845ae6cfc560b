"""Lasso: the points of a cloud inside a polygon, found by testing few of them.

Boxes of points (:mod:`murmuration.cloud.boxes`) are looked up in the painted polygon (:mod:`murmuration.cloud.grid`),
from the largest down. A box outside or inside is decided as a whole; in the lowest boxes that remain, the points on the
rim take the lasso test. The answer is that of :func:`murmuration.polygon.inside`, bit for bit: boxes are widened by a
bound on the rounding of the projection, and a box that may reach behind the viewpoint is not looked up but opened.

The work is divided into steps of bounded length, so that a server can answer other requests in between. A polygon of
ten thousand edges of its full height takes seconds: every point within it is tested against every edge.
"""

from concurrent.futures import ThreadPoolExecutor
from math import isqrt

import numpy as np
import numpy.typing as npt
from numba import njit
from pyroaring import FrozenBitMap

from murmuration import polygon as _polygon
from murmuration.cloud import rowbits
from murmuration.cloud.boxes import BEHIND, BOTH, FAN, FRONT, RUN, Boxes, bounds, slack
from murmuration.cloud.grid import INSIDE, OUTSIDE, RIM, column, grid
from murmuration.cores import cores
from murmuration.polygon import Edges, crossed, projected
from murmuration.types import Floats, Int32s, Int64s, UInt8s, UInt16s, UInt32s, UInt64s

STEP = 5_000_000
"""Points and edges that a thread tests in one step: 5 to 15 ms."""

_ENOUGH = 50_000
"""Points per thread at least: starting a thread costs as much as fewer."""

_COARSEST, _FINEST = 64, 512
"""Bounds on the cells of a grid's side; between them, a third of the square root of the number of points."""

_GROUP = 16
"""Consecutive runs given to one thread. The runs on the rim are clustered, so larger shares would be uneven."""

_DENSE = 3
"""A run mostly on the rim, whose points all take the lasso test; the points of a RIM run are looked up first."""


class Lasso:
    """The search for the points inside one polygon. :meth:`rows` and :meth:`bitmap` take the steps that are left."""

    def __init__(
        self, position: UInt16s, row: UInt32s, rows: int, boxes: Boxes, matrix: npt.ArrayLike, polygon: npt.ArrayLike
    ) -> None:
        """``position`` is uint16 (n, 4) in Morton order, n > 0; ``row`` is uint32 (n,), each below ``rows``.

        Raises StrokeError for a matrix or polygon that :func:`murmuration.polygon.checked` refuses.
        """
        m, vertices = _polygon.checked(matrix, polygon)
        edges = _polygon.edges(vertices)
        shares = max(1, min(cores(), len(position) // _ENOUGH))
        self._bits = rowbits.none(rows, shares)
        self._next = [0] * shares
        self._runs, state, place = _decided(boxes, edges, m)
        self._data = position, row, m, edges.box, edges.ends, edges.first, edges.scale, state, place, self._runs

    def step(self) -> bool:
        """Continue for some milliseconds on each core. False when the search is complete."""
        shares = len(self._next)
        if shares == 1:
            self._next = [self._search(0)]
        else:
            with ThreadPoolExecutor(shares) as pool:
                self._next = list(pool.map(self._search, range(shares)))
        return min(self._next) < len(self._runs)

    def _search(self, share: int) -> int:
        return _search(*self._data, share, len(self._next), self._next[share], STEP, self._bits[share])

    def rows(self) -> UInt32s:
        """The table rows inside, uint32, ascending."""
        return rowbits.rows(self._found())

    def bitmap(self) -> FrozenBitMap:
        """The table rows inside, as a roaring bitmap."""
        return rowbits.bitmap(self._found())

    def _found(self) -> UInt64s:
        while self.step():
            pass
        return rowbits.union(self._bits)


def _decided(boxes: Boxes, edges: Edges, m: Floats) -> tuple[UInt8s, UInt8s, Floats]:
    """OUTSIDE, INSIDE, RIM or _DENSE for each run of points, and the state and place of the grid.

    Without a grid all runs are _DENSE.
    """
    rounding = slack(m)
    runs = np.full(boxes.runs, _DENSE, np.uint8)
    nothing = runs, np.full((1, 1), RIM, np.uint8), np.zeros(4)
    if rounding is None:
        return nothing
    where, *root = bounds(boxes.low[-1], boxes.high[-1], m, rounding)
    area = np.array(root if where == FRONT else [-np.inf, np.inf, -np.inf, np.inf])
    if (np.maximum(area, edges.box)[[0, 2]] > np.minimum(area, edges.box)[[1, 3]]).any():
        runs[:] = OUTSIDE
        return nothing
    painted = grid(edges, area, min(_FINEST, max(_COARSEST, isqrt(RUN * boxes.runs) // 3)))
    if painted is None:
        return nothing
    _decide(boxes.low, boxes.high, boxes.first, m, rounding, painted.place, painted.sums, runs)
    return runs, painted.state, painted.place


@njit(cache=True, nogil=True, error_model="numpy")
def _decide(
    low: UInt16s, high: UInt16s, first: Int64s, m: Floats, rounding: Floats,
    place: Floats, sums: Int64s, runs: UInt8s,
) -> None:  # fmt: skip
    """Fill ``runs``: OUTSIDE, INSIDE, RIM or _DENSE for each lowest box."""
    levels = len(first) - 1
    stack = np.empty((FAN * levels + 1, 2), np.int64)
    stack[0] = levels - 1, 0
    waiting = 1
    while waiting:
        waiting -= 1
        level, box = stack[waiting]
        found = _cells(low[first[level] + box], high[first[level] + box], m, rounding, place, sums)
        if level > 0 and found >= RIM:
            for child in range(FAN * box, min(FAN * (box + 1), first[level] - first[level - 1])):
                stack[waiting] = level - 1, child
                waiting += 1
        else:
            span = FAN**level
            runs[span * box : span * (box + 1)] = found


@njit(cache=True, nogil=True, error_model="numpy")
def _cells(low: UInt16s, high: UInt16s, m: Floats, rounding: Floats, place: Floats, sums: Int64s) -> int:
    """OUTSIDE or INSIDE when all cells that a box may touch are; _DENSE when most are on the rim; else RIM."""
    where, x0, x1, y0, y1 = bounds(low, high, m, rounding)
    if where == BEHIND:
        return OUTSIDE
    if where == BOTH:
        return RIM
    n = len(sums) - 1
    dx, dy = 2.0**-8 / place[2], 2.0**-8 / place[3]  # more than the rounding of a place in the grid
    left, right = column(x0 - dx, place[0], place[2], n), column(x1 + dx, place[0], place[2], n) + 1
    below, above = column(y0 - dy, place[1], place[3], n), column(y1 + dy, place[1], place[3], n) + 1
    counts = sums[above, right] - sums[below, right] - sums[above, left] + sums[below, left]
    cells, within, without = (right - left) * (above - below), counts & 0xFFFFFFFF, counts >> 32
    if within == cells:
        return INSIDE
    if without == cells:
        return OUTSIDE
    return RIM if 4 * (within + without) >= cells else _DENSE


@njit(cache=True, nogil=True, error_model="numpy")
def _search(
    position: UInt16s, row: UInt32s, m: Floats, box: Floats, ends: Floats, first: Int64s, scale: float,
    state: UInt8s, place: Floats, runs: UInt8s, share: int, shares: int, begin: int, most: int, bits: UInt64s,
) -> int:  # fmt: skip
    """Set the bits of the rows inside, for one thread's share of the runs from ``begin`` on.

    Returns the run to continue with, once ``most`` points and edges were tested.
    """
    tested = 0
    x, y, cell = np.empty(RUN), np.empty(RUN), np.empty(RUN, np.int32)
    rim = np.full((1, 1), RIM, np.uint8)
    for run in range(begin, len(runs)):
        if tested >= most:
            return run
        if runs[run] == OUTSIDE or run // _GROUP % shares != share:
            continue
        start, stop = RUN * run, min(RUN * (run + 1), len(row))
        if runs[run] == INSIDE:
            tested += stop - start
            for i in range(start, stop):
                bits[row[i] >> np.uint32(6)] |= np.uint64(1) << np.uint64(row[i] & np.uint32(63))
        else:
            known = state if runs[run] == RIM else rim
            _locate(position[start:stop], m, box, place, len(known), x, y, cell)
            tested += _test(x, y, cell, row[start:stop], box, ends, first, scale, known, bits)
    return len(runs)


@njit(cache=True, nogil=True, error_model="numpy")
def _locate(
    position: UInt16s, m: Floats, box: Floats, place: Floats, n: int, x: Floats, y: Floats, cell: Int32s
) -> None:
    """Project points; the cell of each in a grid of n x n, -1 outside the polygon's bounding box.

    A loop of its own without branches, which the compiler turns into instructions for several points at once: half the
    time of doing the same in the loop of :func:`_test`.
    """
    for i in range(len(position)):
        px, py, cw = projected(float(position[i, 0]), float(position[i, 1]), float(position[i, 2]), m)
        within = (cw > 0.0) & (px >= box[0]) & (px <= box[1]) & (py >= box[2]) & (py <= box[3])
        x[i], y[i] = px if within else box[0], py if within else box[2]
        at = column(y[i], place[1], place[3], n) * np.int32(n) + column(x[i], place[0], place[2], n)
        cell[i] = at if within else np.int32(-1)


@njit(cache=True, nogil=True, error_model="numpy")
def _test(
    x: Floats, y: Floats, cell: Int32s, row: UInt32s, box: Floats, ends: Floats, first: Int64s, scale: float,
    state: UInt8s, bits: UInt64s,
) -> int:  # fmt: skip
    """Set the bits of the rows inside; returns how many points and edges were tested."""
    tested = len(row)
    states = state.ravel()
    for i in range(len(row)):
        if cell[i] < 0:
            continue
        found = states[cell[i]]
        if found == RIM:
            slab = min(int((y[i] - box[2]) * scale), len(first) - 2)
            tested += first[slab + 1] - first[slab]
            found = crossed(x[i], y[i], ends, first[slab], first[slab + 1])
        if found:
            bits[row[i] >> np.uint32(6)] |= np.uint64(1) << np.uint64(row[i] & np.uint32(63))
    return tested
