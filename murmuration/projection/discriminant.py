"""Linear discriminants: the axes along which classes differ most in units of the spread within them (Fisher, 1936).

They are fitted to the classes, so a curve is never drawn at a score that it helped to fit: with 1,281 curves at 1000
primes even shuffled classes separate by 7.5 standard deviations in that case. The curves are divided into five folds;
the curves of each are scored by the discriminants of the other four. Signs and scales of the five fits are aligned: the
spread within classes is 1 along every axis, and a rotation takes the class means of a fit to those of the first one.

``accuracy`` is the share of curves whose class the nearest class mean names, prior probabilities included, each curve
by the fit that it took no part in; ``null_accuracy`` is the same for shuffled classes.

The exact sums over folds (:mod:`murmuration.projection.folds`) are all that is fitted from: no array of floats is made.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from murmuration.errors import ProjectionError
from murmuration.projection.axis import Axis, Columns
from murmuration.projection.components import weighted
from murmuration.projection.features import Features
from murmuration.projection.folds import FOLDS, Describe, FoldSums, divided, shuffled, sums
from murmuration.projection.grammar import BLOCKS, Asked
from murmuration.table import UNKNOWN, CurveTable
from murmuration.traces import TraceParts
from murmuration.types import Floats, Int64s, Integers, Values

ENOUGH = 3
"""Curves a feature below which a fit of so many features says nothing about other curves."""

MOST = 4096
"""Primes beyond which the five Gram matrices outgrow memory."""

_RIDGE = 1e-6
"""Added to the diagonal of a correlation matrix: primes that depend on each other do not stop the fit."""


@dataclass(frozen=True)
class _Fit:
    """Discriminants of some curves.

    weights: float64 (k, d), shift: float64 (d,): scores are features @ weights - shift.
    centre: float64 (groups, d), the class means of the scores.  prior: float64 (groups,), the shares of the classes.
    """

    weights: Floats
    shift: Floats
    centre: Floats
    prior: Floats


def columns(asked: Sequence[Asked], table: CurveTable, traces: TraceParts, rows: Int64s, classes: str) -> Columns:
    """The discriminants asked for of a class column, ``ld1`` the one that separates best.

    Classes of fewer than five curves, and curves of unknown class, are drawn and not fitted. Raises ProjectionError for
    fewer than two classes, for a discriminant beyond their number less one, and for fewer than 60 curves.
    """
    values, groups = _groups(table.category(classes)[rows], classes)
    beyond = [each.name for each in asked if each.number >= len(values)]
    if beyond:
        raise ProjectionError(f"expected at most ld{len(values) - 1} for the {len(values)} values of {classes} that "
                              f"have {FOLDS} curves or more, got {beyond[0]}")  # fmt: skip
    features = _features(int((groups >= 0).sum()), len(traces.primes))
    conductor, describe = table.conductor[rows], None
    if features is not None:

        def describe(part: slice, some: Values) -> Floats:
            return features.of(some, traces.primes, conductor[part])

    fold = divided(groups)
    labels = np.stack([groups, shuffled(groups)])
    with threadpool_limits(1, "blas"):  # for the digits, as with components
        fits = _fits(sums(traces, rows, fold, labels, len(values), describe), values)
        scores = _scores(fits, traces, rows, fold, describe)
    accuracy, null = (_accuracy(each, own, fold, label) for each, own, label in zip(scores, fits, labels, strict=True))
    note = f"supervised: fitted to {classes}" + ("" if features is None else f" on {features}")
    axes = [Axis(each.name, each.kind, accuracy=accuracy, null_accuracy=null, note=note) for each in asked]
    return Columns(tuple(axes), scores[0][:, [each.number - 1 for each in asked]])


def _groups(category: Integers, classes: str) -> tuple[Int64s, Int64s]:
    """The values that are fitted, ascending, and the index of each curve's value, or -1."""
    values, index, counts = np.unique(category, return_inverse=True, return_counts=True)
    fitted = (counts >= FOLDS) & (values != UNKNOWN)
    if fitted.sum() < 2:
        known = zip(values[values != UNKNOWN], counts[values != UNKNOWN], strict=True)
        have = ", ".join(f"{count:,} of {value}" for value, count in known) or "none that is known"
        raise ProjectionError(f"expected at least two values of {classes} with {FOLDS} curves or more, got {have}: "
                              "widen the conductor window or choose another column")  # fmt: skip
    number = np.where(fitted, np.cumsum(fitted) - 1, -1)
    return values[fitted].astype(np.int64), number[index].astype(np.int64)


def _features(curves: int, primes: int) -> Features | None:
    """None for the traces themselves; block means where there are too few curves for these, or too many primes."""
    if curves >= ENOUGH * primes and primes <= MOST:
        return None
    blocks = min(BLOCKS, primes)
    if curves < ENOUGH * blocks:
        raise ProjectionError(f"expected at least {ENOUGH * blocks} curves for discriminants of {blocks} block means, "
                              f"got {curves}: widen the conductor window")  # fmt: skip
    return Features(blocks)


def _fits(sums_: FoldSums, values: Int64s) -> list[list[_Fit]]:
    """For each labelling the discriminants of all folds but each, aligned with the first."""
    total, gram = sums_.total.sum(axis=0), sums_.gram.sum(axis=0)
    made: list[list[_Fit]] = [[] for _ in sums_.count]
    for f in range(FOLDS):
        train, correlated = total - sums_.total[f], gram - sums_.gram[f]
        counts, grouped = sums_.count.sum(axis=1) - sums_.count[:, f], sums_.grouped.sum(axis=1) - sums_.grouped[:, f]
        for own, fit in zip(made, _fit(train, correlated, counts, grouped), strict=True):
            own.append(_turned(fit, _rotation(fit, own[0]) if own else _signs(fit, values)))
    return made


def _fit(total: Floats, gram: Floats, counts: Floats, grouped: Floats) -> list[_Fit]:
    """The discriminants of each labelling, from sums over the training curves.

    In the metric of the total scatter T the scatter between classes has eigenvalues l < 1 and the one within classes
    1 - l, so one factorisation of T serves every labelling.
    """
    n = counts[0].sum()
    mean = total / n
    covariance = gram / n - np.outer(mean, mean)
    spread = np.sqrt(np.maximum(np.diag(covariance), 0))
    scale = np.divide(1.0, spread, out=np.zeros(len(mean)), where=spread > 1e-6)
    scatter = covariance * np.outer(scale, scale)
    np.fill_diagonal(scatter, 1 + _RIDGE)
    prior = counts / n
    apart = (grouped / counts[..., None] - mean) * scale  # (labels, groups, k)
    between = np.concatenate([np.sqrt(p)[:, None] * a for p, a in zip(prior, apart, strict=True)])
    solved = np.linalg.solve(scatter, between.T)
    fits, groups = [], counts.shape[1]
    for label, share in enumerate(prior):
        own = slice(label * groups, (label + 1) * groups)
        ratio, turn = np.linalg.eigh(between[own] @ solved[:, own])
        ratio, turn = np.clip(ratio[:0:-1], 1e-12, 1 - 1e-9), turn[:, :0:-1]  # the least belongs to no direction
        weights = solved[:, own] @ turn / np.sqrt(ratio * (1 - ratio))
        centre = apart[label] @ weights
        weights = weights * scale[:, None]
        fits.append(_Fit(weights, mean @ weights, centre, share))
    return fits


def _signs(fit: _Fit, values: Int64s) -> Floats:
    """The reflections after which large values of the class column have large scores, float64 (d, d)."""
    lean = (fit.prior * (values - fit.prior @ values)) @ fit.centre
    return np.diag(np.where(lean < 0, -1.0, 1.0))


def _rotation(fit: _Fit, first: _Fit) -> Floats:
    """The rotation, reflections included, that takes the class means nearest to those of another fit (Schönemann)."""
    left, _, right = np.linalg.svd((fit.centre * fit.prior[:, None]).T @ first.centre)
    rotation: Floats = left @ right
    return rotation


def _turned(fit: _Fit, rotation: Floats) -> _Fit:
    return _Fit(fit.weights @ rotation, fit.shift @ rotation, fit.centre @ rotation, fit.prior)


def _scores(
    fits: Sequence[Sequence[_Fit]], traces: TraceParts, rows: Int64s, fold: Int64s, describe: Describe | None
) -> list[Floats]:
    """For each labelling the out-of-fold scores of all rows, float64 (n, d), in one pass."""
    every = [fit for own in fits for fit in own]
    read = weighted(
        np.concatenate([fit.weights for fit in every], axis=1), np.concatenate([fit.shift for fit in every])
    )
    size = fits[0][0].weights.shape[1]
    out = [np.empty((len(rows), size)) for _ in fits]
    for part, values in traces.parts(rows):
        found = read(part, values if describe is None else describe(part, values))
        found = found.reshape(len(values), len(fits), FOLDS, size)
        for label, scores in enumerate(out):
            scores[part] = found[np.arange(len(values)), label, fold[part]]
    return out


def _accuracy(scores: Floats, fits: Sequence[_Fit], fold: Int64s, groups: Int64s) -> float:
    """The share of the fitted curves whose group the nearest class mean names, prior probabilities included."""
    right = np.zeros(len(scores), dtype=np.bool_)
    for f, fit in enumerate(fits):
        own = np.flatnonzero((fold == f) & (groups >= 0))
        merit = scores[own] @ fit.centre.T - (fit.centre**2).sum(axis=1) / 2 + np.log(fit.prior)
        right[own] = merit.argmax(axis=1) == groups[own]
    return float(right.sum() / (groups >= 0).sum())
