"""The lasso test: exact, in float64, on the integers that are drawn.

A 4x4 matrix M (projection x view x model, column vectors) takes a point (x, y, z) of integers to clip space,
cx = ((M00 x + M01 y) + M02 z) + M03 and so on, and so to (cx / cw, cy / cw) of normalised device coordinates (NDC).
The point is inside when it is in front of the viewpoint (cw > 0), within the polygon's bounding box, and a ray to the
right crosses the closed polygon an odd number of times (even-odd rule; Shimrat, CACM 5 (1962), 434). The bounding box
matters in the last bit only, beside a slanted edge; that and the order of operations are part of the definition: a
browser that follows it in doubles gets the same answer bit for bit.

:func:`inside` tests every point. :mod:`murmuration.cloud.lasso` gives the same answers and tests few of them.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit

from murmuration.cores import cores
from murmuration.errors import StrokeError
from murmuration.types import Bools, Floats, Int64s, UInt16s

MAX_VERTICES = 10_000
"""A mouse or a hand draws hundreds of vertices; more are refused."""

FARTHEST = 1e100
"""Largest coordinate of a vertex: products of larger ones would overflow. The picture ends at 1."""

_BINS = 1024

_ENTRIES = 2**18
"""Edges in all slabs together, about: 8 MiB, where 10,000 edges of full height in 1,024 slabs would take 312."""


@dataclass(frozen=True)
class Edges:
    """The edges of a closed polygon, sorted into horizontal slabs so that a point is tested against few of them.

    vertices: float64 (k, 2), the polygon in NDC.  box: float64 (4,), its least and greatest x, then y.
    ends: float64 (n, 4), x1, y1, x2, y2 of the edges that touch each slab, one slab after the other.
    first: int64 (slabs + 1,), where each slab begins in ``ends``.  scale: slabs a unit of height, 0 for a single slab.
    """

    vertices: Floats
    box: Floats
    ends: Floats
    first: Int64s
    scale: float


def checked(matrix: npt.ArrayLike, polygon: npt.ArrayLike) -> tuple[Floats, Floats]:
    """The matrix as float64 (4, 4) and the polygon as float64 (k, 2).

    Raises StrokeError unless both are finite numbers, 3 <= k <= MAX_VERTICES, and no vertex lies beyond FARTHEST.
    """
    try:
        m, vertices = np.asarray(matrix, dtype=np.float64), np.asarray(polygon, dtype=np.float64)
    except (ValueError, TypeError, OverflowError):
        raise StrokeError("expected a 4x4 matrix and a list of (x, y) pairs of numbers, got something else") from None
    if m.shape != (4, 4) or not np.isfinite(m).all():
        raise StrokeError(f"expected a 4x4 matrix of finite numbers, got {_shape(m)}")
    if vertices.ndim >= 1 and len(vertices) > MAX_VERTICES:
        raise StrokeError(f"expected a lasso of 3 to {MAX_VERTICES:,} vertices, got {len(vertices):,}: simplify it")
    if vertices.ndim != 2 or vertices.shape[1] != 2 or len(vertices) < 3:
        raise StrokeError(f"expected a lasso of at least 3 vertices (x, y), got {_shape(vertices)}")
    if not np.isfinite(vertices).all():
        raise StrokeError("expected a lasso of finite numbers, got NaN or infinity among its vertices")
    if np.abs(vertices).max() > FARTHEST:
        raise StrokeError(f"expected vertices within {FARTHEST:.0e} of the middle, got {np.abs(vertices).max():.0e}")
    return m, vertices


def _shape(array: Floats) -> str:
    finite = "" if np.isfinite(array).all() else " with NaN or infinity"
    return "an array of shape " + "x".join(map(str, array.shape)) + finite


def inside(position: UInt16s, matrix: npt.ArrayLike, polygon: npt.ArrayLike) -> Bools:
    """The flat test: a bool for each point; position is uint16 (n, 3 or 4) as x, y, z.

    Raises StrokeError as :func:`checked`.
    """
    m, vertices = checked(matrix, polygon)
    e = edges(vertices)
    out = np.zeros(len(position), dtype=np.bool_)
    size = max(1, -(-len(position) // cores()))
    with ThreadPoolExecutor() as pool:
        parts = (slice(start, start + size) for start in range(0, len(position), size))
        list(pool.map(lambda s: _inside(position[s], m, e.box, e.ends, e.first, e.scale, out[s]), parts))
    return out


def edges(vertices: Floats) -> Edges:
    """The edges of a checked polygon, float64 (k, 2).

    One monotone formula assigns edges and points to slabs, so a point's slab holds every edge that spans its height.
    A long edge belongs to many slabs; the number of slabs falls as the total length grows, which bounds the memory.
    """
    ends = np.column_stack([vertices, np.roll(vertices, -1, axis=0)])
    y1, y2 = ends[:, 1], ends[:, 3]
    (left, low), (right, high) = vertices.min(axis=0).tolist(), vertices.max(axis=0).tolist()
    spanned = max(1.0, float((np.abs(y2 - y1) / (high - low)).sum())) if high > low else 1.0  # heights of the polygon
    bins = max(1, int(min(_BINS, len(ends), _ENTRIES / spanned)))
    scale = bins / (high - low) if high > low and np.isfinite(bins / (high - low)) else 0.0
    a = np.minimum(((np.minimum(y1, y2) - low) * scale).astype(np.int64), bins - 1)
    b = np.minimum(((np.maximum(y1, y2) - low) * scale).astype(np.int64), bins - 1)
    spans = b - a + 1
    edge = np.repeat(np.arange(len(ends)), spans)
    at = np.repeat(a, spans) + np.arange(len(edge)) - np.repeat(np.cumsum(spans) - spans, spans)
    order = np.argsort(at.astype(np.int16), kind="stable")  # numpy sorts 16 bits by radix
    first = np.searchsorted(at[order], np.arange(bins + 1))
    return Edges(vertices, np.array([left, right, low, high]), ends[edge[order]], first, scale)


@njit(cache=True, nogil=True, error_model="numpy")
def projected(x: float, y: float, z: float, m: Floats) -> tuple[float, float, float]:
    """A point in NDC, and its cw; only a positive cw gives the other two a meaning."""
    cw = ((m[3, 0] * x + m[3, 1] * y) + m[3, 2] * z) + m[3, 3]
    px = (((m[0, 0] * x + m[0, 1] * y) + m[0, 2] * z) + m[0, 3]) / cw
    py = (((m[1, 0] * x + m[1, 1] * y) + m[1, 2] * z) + m[1, 3]) / cw
    return px, py, cw


@njit(cache=True, nogil=True)
def boxed(px: float, py: float, box: Floats) -> bool:
    """Whether a point of NDC lies within the polygon's bounding box; NaN does not."""
    return bool(box[0] <= px <= box[1] and box[2] <= py <= box[3])


@njit(cache=True, nogil=True, error_model="numpy")
def crossed(px: float, py: float, ends: Floats, start: int, stop: int) -> bool:
    """Whether a ray to the right crosses an odd number of these edges."""
    odd = False
    for k in range(start, stop):
        x1, y1, x2, y2 = ends[k, 0], ends[k, 1], ends[k, 2], ends[k, 3]
        if (y1 > py) != (y2 > py) and px < (x2 - x1) * (py - y1) / (y2 - y1) + x1:
            odd = not odd
    return odd


@njit(cache=True, nogil=True, error_model="numpy")
def _inside(position: UInt16s, m: Floats, box: Floats, ends: Floats, first: Int64s, scale: float, out: Bools) -> None:
    for i in range(len(position)):
        px, py, cw = projected(float(position[i, 0]), float(position[i, 1]), float(position[i, 2]), m)
        if cw > 0.0 and boxed(px, py, box):
            slab = min(int((py - box[2]) * scale), len(first) - 2)
            out[i] = crossed(px, py, ends, first[slab], first[slab + 1])
