"""Hull: the convex hull of a cloud's outermost points, in exact integers.

A hull of millions of points has thousands of faces, which nobody can see. So the hull here is that of the points that
lie farthest in 98 directions (all primitive integer vectors with coordinates of at most 2): exact for these points,
within the cloud's true hull, and close to it. Every test is a determinant of integers below 2^63, so the edges are the
same on every machine, and points in one plane are seen to be so.
"""

from itertools import product

import numpy as np
from numba import njit

from murmuration.types import Bools, Int64s, UInt16s

DIRECTIONS = np.array(
    [d for d in product(range(-2, 3), repeat=3) if np.gcd.reduce(d) == 1 and d > (0, 0, 0)], dtype=np.int64
)
"""One of each pair of opposite directions, int64 (49, 3)."""

BLOCK = 64
"""Points that are passed over together."""


def hull(position: UInt16s, selected: Bools) -> Int64s:
    """The edges of the hull, int64 (n, 2, 3): coordinates of both ends; empty when all points lie in one plane.

    ``position`` is uint16 (points, 3 or more), ``selected`` says which of them count.
    """
    if not selected.any():
        return np.empty((0, 2, 3), dtype=np.int64)
    corners = np.unique(position[_outermost(position, selected, DIRECTIONS), :3].astype(np.int64), axis=0)
    return corners[_edges(corners)]


@njit(cache=True, nogil=True)
def _outermost(position: UInt16s, selected: Bools, directions: Int64s) -> Int64s:
    """Indices of the points with the least and the greatest coordinate along each direction; the first of equals.

    Points near each other in a cloud stand near each other in memory, so most blocks of them are passed over whole.
    """
    n = len(directions)
    least, most = np.full(n, 2**62), np.full(n, -(2**62))
    found = np.zeros(2 * n, dtype=np.int64)
    for start in range(0, len(position), BLOCK):
        block = slice(start, min(start + BLOCK, len(position)))
        low, high = _box(position[block], selected[block])
        if high[0] < 0:
            continue
        for k in range(n):
            d = directions[k]
            if _farthest(d, high, low) >= least[k] and _farthest(d, low, high) <= most[k]:
                continue
            for i in range(block.start, block.stop):
                along = d[0] * position[i, 0] + d[1] * position[i, 1] + d[2] * position[i, 2]
                if selected[i] and along < least[k]:
                    least[k], found[k] = along, i
                if selected[i] and along > most[k]:
                    most[k], found[n + k] = along, i
    return found


@njit(cache=True, nogil=True)
def _box(position: UInt16s, selected: Bools) -> tuple[Int64s, Int64s]:
    low, high = np.full(3, 2**16), np.full(3, -1)
    for i in range(len(position)):
        if selected[i]:
            for axis in range(3):
                low[axis] = min(low[axis], np.int64(position[i, axis]))
                high[axis] = max(high[axis], np.int64(position[i, axis]))
    return low, high


@njit(cache=True, nogil=True)
def _farthest(d: Int64s, low: Int64s, high: Int64s) -> np.int64:
    """How far a box reaches along a direction; with its corners exchanged, how little."""
    far = np.int64(0)
    for axis in range(3):
        far += d[axis] * (high[axis] if d[axis] > 0 else low[axis])
    return far


@njit(cache=True, nogil=True)
def _edges(p: Int64s) -> Int64s:
    """Pairs of indices that are edges: those that lie in two different planes with all points on one side."""
    n = len(p)
    plane = np.zeros((n, n, 3), dtype=np.int64)  # the normal of the first supporting plane through a pair
    edge = np.zeros((n, n), dtype=np.bool_)
    for i in range(n):
        for j in range(i + 1, n):
            for k in range(j + 1, n):
                x, y, z = _normal(p[i], p[j], p[k])
                if (x == y == z == 0) or not _supports(p, p[i], x, y, z):
                    continue
                for u, v in ((i, j), (i, k), (j, k)):
                    first = plane[u, v]
                    if first[0] == first[1] == first[2] == 0:
                        first[0], first[1], first[2] = x, y, z
                    elif first[0] != x or first[1] != y or first[2] != z:
                        edge[u, v] = True
    return np.argwhere(edge)


@njit(cache=True, nogil=True)
def _normal(a: Int64s, b: Int64s, c: Int64s) -> tuple[int, int, int]:
    """The normal of a plane, the same whichever three of its points span it; zero for points in a line."""
    ux, uy, uz = b[0] - a[0], b[1] - a[1], b[2] - a[2]
    vx, vy, vz = c[0] - a[0], c[1] - a[1], c[2] - a[2]
    x, y, z = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
    divisor = max(_gcd(_gcd(abs(x), abs(y)), abs(z)), 1)
    if x < 0 or (x == 0 and (y < 0 or (y == 0 and z < 0))):
        divisor = -divisor
    return x // divisor, y // divisor, z // divisor


@njit(cache=True, nogil=True)
def _supports(p: Int64s, base: Int64s, x: int, y: int, z: int) -> bool:
    """Whether all points lie on one side of a plane."""
    above = below = False
    for m in range(len(p)):
        side = (p[m, 0] - base[0]) * x + (p[m, 1] - base[1]) * y + (p[m, 2] - base[2]) * z
        above |= side > 0
        below |= side < 0
        if above and below:
            return False
    return True


@njit(cache=True, nogil=True)
def _gcd(a: int, b: int) -> int:
    while b:
        a, b = b, a % b
    return a
