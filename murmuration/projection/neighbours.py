"""Neighbours: how well a picture tells classes apart, by the classes of the curves nearest to each curve in it.

The question is put to the picture and not to a model, so the answer holds for any axes: each curve is named by the
majority of its ten nearest neighbours, itself left out.
"""

import numpy as np
from numba import njit, prange

from murmuration.types import Floats, Int64s, Integers

NEIGHBOURS = 10

MOST = 20_000
"""Curves beyond which an even sample answers: every pair of curves is compared."""


def share_named(coordinates: Floats, classes: Integers) -> float:
    """The share of curves, 0..1, whose class most of their ten nearest neighbours have.

    ``coordinates`` are float64 (n, k), each column taken in units of its own spread; ``classes`` integers (n,). Of
    classes that are equally frequent among the neighbours the least is taken, so the order of curves does not matter.
    """
    picked = np.linspace(0, len(coordinates) - 1, min(len(coordinates), MOST)).astype(np.int64)
    points = coordinates[picked]
    spread = points.std(axis=0)
    scaled = np.ascontiguousarray(points / np.where(spread > 0, spread, 1.0))
    values, index = np.unique(classes[picked], return_inverse=True)
    right = _named(scaled, index.astype(np.int64), len(values), min(NEIGHBOURS, len(picked) - 1))
    return float(right.mean())


@njit(cache=True, nogil=True, parallel=True)
def _named(points: Floats, index: Int64s, classes: int, neighbours: int) -> Int64s:
    """1 for each point that its neighbours name rightly, else 0."""
    right = np.zeros(len(points), np.int64)
    for i in prange(len(points)):
        near = np.full(neighbours, np.inf)  # squared distances, ascending
        named = np.zeros(neighbours, np.int64)
        for j in range(len(points)):
            distance = 0.0
            for axis in range(points.shape[1]):
                distance += (points[i, axis] - points[j, axis]) ** 2
            if j == i or distance >= near[-1]:
                continue
            place = neighbours - 1
            while place > 0 and near[place - 1] > distance:
                near[place], named[place] = near[place - 1], named[place - 1]
                place -= 1
            near[place], named[place] = distance, index[j]
        votes = np.zeros(classes, np.int64)
        for each in named:
            votes[each] += 1
        right[i] = votes.argmax() == index[i]
    return right
