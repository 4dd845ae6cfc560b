"""Boxes: bounding boxes over runs of a cloud's points.

Points close in space are close in the array (Morton order), so the box of RUN consecutive points is small, and so is
that of FAN consecutive boxes. A spatial query that is decided for a box is decided for all of its points at once. A run
across the border of two classes has a large box; there are at most 254 of them.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numba import njit

from murmuration.cloud.order import STEPS
from murmuration.cores import cores
from murmuration.polygon import projected
from murmuration.types import Floats, Int64s, UInt16s

RUN = 256
"""Points of a box of the lowest level."""

FAN = 8
"""Boxes of a level in a box of the next."""

FRONT, BEHIND, BOTH = 0, 1, 2
"""A box in front of the viewpoint's plane; behind or in it; or one that may cross it, or nearly does."""

_ENOUGH = 1000
"""Runs per thread at least: starting a thread costs as much as fewer."""


@dataclass(frozen=True)
class Boxes:
    """All boxes, lowest level first; the last one holds every point. 0.06 bytes a point.

    low, high: uint16 (k, 3), the least and greatest coordinates of the points of each box, both included.
    first: int64 (levels + 1,), where each level begins; box i of a level holds the boxes FAN i to FAN (i + 1) of the
    level below, or the points RUN i to RUN (i + 1).
    """

    low: UInt16s
    high: UInt16s
    first: Int64s

    @property
    def runs(self) -> int:
        """Boxes of the lowest level."""
        return int(self.first[1])


def boxes(position: UInt16s) -> Boxes:
    """The boxes of points in Morton order, uint16 (n, 3 or 4), n > 0."""
    sizes = [-(-len(position) // RUN)]
    while sizes[-1] > 1:
        sizes.append(-(-sizes[-1] // FAN))
    first = np.concatenate([[0], np.cumsum(sizes)])
    low, high = np.empty((first[-1], 3), np.uint16), np.empty((first[-1], 3), np.uint16)
    shares = max(1, min(cores(), sizes[0] // _ENOUGH))
    cuts = [sizes[0] * k // shares for k in range(shares + 1)]
    with ThreadPoolExecutor(shares) as pool:
        list(pool.map(lambda start, stop: _runs(position, start, stop, low, high), cuts[:-1], cuts[1:]))
    _joined(first, low, high)
    return Boxes(low, high, first)


@njit(cache=True, nogil=True)
def _runs(position: UInt16s, start: int, stop: int, low: UInt16s, high: UInt16s) -> None:
    for run in range(start, stop):
        for axis in range(3):
            least, most = np.uint16(65535), np.uint16(0)
            for i in range(RUN * run, min(RUN * (run + 1), len(position))):
                least, most = min(least, position[i, axis]), max(most, position[i, axis])
            low[run, axis], high[run, axis] = least, most


@njit(cache=True, nogil=True)
def _joined(first: Int64s, low: UInt16s, high: UInt16s) -> None:
    """Fill the upper levels."""
    for level in range(1, len(first) - 1):
        for box in range(first[level], first[level + 1]):
            begin = first[level - 1] + FAN * (box - first[level])
            for axis in range(3):
                low[box, axis], high[box, axis] = low[begin, axis], high[begin, axis]
                for child in range(begin + 1, min(begin + FAN, first[level])):
                    low[box, axis] = min(low[box, axis], low[child, axis])
                    high[box, axis] = max(high[box, axis], high[child, axis])


def slack(m: Floats) -> Floats | None:
    """A bound on the rounding of cx, cy and cw for any point, float64 (3,): 32 times that of four exact products.

    None where products or quotients of these could overflow or underflow.
    """
    with np.errstate(over="ignore"):
        size = np.abs(m[[0, 1, 3]]) @ [STEPS, STEPS, STEPS, 1]
    if size[2] < 1e-140 or size.max() > 1e140:
        return None
    return np.asarray(2.0**-48 * size + 1e-320)


@njit(cache=True, nogil=True, error_model="numpy")
def bounds(low: UInt16s, high: UInt16s, m: Floats, rounding: Floats) -> tuple[int, float, float, float, float]:
    """FRONT, BEHIND or BOTH for a box of drawn integers; in front, also its least and greatest x and y in NDC.

    ``rounding`` is that of :func:`slack`. No point of the box is projected beyond these bounds, rounding included: a
    ratio of affine functions takes its extremes over a box at corners, as long as the denominator is positive.
    """
    least, most = m[3, 3], m[3, 3]
    for axis in range(3):
        a, b = m[3, axis] * low[axis], m[3, axis] * high[axis]
        least, most = least + min(a, b), most + max(a, b)
    if most <= -rounding[2]:
        return BEHIND, 0.0, 0.0, 0.0, 0.0
    least -= rounding[2]
    if not least > 2.0**20 * rounding[2]:
        return BOTH, 0.0, 0.0, 0.0, 0.0
    x0, x1, y0, y1 = np.inf, -np.inf, np.inf, -np.inf
    for corner in range(8):
        x = float(high[0] if corner & 1 else low[0])
        y = float(high[1] if corner & 2 else low[1])
        z = float(high[2] if corner & 4 else low[2])
        px, py, _ = projected(x, y, z, m)
        x0, x1, y0, y1 = min(x0, px), max(x1, px), min(y0, py), max(y1, py)
    dx = 2 * (rounding[0] + max(abs(x0), abs(x1)) * rounding[2]) / least + 2.0**-50 * max(abs(x0), abs(x1))
    dy = 2 * (rounding[1] + max(abs(y0), abs(y1)) * rounding[2]) / least + 2.0**-50 * max(abs(y0), abs(y1))
    return FRONT, x0 - dx, x1 + dx, y0 - dy, y1 + dy
