"""Surfaces: where a class of a cloud is dense, and the sections of that by planes.

A surface of equal density encloses a stated share of the points. Points are counted at the nodes of a grid and counts
are smoothed by sums, all in integers, so that the level of a surface is the same on every machine; sections are
contourpy's lines, rounded to the drawn integers.
"""

import numpy as np
from contourpy import LineType, contour_generator
from numba import njit

from murmuration.cloud.order import STEPS
from murmuration.types import Bools, Floats, Int64s, UInt16s

SHARES = (95, 50)
"""Per cent of a class's points that its surfaces enclose, the outer one first."""

Lines = list[tuple[int, Int64s]]
"""Sections: the index in SHARES, and vertices as int64 (k, 3)."""

_CELL = 1024
_NODES = 65
"""Grid nodes an axis: node k stands at k * _CELL and counts the points that are nearest to it."""

_BROAD = 2.0
"""Variance of the kernel against Scott's rule (Multivariate Density Estimation, 1992, 6.44): surfaces are smoother."""

_WIDEST = 17
"""Nodes of the widest box. Three passes along three axes multiply a count by 17^9, which leaves room in 63 bits."""

_FEWEST_PLANES = 3


class Surfaces:
    """The smoothed density of one class, and the levels that enclose the shares.

    ``origin`` is the node of the first element along each axis; nodes beyond 0..64 hold the density that smoothing
    spreads there.
    """

    def __init__(self, index: int, position: UInt16s, chosen: Bools) -> None:
        self.index = index
        n, low, high, total, squares = _moments(position, chosen)
        self.middle: Int64s = (2 * total + n) // (2 * n)
        widths = [_width(n, _variance(n, int(t), int(s))) for t, s in zip(total, squares, strict=True)]
        margins = np.array([3 * (w // 2) + 1 for w in widths])
        self.origin: Int64s = _node(low) - margins
        count = np.zeros(tuple(_node(high) - _node(low) + 1 + 2 * margins), dtype=np.int64)
        _count(count, position, chosen, self.origin)
        self.density = count
        for axis, width in enumerate(widths):
            self.density = _smooth(self.density, axis, width)
        self.levels = [_level(count, self.density, share) for share in SHARES]

    def lines(self, apart: int, tolerance: float) -> Lines:
        """The sections of both surfaces by planes ``apart`` nodes from each other, simplified."""
        result: Lines = []
        for axis in range(3):
            others = tuple(a for a in range(3) if a != axis)
            peak = self.density.max(axis=others)
            for place in _planes(peak > self.levels[0], int(self.origin[axis]), apart):
                plane = contour_generator(
                    z=np.take(self.density, place, axis).astype(np.float64), name="serial", line_type=LineType.Separate
                )
                for share, level in enumerate(self.levels):
                    found = plane.lines(level) if peak[place] > level else []
                    result += [(share, self._lift(np.asarray(each), axis, others, place, tolerance)) for each in found]
        return result

    def _lift(self, line: Floats, axis: int, others: tuple[int, ...], place: int, tolerance: float) -> Int64s:
        """A contour of a plane (column, row) as drawn integers in space."""
        flat = np.column_stack([line[:, 1] + self.origin[others[0]], line[:, 0] + self.origin[others[1]]])
        flat = np.clip(np.rint(flat * _CELL), 0, STEPS).astype(np.int64)
        flat = flat[_kept(flat, tolerance)]
        vertices = np.empty((len(flat), 3), dtype=np.int64)
        vertices[:, others] = flat
        vertices[:, axis] = min(max((place + self.origin[axis]) * _CELL, 0), STEPS)
        return vertices


# ---- density: integers only ----------------------------------------------------------------------------------------


def _node(coordinate: Int64s) -> Int64s:
    return (coordinate + _CELL // 2) // _CELL


@njit(cache=True, nogil=True)
def _moments(position: UInt16s, chosen: Bools) -> tuple[int, Int64s, Int64s, Int64s, Int64s]:
    """How many points are chosen, and along each axis their least and greatest value, sum, and sum of squares."""
    n = 0
    low, high = np.full(3, STEPS), np.zeros(3, dtype=np.int64)
    total, squares = np.zeros(3, dtype=np.int64), np.zeros(3, dtype=np.int64)
    for i in range(len(position)):
        if chosen[i]:
            n += 1
            for axis in range(3):
                value = np.int64(position[i, axis])
                low[axis], high[axis] = min(low[axis], value), max(high[axis], value)
                total[axis] += value
                squares[axis] += value * value
    return n, low, high, total, squares


@njit(cache=True, nogil=True)
def _count(count: Int64s, position: UInt16s, chosen: Bools, origin: Int64s) -> None:
    for i in range(len(position)):
        if chosen[i]:
            x = (np.int64(position[i, 0]) + _CELL // 2) // _CELL - origin[0]
            y = (np.int64(position[i, 1]) + _CELL // 2) // _CELL - origin[1]
            z = (np.int64(position[i, 2]) + _CELL // 2) // _CELL - origin[2]
            count[x, y, z] += 1


def _variance(n: int, total: int, squares: int) -> float:
    """In squared nodes, from exact sums."""
    return (n * squares - total * total) / (n * n) / _CELL**2


def _width(n: int, variance: float) -> int:
    """Nodes of the box whose three passes are Scott's kernel: variance (width^2 - 1) / 4 = c n^(-2/7) variance.

    Found by products alone, since powers differ in the last bit from machine to machine.
    """
    width = 1
    while width < _WIDEST and variance > 0:
        ratio = ((width + 2) ** 2 - 1) / 4 / (variance * _BROAD)
        seventh = ratio * ratio * ratio * ratio * ratio * ratio * ratio
        if seventh * n * n > 1:
            break
        width += 2
    return width


def _smooth(density: Int64s, axis: int, width: int) -> Int64s:
    """Three sums over a moving box along an axis: nearly a Gaussian, and exact."""
    if width == 1:
        return density
    lines = np.ascontiguousarray(np.moveaxis(density, axis, 2))
    for _ in range(3):
        lines = _box(lines, width // 2)
    return np.ascontiguousarray(np.moveaxis(lines, 2, axis))


@njit(cache=True, nogil=True)
def _box(lines: Int64s, reach: int) -> Int64s:
    out = np.empty_like(lines)
    a, b, n = lines.shape
    for i in range(a):
        for j in range(b):
            total = np.int64(0)
            for k in range(-reach, n):
                if k + reach < n:
                    total += lines[i, j, k + reach]
                if k > reach:
                    total -= lines[i, j, k - reach - 1]
                if k >= 0:
                    out[i, j, k] = total
    return out


def _level(count: Int64s, density: Int64s, share: int) -> float:
    """Between two values of the density, so that the nodes above hold at least ``share`` per cent of the points."""
    held, weight = density[count > 0], count[count > 0]
    order = np.argsort(-held, kind="stable")
    enclosed = np.cumsum(weight[order])
    last = int(np.searchsorted(enclosed * 100, share * int(enclosed[-1])))
    value = int(held[order[last]])
    below = density[density < value]  # never empty: the margins are zero
    return (value + int(below.max())) / 2


def _planes(crossed: Bools, origin: int, apart: int) -> list[int]:
    """Where along an axis to cut: at the common planes that meet the surface, or at closer ones if these are few."""
    inside = [int(k) for k in np.flatnonzero(crossed) if 0 <= k + origin < _NODES]
    while True:
        planes = [k for k in inside if (k + origin - _NODES // 2) % apart == 0]
        if len(planes) >= _FEWEST_PLANES or apart == 1:
            return planes
        apart //= 2


@njit(cache=True, nogil=True)
def _kept(line: Int64s, tolerance: float) -> Int64s:
    """Indices of the vertices that a line keeps (Douglas and Peucker, 1973): dropped ones are within the tolerance."""
    n = len(line)
    keep = np.zeros(n, dtype=np.bool_)
    keep[0] = keep[n - 1] = True
    spans = np.empty((n, 2), dtype=np.int64)
    spans[0, 0], spans[0, 1] = 0, n - 1
    waiting = 1
    while waiting:
        waiting -= 1
        first, last = spans[waiting, 0], spans[waiting, 1]
        dx, dy = float(line[last, 0] - line[first, 0]), float(line[last, 1] - line[first, 1])
        length = dx * dx + dy * dy
        farthest, most = -1, tolerance * tolerance
        for i in range(first + 1, last):
            x, y = float(line[i, 0] - line[first, 0]), float(line[i, 1] - line[first, 1])
            t = min(1.0, max(0.0, (x * dx + y * dy) / length)) if length > 0 else 0.0
            away = (x - t * dx) ** 2 + (y - t * dy) ** 2
            if away > most:
                farthest, most = i, away
        if farthest >= 0:
            keep[farthest] = True
            spans[waiting, 0], spans[waiting, 1] = first, farthest
            spans[waiting + 1, 0], spans[waiting + 1, 1] = farthest, last
            waiting += 2
    return np.flatnonzero(keep)
