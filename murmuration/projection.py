"""Projections: a few coordinates for every curve, from its traces.

Principal components are those of the correlation matrix of a_p / sqrt(p). The scaling matters: without it the large
primes drown the rest and no component tells rank 0 from rank 1. The matrix is p-by-p, so a Gram matrix made in parts
costs one pass over the traces and no memory to speak of.

Pure noise has eigenvalues up to the Marchenko-Pastur edge (1 + sqrt(q / n))^2 for n curves and q primes; a component
below it is labelled as noise, and the user is told.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from threadpoolctl import threadpool_limits

from murmuration.errors import ProjectionError
from murmuration.table import CurveTable
from murmuration.traces import PART, TraceParts
from murmuration.types import Floats, Int64s, Window

LEAST = 4
"""Curves that three coordinates make sense of."""

_SLIVER = 128
"""Rows below which a product of matrices is no longer worth its overhead."""


_PIECE = 1024
"""Rows whose traces are made floats at once: fresh memory costs more than the product, and a kernel of BLAS for fewer
than 334 has other digits."""


@dataclass(frozen=True)
class Axis:
    """One coordinate: its name and, for a principal component, its eigenvalue and share of the variance (0..1)."""

    name: str
    eigenvalue: float | None
    explained: float | None
    signal: bool
    """False for a component that pure noise could have made."""


@dataclass(frozen=True)
class Projection:
    """Three coordinates of some curves of a table.

    coordinates: float64 (n, 3).  rows: int64 (n,), the table row of each, ascending.  noise_edge: the
    largest eigenvalue that noise of this shape reaches.  eigenvalues: float64, all of them, descending.
    """

    table: CurveTable
    rows: Int64s
    coordinates: Floats
    axes: tuple[Axis, ...]
    noise_edge: float
    eigenvalues: Floats

    @property
    def name(self) -> str:
        """What :func:`project` was asked for, in its normal form."""
        return ",".join(axis.name for axis in self.axes)


Multiply: TypeAlias = Callable[[TraceParts, Int64s], tuple[Floats, Floats]]
"""Sums of a_p and of a_p a_l over some rows, as :func:`products` has them."""


def project(
    table: CurveTable,
    traces: TraceParts,
    axes: str = "pc1,pc2,pc3",
    conductor: Window | None = None,
    components: "Components | None" = None,
) -> Projection:
    """Coordinates of every curve, or of those with a conductor in a window (both ends included).

    ``axes`` names three different ones, separated by commas: ``pc1``, ``pc2``, ... (principal components of
    a_p / sqrt(p)), ``a2``, ``a3``, ``a5``, ... (a_p / sqrt(p) at one prime) or ``logN`` (natural log of the conductor).
    Signs are fixed: the weight of largest magnitude of a component is positive.
    ``components`` are those of this very window, where they were computed before.
    Raises ProjectionError for an unknown axis, a wrong number of them, or fewer than 4 curves.
    """
    names = _names(axes, traces)
    rows = np.arange(len(table)) if conductor is None else table.window(*conductor)
    if len(rows) < LEAST:
        raise ProjectionError(
            f"expected at least {LEAST} curves to project, got {len(rows)}: widen the conductor window"
        )
    pca = components or Components(traces, rows)
    scores = pca.scores([int(name[2:]) - 1 for name in names if name.startswith("pc")])
    columns, described = [], []
    for name in names:
        column, axis = _axis(name, table, traces, rows, pca, scores)
        columns.append(column)
        described.append(axis)
    return Projection(table, rows, np.stack(columns, axis=1), tuple(described), pca.edge, pca.eigenvalues)


def _names(axes: str, traces: TraceParts) -> list[str]:
    names = [name.strip() for name in axes.split(",")]
    known = {"logN", *(f"pc{k}" for k in range(1, len(traces.primes) + 1)), *(f"a{p}" for p in traces.primes)}
    unknown = [name for name in names if name not in known]
    if unknown or len(names) != 3 or len(set(names)) != 3:
        problem = f"{unknown[0]!r}" if unknown else f"{axes!r}"
        raise ProjectionError(f"expected three different axes such as pc1,pc2,pc3 (pc1 to pc{len(traces.primes)}, "
                              f"a2 to a{traces.primes[-1]} at primes, logN), got {problem[:80]}")  # fmt: skip
    return names


class Components:
    """Eigenvectors of the correlation matrix of a_p / sqrt(p) over some rows, made in two passes over the traces.

    ``multiply`` is who does what :func:`products` does: the numbers are the same, whoever it is.
    """

    def __init__(self, traces: TraceParts, rows: Int64s, multiply: "Multiply | None" = None) -> None:
        self._traces, self._rows = traces, rows
        n, q = len(rows), len(traces.primes)
        root = np.sqrt(traces.primes.astype(np.float64))
        total, gram = (multiply or products)(traces, rows)
        self._mean = total / root / n
        covariance = gram / np.outer(root, root) / n - np.outer(self._mean, self._mean)
        spread = np.sqrt(np.maximum(np.diag(covariance), 0))
        # A prime at which all curves agree says nothing: weight 0, not a division by zero.
        scale = np.divide(1.0, spread, out=np.zeros(q), where=spread > 1e-6)
        # In one thread: on a busy machine the threads of OpenBLAS wait for each other at every small step (2 s became
        # 13 s and more at 1000 primes), and alone the digits do not depend on how many there are.
        with threadpool_limits(1, "blas"):
            values, vectors = np.linalg.eigh(covariance * np.outer(scale, scale))
        self.eigenvalues: Floats = np.maximum(values[::-1], 0)
        self.edge = float((1 + np.sqrt(q / n)) ** 2)
        vectors = vectors[:, ::-1]
        vectors *= np.sign(vectors[np.argmax(np.abs(vectors), axis=0), np.arange(q)])
        self._weights = vectors * (scale / root)[:, None]
        self._centre = self._mean * root

    def scores(self, which: list[int]) -> dict[int, Floats]:
        """Coordinates along some components (0 is the largest), float64 (n,) each, with mean 0."""
        weights = self._weights[:, which]
        out, shift = np.empty((len(self._rows), len(which))), self._centre @ weights
        with threadpool_limits(1, "blas"):  # for the digits: how many threads there are decides how sums are split
            for part, values in self._traces.parts(self._rows):
                pieces = np.array_split(values, max(1, len(values) // _PIECE))
                np.concatenate([piece.astype(np.float64) @ weights for piece in pieces], out=out[part])
            out -= shift
        return {k: out[:, column] for column, k in enumerate(which)}


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


def _axis(
    name: str, table: CurveTable, traces: TraceParts, rows: Int64s, pca: Components, scores: dict[int, Floats]
) -> tuple[Floats, Axis]:
    if name == "logN":
        return np.log(table.conductor[rows].astype(np.float64)), Axis(name, None, None, True)
    number = int(re.sub("[^0-9]", "", name))
    if name.startswith("a"):
        column = int(np.searchsorted(traces.primes, number))
        values = np.empty(len(rows))
        for part, some in traces.parts(rows):
            values[part] = some[:, column]
        return values / np.sqrt(number), Axis(name, None, None, True)
    eigenvalue = float(pca.eigenvalues[number - 1])
    share = eigenvalue / float(pca.eigenvalues.sum())
    return scores[number - 1], Axis(name, eigenvalue, share, eigenvalue > pca.edge)
