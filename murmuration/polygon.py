"""Which points lie inside a lasso: exact, in float64, on the integers that are drawn.

A point (x, y, z) of integers is taken by a 4x4 matrix M (projection x view x model, column vectors) to clip space,
cx = ((M00 x + M01 y) + M02 z) + M03 and so on, and lies at (cx / cw, cy / cw) of normalised device coordinates.
It is inside when it is in front of the viewpoint (cw > 0), within the polygon's bounding box, and a ray to the right
crosses the closed polygon an odd number of times (even-odd rule; Shimrat, CACM 5 (1962), 434). The box only matters in
the last bit, beside a slanted edge; that and the order of operations are part of the definition: a browser that follows
it in doubles gets the same answer bit for bit.
"""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt
from numba import njit

from murmuration.cores import cores
from murmuration.errors import StrokeError
from murmuration.types import Bools, Floats, Int64s, UInt16s

MAX_VERTICES = 10_000
"""A hand or a mouse draws hundreds; what has more is no lasso."""

FARTHEST = 1e100
"""Vertices beyond this would overflow where edges are crossed; the picture ends at 1."""

_BINS = 1024


def checked(matrix: npt.ArrayLike, polygon: npt.ArrayLike) -> tuple[Floats, Floats]:
    """The matrix as float64 (4, 4) and the polygon as float64 (k, 2).

    Raises StrokeError unless both are finite numbers, 3 <= k <= MAX_VERTICES, and no vertex lies beyond FARTHEST.
    """
    try:
        m, vertices = np.asarray(matrix, dtype=np.float64), np.asarray(polygon, dtype=np.float64)
    except (ValueError, TypeError):
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
    """A bool for each point; position is uint16 (n, 3 or 4) as x, y, z. Raises StrokeError as :func:`checked`."""
    m, vertices = checked(matrix, polygon)
    x1, y1 = np.ascontiguousarray(vertices[:, 0]), np.ascontiguousarray(vertices[:, 1])
    x2, y2 = np.roll(x1, -1), np.roll(y1, -1)
    box = np.array([x1.min(), x1.max(), y1.min(), y1.max()])
    edges, first, scale = _bins(y1, y2)
    out = np.zeros(len(position), dtype=np.bool_)
    size = max(1, -(-len(position) // cores()))
    with ThreadPoolExecutor() as pool:
        parts = (slice(start, start + size) for start in range(0, len(position), size))
        list(pool.map(lambda s: _inside(position[s], m, x1, y1, x2, y2, box, edges, first, scale, out[s]), parts))
    return out


def _bins(y1: Floats, y2: Floats) -> tuple[Int64s, Int64s, float]:
    """Horizontal slabs, each with the edges that touch it, so that a point asks few of them.

    Edge and point find their slab by one monotone formula, so a point's slab holds every edge that spans its height.
    """
    low, high = float(y1.min()), float(y1.max())
    bins = min(_BINS, len(y1))
    scale = bins / (high - low) if high > low and np.isfinite(bins / (high - low)) else 0.0
    a = np.minimum(((np.minimum(y1, y2) - low) * scale).astype(np.int64), bins - 1)
    b = np.minimum(((np.maximum(y1, y2) - low) * scale).astype(np.int64), bins - 1)
    spans = b - a + 1
    edge = np.repeat(np.arange(len(y1)), spans)
    slab = np.repeat(a, spans) + np.arange(len(edge)) - np.repeat(np.cumsum(spans) - spans, spans)
    order = np.argsort(slab, kind="stable")
    first = np.searchsorted(slab[order], np.arange(bins + 1))
    return edge[order], first, scale


@njit(cache=True, nogil=True, error_model="numpy")
def _inside(
    position: UInt16s,
    m: Floats,
    x1: Floats,
    y1: Floats,
    x2: Floats,
    y2: Floats,
    box: Floats,
    edges: Int64s,
    first: Int64s,
    scale: float,
    out: Bools,
) -> None:
    bins = len(first) - 1
    for i in range(len(position)):
        x, y, z = float(position[i, 0]), float(position[i, 1]), float(position[i, 2])
        cw = ((m[3, 0] * x + m[3, 1] * y) + m[3, 2] * z) + m[3, 3]
        if not cw > 0.0:
            continue
        px = (((m[0, 0] * x + m[0, 1] * y) + m[0, 2] * z) + m[0, 3]) / cw
        py = (((m[1, 0] * x + m[1, 1] * y) + m[1, 2] * z) + m[1, 3]) / cw
        if not (box[0] <= px <= box[1] and box[2] <= py <= box[3]):
            continue
        slab = min(int((py - box[2]) * scale), bins - 1)
        crossings = False
        for k in range(first[slab], first[slab + 1]):
            e = edges[k]
            if (y1[e] > py) != (y2[e] > py) and px < (x2[e] - x1[e]) * (py - y1[e]) / (y2[e] - y1[e]) + x1[e]:
                crossings = not crossings
        out[i] = crossings
