"""Plan: the chunks of points for one client, those first that add most to its picture.

The gain of a chunk is the share of it inside the viewport, times 2^(-level/2). The share alone would give the most
visible points, but fill one part of the picture to the finest level before the next. 2^-level, half as much for each
doubling of the density, would be more even, but spent the budget of a close view on coarse chunks that are nearly all
outside it: of 100,000 points of a cloud of 12 million, 7,000 to 28,000 were visible in three close views, now 30,000 to
45,000 are. Views of the whole cloud do not differ. The share is estimated from a few points, projected by the client's
own matrix in float64. Chunks outside the viewport come last, coarsest level first, so that a client that turns around
sees points at once. The first level always belongs to the plan.
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

DECAY = 0.5**0.5
"""Gain of a chunk relative to one that is a level coarser."""


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
    gain = shares(outline, matrix) * DECAY**outline.level
    here = np.zeros(len(gain), dtype=np.bool_)
    here[list(sent)] = True
    gain[here] *= STAY
    gain[outline.level == 0] += 2.0  # more than any other can have
    order = np.lexsort((np.arange(len(gain)), outline.level, -gain))
    fits = _fitting(outline.size[order], granted)
    spare = order[~fits & here[order]]
    held = int(outline.size[order[fits]].sum()) + np.cumsum([0, *outline.size[spare]])
    points = int(held[held <= granted].max())
    return Plan(granted, points, tuple(map(int, order[fits])), tuple(map(int, spare)))


def _fitting(sizes: Int64s, granted: int) -> Bools:
    """Whether each item fits beside the earlier ones that fit, bool (items,).

    A small item may fit after a large one did not: Dantzig's rule for knapsacks (Operations Research 5 (1957), 266).
    """
    left = granted
    fits = np.zeros(len(sizes), dtype=np.bool_)
    for k, size in enumerate(sizes.tolist()):
        if size <= left:
            fits[k], left = True, left - size
    return fits


def sample(indices: Int64s) -> Int64s:
    """SAMPLE of a chunk's indices into the cloud, evenly spaced: it is in Morton order, so also evenly in space."""
    return indices[np.linspace(0, len(indices) - 1, SAMPLE).astype(np.int64)]
