"""Lasso: the points of a cloud inside a polygon, found by asking few of them.

Boxes of points (:mod:`murmuration.cloud.boxes`) are looked up in the painted polygon (:mod:`murmuration.cloud.grid`),
from the largest down. A box that lies outside or inside is decided whole; in the lowest boxes that remain, points on
the rim meet the lasso test. The answer is that of :func:`murmuration.polygon.inside` for every point, bit for bit:
boxes are widened by a bound on the rounding of the projection, and one that may reach behind the viewpoint is not
looked up but opened.

The work is a fold in steps of bounded length, so that a server can answer others between two steps of a polygon that
takes seconds: ten thousand edges, each as high as the polygon, are all asked for every point.
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
from murmuration.polygon import Edges, boxed, crossed, projected
from murmuration.types import Floats, Int64s, UInt8s, UInt16s, UInt32s, UInt64s

STEP = 20_000_000
"""Edges and points that a thread asks in one step: 20 to 60 ms."""

_ENOUGH = 50_000
"""Points for which another thread is worth its start."""

_COARSEST, _FINEST = 64, 512
"""Cells of a grid's side: about a third of the square root of the points."""

_GROUP = 16
"""Consecutive runs of one thread: what costs most lies close together, so it is dealt out in small shares."""

_ASKED = 3
"""A run whose points all meet the lasso test; RIM is one whose points are looked up first."""


class Lasso:
    """The search for the points inside one polygon; :meth:`step` until it is done, or ask for the answer at once."""

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
        """Go on for some tens of milliseconds of each core; whether something is left to do. Raises nothing."""
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
        """The table rows inside."""
        return rowbits.bitmap(self._found())

    def _found(self) -> UInt64s:
        while self.step():
            pass
        return rowbits.union(self._bits)


def _decided(boxes: Boxes, edges: Edges, m: Floats) -> tuple[UInt8s, UInt8s, Floats]:
    """For each run of points OUTSIDE, INSIDE, RIM or _ASKED; the grid's state and place, where there is one."""
    rounding = slack(m)
    runs = np.full(boxes.runs, _ASKED, np.uint8)
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
    """Fill ``runs``: OUTSIDE, INSIDE, RIM or _ASKED for each lowest box."""
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
    """OUTSIDE or INSIDE when all cells that a box may touch are; _ASKED when hardly any is off the rim; else RIM."""
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
    return RIM if 4 * (within + without) >= cells else _ASKED


@njit(cache=True, nogil=True, error_model="numpy")
def _search(
    position: UInt16s, row: UInt32s, m: Floats, box: Floats, ends: Floats, first: Int64s, scale: float,
    state: UInt8s, place: Floats, runs: UInt8s, share: int, shares: int, begin: int, most: int, bits: UInt64s,
) -> int:  # fmt: skip
    """Set the bits of the rows inside, for one thread's share of the runs from ``begin`` on; the run it stopped before.

    It stops when it has asked ``most`` edges and points.
    """
    asked = 0
    for run in range(begin, len(runs)):
        if asked >= most:
            return run
        if runs[run] == OUTSIDE or run // _GROUP % shares != share:
            continue
        start, stop = RUN * run, min(RUN * (run + 1), len(row))
        if runs[run] == INSIDE:
            asked += stop - start
            for i in range(start, stop):
                bits[row[i] >> np.uint32(6)] |= np.uint64(1) << np.uint64(row[i] & np.uint32(63))
        else:
            known = state if runs[run] == RIM else state[:0]
            asked += _test(position[start:stop], row[start:stop], m, box, ends, first, scale, known, place, bits)
    return len(runs)


@njit(cache=True, nogil=True, error_model="numpy")
def _test(
    position: UInt16s, row: UInt32s, m: Floats, box: Floats, ends: Floats, first: Int64s, scale: float,
    state: UInt8s, place: Floats, bits: UInt64s,
) -> int:  # fmt: skip
    """Set the bits of the rows inside; how many edges and points were asked. An empty ``state`` is not looked up."""
    asked = len(row)
    n = len(state)
    for i in range(len(row)):
        px, py, cw = projected(float(position[i, 0]), float(position[i, 1]), float(position[i, 2]), m)
        if not (cw > 0.0 and boxed(px, py, box)):
            continue
        found = state[column(py, place[1], place[3], n), column(px, place[0], place[2], n)] if n > 0 else RIM
        if found == RIM:
            slab = min(int((py - box[2]) * scale), len(first) - 2)
            asked += first[slab + 1] - first[slab]
            found = crossed(px, py, ends, first[slab], first[slab + 1])
        if found:
            bits[row[i] >> np.uint32(6)] |= np.uint64(1) << np.uint64(row[i] & np.uint32(63))
    return asked
