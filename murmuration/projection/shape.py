"""Shapes: principal components of means over blocks of primes (``shape1:40``) or bins of p/N (``shape1:u25``).

As three axes they tell ranks apart no better than components of all traces; their worth is in neighbours, since twenty
means hold a signal that a thousand traces drown in noise.
"""

from collections.abc import Sequence

import numpy as np
from threadpoolctl import threadpool_limits

from murmuration.projection.axis import Axis, Columns
from murmuration.projection.components import edge
from murmuration.projection.features import Features
from murmuration.projection.grammar import Asked
from murmuration.table import CurveTable
from murmuration.traces import TraceParts
from murmuration.types import Floats, Int64s


def columns(asked: Sequence[Asked], table: CurveTable, traces: TraceParts, rows: Int64s) -> Columns:
    """Components of the correlation matrix of the features, the same for all asked; mean 0, largest weight positive.

    Bins of p/N end at the largest prime over the largest conductor of the rows: up to there every curve contributes.
    """
    conductor = table.conductor[rows]
    top = float(traces.primes[-1]) / max(int(conductor.max()), 1) if asked[0].ratio else 0.0
    features = Features(asked[0].count, top)
    described = np.empty((len(rows), features.count))
    for part, values in traces.parts(rows):
        described[part] = features.of(values, traces.primes, conductor[part])
    known = described[np.isfinite(described[:, 0])]
    n = max(len(known), 1)
    with threadpool_limits(1, "blas"):
        mean = known.sum(axis=0) / n
        covariance = known.T @ known / n - np.outer(mean, mean)
        spread = np.sqrt(np.maximum(np.diag(covariance), 0))
        scale = np.divide(1.0, spread, out=np.zeros(len(mean)), where=spread > 1e-6)
        values_, vectors = np.linalg.eigh(covariance * np.outer(scale, scale))
        eigenvalues, vectors = np.maximum(values_[::-1], 0), vectors[:, ::-1]
        vectors *= np.sign(vectors[np.argmax(np.abs(vectors), axis=0), np.arange(len(mean))])
        which = [each.number - 1 for each in asked]
        scores: Floats = (described - mean) @ (vectors[:, which] * scale[:, None])
    noise, total = edge(n, features.count), max(float(eigenvalues.sum()), 1e-300)
    axes = [
        Axis(each.name, each.kind, float(value), float(value) / total, bool(value > noise), note=str(features))
        for each, value in zip(asked, eigenvalues[which], strict=True)
    ]
    return Columns(tuple(axes), scores)
