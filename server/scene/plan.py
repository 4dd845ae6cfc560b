"""Plan: the chunks of points for one client, those first that add most to its picture.

The gain of a chunk is the share of it inside the viewport, times 2^-level: each level doubles the density, so it adds
half as much to the picture as the level before. The share is estimated from a few points, projected by the client's own
matrix in float64. Chunks outside the viewport come last, coarsest level first, so that a client that turns around sees
points at once. The first level always belongs to the plan.
"""

from dataclasses import dataclass

import numpy as np

from murmuration.types import Bools, Floats, Int64s
from streaming.messages import LEAST_BUDGET, MOST_BUDGET

SAMPLE = 64
"""Points of a chunk from which its share is estimated."""

MARGIN = 1.1
"""Factor by which the viewport is enlarged: the next small turn should find points there."""

STAY = 1.5
"""Factor by which a waiting chunk must add more than a sent one to replace it: small moves replace nothing."""


@dataclass(frozen=True)
class Outline:
    """The chunks of a scene, as far as a plan needs them.

    size, level: int64 (chunks,).  sample: float64 (chunks, SAMPLE, 4), drawn integers as homogeneous coordinates.
    """

    size: Int64s
    level: Int64s
    sample: Floats


@dataclass(frozen=True)
class Plan:
    """The plan of one client.

    granted: points it is sent at most.  points: those it holds when the plan is done.  wanted: chunks, largest gain
    first.  spare: chunks sent and not wanted, smallest gain last; they stay while there is room.
    """

    granted: int
    points: int
    wanted: tuple[int, ...]
    spare: tuple[int, ...]


def shares(outline: Outline, matrix: Floats | None) -> Floats:
    """The share of each chunk in the viewport, float64 (chunks,); 1 for all without a matrix.

    ``matrix`` is (4, 4), projection x view x model, from the drawn integers to clip space.
    """
    if matrix is None:
        return np.ones(len(outline.size))
    x, y, w = np.moveaxis(outline.sample @ matrix[[0, 1, 3]].T, -1, 0)
    seen: Bools = (w > 0) & (np.abs(x) <= MARGIN * w) & (np.abs(y) <= MARGIN * w)
    share: Floats = seen.mean(axis=1)
    return share


def grant(outline: Outline, budget: int) -> int:
    """The points a client is sent at most when it asks for ``budget``: none for 0, else at least the first level."""
    if budget <= 0:
        return 0
    first = int(outline.size[outline.level == 0].sum())
    return max(min(max(budget, LEAST_BUDGET), MOST_BUDGET), first)


def plan(outline: Outline, matrix: Floats | None, budget: int, sent: frozenset[int]) -> Plan:
    """The plan of a client with a view ``matrix`` and a ``budget`` of points that holds the chunks ``sent``."""
    granted = grant(outline, budget)
    gain = shares(outline, matrix) * 0.5**outline.level
    here = np.zeros(len(gain), dtype=np.bool_)
    here[list(sent)] = True
    gain[here] *= STAY
    gain[outline.level == 0] += 2.0  # more than any other can have
    order = np.lexsort((np.arange(len(gain)), outline.level, -gain))
    fits = np.cumsum(outline.size[order]) <= granted
    spare = order[~fits & here[order]]
    held = int(outline.size[order[fits]].sum()) + np.cumsum([0, *outline.size[spare]])
    points = int(held[held <= granted].max())
    return Plan(granted, points, tuple(map(int, order[fits])), tuple(map(int, spare)))


def sample(indices: Int64s) -> Int64s:
    """SAMPLE of a chunk's indices into the cloud, evenly spaced: it is in Morton order, so also evenly in space."""
    return indices[np.linspace(0, len(indices) - 1, SAMPLE).astype(np.int64)]
