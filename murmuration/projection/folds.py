"""Folds: the division of curves for cross-validation, and the exact sums over each fold from which anything is fitted.

Sums over all folds but one follow by addition, so five fits cost one pass over the traces.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from murmuration.projection.components import products
from murmuration.traces import TraceParts, Traces
from murmuration.types import Floats, Int64s, Values

FOLDS = 5

_SEED = 2204_10140
"""The division is the same on every machine and every time."""

Describe: TypeAlias = Callable[[slice, Values], Floats]
"""Integer-valued features of a part of the rows, float64 (m, k)."""


def divided(groups: Int64s) -> Int64s:
    """The fold of each curve, int64 (n,): the curves of a group are spread evenly over all folds, at random."""
    random = np.random.default_rng(_SEED)
    order = random.permutation(len(groups))
    order = order[np.argsort(groups[order], kind="stable")]
    fold = np.empty(len(groups), dtype=np.int64)
    fold[order] = np.arange(len(groups)) % FOLDS
    return fold


def shuffled(groups: Int64s) -> Int64s:
    """The groups of other curves: the same groups in another order; curves in none (-1) stay in none."""
    random = np.random.default_rng(_SEED + 1)
    out = groups.copy()
    out[groups >= 0] = random.permutation(groups[groups >= 0])
    return out


@dataclass(frozen=True)
class FoldSums:
    """Sums over the curves of each fold that are in a group, with k features.

    total: float64 (FOLDS, k).  gram: float64 (FOLDS, k, k).
    count: float64 (labels, FOLDS, groups), for each labelling into groups; grouped: float64 (labels, FOLDS, groups, k).
    """

    total: Floats
    gram: Floats
    count: Floats
    grouped: Floats


def sums(
    traces: TraceParts, rows: Int64s, fold: Int64s, labels: Int64s, groups: int, describe: Describe | None
) -> FoldSums:
    """The sums over some rows in one pass, exact.

    ``fold`` is int64 (n,); ``labels`` int64 (labels, n), a group or -1 for none, none at the same curves in each.
    ``describe`` gives the features; None takes the traces themselves.
    """
    made: FoldSums | None = None
    for part, values in traces.parts(rows):
        features = None if describe is None else describe(part, values)
        k = values.shape[1] if features is None else features.shape[1]
        if made is None:
            shape = (len(labels), FOLDS, groups)
            made = FoldSums(np.zeros((FOLDS, k)), np.zeros((FOLDS, k, k)), np.zeros(shape), np.zeros((*shape, k)))
        own, own_fold = labels[:, part], fold[part]
        for f in range(FOLDS):
            mask = (own_fold == f) & (own[0] >= 0)
            if features is None:
                some = values[mask]
                total, gram = products(Traces(traces.primes, some), np.arange(len(some)))
                x = some.astype(np.float64)
            else:
                x = features[mask]
                total, gram = x.sum(axis=0), x.T @ x
            made.total[f] += total
            made.gram[f] += gram
            for each, label in enumerate(own):
                member = (label[mask][:, None] == np.arange(groups)).astype(np.float64)
                made.count[each, f] += member.sum(axis=0)
                made.grouped[each, f] += member.T @ x
    assert made is not None
    return made
