"""Principal components: those of the correlation matrix of a_p / sqrt(p).

The scaling matters: without it the large primes drown the rest and no component tells rank 0 from rank 1. The matrix
is p-by-p, so a Gram matrix made in parts costs one pass over the traces and little memory.

Pure noise has eigenvalues up to the Marchenko-Pastur edge (1 + sqrt(q / n))^2 for n curves and q primes (Marchenko and
Pastur, Math. USSR Sbornik 1, 1967); a component below it is labelled as noise.
"""

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
from threadpoolctl import threadpool_limits

from murmuration.projection.axis import Axis, Columns
from murmuration.projection.grammar import Asked
from murmuration.traces import PART, TraceParts
from murmuration.types import Floats, Int64s, Values

_SLIVER = 128
"""Rows below which a product of matrices is no longer worth its overhead."""

_PIECE = 1024
"""Rows whose traces are made floats at once: fresh memory costs more than the product, and a kernel of BLAS for fewer
than 334 has other digits."""

Multiply: TypeAlias = Callable[[TraceParts, Int64s], tuple[Floats, Floats]]
"""Sums of a_p and of a_p a_l over some rows, as :func:`products` has them."""


def edge(curves: int, primes: int) -> float:
    """The Marchenko-Pastur edge: the largest eigenvalue that noise reaches."""
    return float((1 + np.sqrt(primes / curves)) ** 2)


class Components:
    """Eigenvectors of the correlation matrix of a_p / sqrt(p) over some rows, made in one pass over the traces.

    ``multiply`` computes the sums in place of :func:`products`; the numbers are the same.
    """

    def __init__(self, traces: TraceParts, rows: Int64s, multiply: "Multiply | None" = None) -> None:
        n, q = len(rows), len(traces.primes)
        root = np.sqrt(traces.primes.astype(np.float64))
        total, gram = (multiply or products)(traces, rows)
        mean = total / root / n
        covariance = gram / np.outer(root, root) / n - np.outer(mean, mean)
        spread = np.sqrt(np.maximum(np.diag(covariance), 0))
        # A prime at which all curves agree gets weight 0 instead of a division by zero.
        scale = np.divide(1.0, spread, out=np.zeros(q), where=spread > 1e-6)
        # In one thread: on a busy machine the threads of OpenBLAS wait for each other at every small step (2 s became
        # 13 s and more at 1000 primes), and alone the digits do not depend on how many there are.
        with threadpool_limits(1, "blas"):
            values, vectors = np.linalg.eigh(covariance * np.outer(scale, scale))
        self.eigenvalues: Floats = np.maximum(values[::-1], 0)
        self.edge = edge(n, q)
        vectors = vectors[:, ::-1]
        vectors *= np.sign(vectors[np.argmax(np.abs(vectors), axis=0), np.arange(q)])
        self._weights = vectors * (scale / root)[:, None]
        self._centre = mean * root

    @property
    def bytes(self) -> int:
        """The memory of the weights."""
        return self._weights.nbytes

    def columns(self, asked: Sequence[Asked]) -> Columns:
        """The axes asked for; coordinates have mean 0 over the rows, and the largest weight of each is positive."""
        return Columns(tuple(map(self._axis, asked)), weighted(*self.weights([each.number for each in asked])))

    def weights(self, numbers: Sequence[int]) -> tuple[Floats, Floats]:
        """Weights of a_p, float64 (q, k), and shifts, float64 (k,), of components counted from 1: see weighted()."""
        weights = self._weights[:, [number - 1 for number in numbers]]
        return weights, self._centre @ weights

    def _axis(self, asked: Asked) -> Axis:
        eigenvalue = float(self.eigenvalues[asked.number - 1])
        share = eigenvalue / float(self.eigenvalues.sum())
        return Axis(asked.name, asked.kind, eigenvalue, share, signal=eigenvalue > self.edge)


def weighted(weights: Floats, shift: Floats) -> Callable[[slice, Values | Floats], Floats]:
    """Sums of a_p, or of features, with weights, float64 (q, k), less a shift, float64 (k,)."""

    def read(_part: slice, values: Values | Floats) -> Floats:
        pieces = np.array_split(values, max(1, len(values) // _PIECE))
        sums: Floats = np.concatenate([piece.astype(np.float64) @ weights for piece in pieces]) - shift
        return sums

    return read


def products(traces: TraceParts, rows: Int64s) -> tuple[Floats, Floats]:
    """Sums of a_p, float64 (q,), and of a_p a_l, float64 (q, q), exact: the same on every machine and in any order.

    The products are of integers. While a part's sums stay below 2^24 float32 holds them exactly, at twice the speed of
    float64, which takes over for primes so large that parts would become slivers.
    """
    q, largest = len(traces.primes), 4 * int(traces.primes[-1])  # |a_p a_l| <= 4 sqrt(p l)
    size = 2**24 // largest
    kind, size = (np.float32, size) if size >= _SLIVER else (np.float64, PART)
    total, gram = np.zeros(q), np.zeros((q, q))
    for _, values in traces.parts(rows):
        for start in range(0, len(values), size):
            x = values[start : start + size].astype(kind)
            total += x.sum(axis=0, dtype=np.float64)
            gram += np.dot(x.T, x)
    return total, gram
