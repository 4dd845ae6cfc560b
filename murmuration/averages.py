"""Murmuration averages: the mean of a_p over many curves, with its standard error and count.

He, Lee, Oliver, Pozdnyakov, "Murmurations of elliptic curves", arXiv 2204.10140: f_r(n) is the unweighted mean of
a_{p_n}(E) over the isogeny classes of rank r with conductor in [N1, N2], both ends and bad primes included. The
standard error is that of the mean over curves at one prime: sample standard deviation (ddof 1) over sqrt(count).
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import pyarrow as pa

from murmuration import sums
from murmuration.errors import DatasetError
from murmuration.sums import Sums
from murmuration.table import CurveTable
from murmuration.traces import TraceParts, Traces
from murmuration.types import Floats, Int64s, Integers, Window

BINS = 200
"""Bins of p/N by default."""

Against: TypeAlias = Literal["n", "p", "p/N"]
"""The quantity against which averages are plotted: the index of the prime, the prime, or prime over conductor."""


@dataclass(frozen=True)
class Mean:
    """The average trace of a set of curves.

    prime: int64 (k,).  mean, stderr: float64 (k,); stderr is NaN where count < 2, mean where count is 0.
    count: how many curves.
    """

    prime: Int64s
    mean: Floats
    stderr: Floats
    count: int


def mean(traces: TraceParts, rows: Integers) -> Mean:
    """The average trace of the curves in ``rows``, at every prime."""
    group = np.full(int(rows.max()) + 1 if len(rows) else 0, -1, dtype=np.int64)
    group[rows] = 0
    return means(traces, group, 1)[0]


def means(traces: TraceParts, group: Int64s, groups: int) -> tuple[Mean, list[Mean]]:
    """The average trace of all groups together and of each, in one pass over the traces.

    ``group`` is int64 (rows,), a number below ``groups`` or -1 for no group.
    """
    return means_of(traces.primes, sums.grouped(traces, group, np.arange(groups)))


def means_of(primes: Int64s, found: Sums) -> tuple[Mean, list[Mean]]:
    """The average trace of all values of some sums together, and of each value."""
    return _means(primes, found.together)[0], _means(primes, found)


@dataclass(frozen=True)
class RatioMean:
    """The average trace of a set of curves in bins of p/N.

    ratio: float64 (bins,), the middle of each.
    mean, stderr: float64 (bins,); stderr is NaN where count < 2, mean where count is 0.
    count: int64 (bins,), how many pairs of a curve and a prime; stderr takes them as independent.
    """

    ratio: Floats
    mean: Floats
    stderr: Floats
    count: Int64s


def means_by_ratio(
    table: CurveTable, traces: TraceParts, group: Int64s, groups: int, top: float, bins: int = BINS
) -> tuple[RatioMean, list[RatioMean]]:
    """The means of :func:`means` in even bins of p/N over (0, top]. Curves of unknown conductor are left out."""
    found = sums.grouped_by_ratio(table.conductor, traces, group, np.arange(groups), bins, top)
    ratio = _middles(bins, top)

    def each(of: Sums) -> list[RatioMean]:
        average, stderr = of.mean_stderr()
        return [RatioMean(ratio, average[g], stderr[g], of.count[g]) for g in range(len(of.values))]

    return each(found.together)[0], each(found)


def _means(primes: Int64s, found: Sums) -> list[Mean]:
    average, stderr = found.mean_stderr()
    return [Mean(primes, average[g], stderr[g], int(found.curves[g])) for g in range(len(found.values))]


def average(table: CurveTable, traces: Traces, by: str = "rank", conductor: Window | None = None) -> pa.Table:
    """Murmuration averages by a categorical column (rank, root_number, torsion), prime by prime.

    ``conductor`` is a window, both ends included; None takes every curve. Returns an Arrow table with one row for each
    value and prime: ``value`` int64, ``n`` int64 (1 is p = 2), ``prime`` int64, ``mean`` and ``stderr`` float64 (stderr
    null where count < 2), ``count`` int64. Raises DatasetError for another column or a window without curves.
    """
    return by_prime(sums.by_prime(table, traces, by, conductor), traces.primes, conductor)


def by_prime(found: Sums, primes: Int64s, conductor: Window | None = None) -> pa.Table:
    """The table of :func:`average` from sums over any number of parts; ``conductor`` is named in the error only."""
    _some(found, conductor)
    v, k = len(found.values), len(primes)
    return _table(found, {"n": np.tile(np.arange(1, k + 1), v), "prime": np.tile(primes, v)})


def average_by_ratio(
    table: CurveTable, traces: Traces, by: str = "rank", conductor: Window | None = None, bins: int = BINS
) -> pa.Table:
    """Averages in bins of p/N, Sutherland's form, by a categorical column.

    The bins divide (0, top] evenly, where top is the largest prime over the largest conductor of the window: up to
    there every curve contributes to every bin. Returns an Arrow table: ``value``, ``ratio`` (the middle of the bin),
    ``mean``, ``stderr``, ``count``. Here count is of (curve, prime) pairs, which stderr takes as independent: a curve
    may stand several times in one bin.
    """
    inside = table.conductor if conductor is None else table.conductor[table.window(*conductor)]
    largest = int(inside.max()) if len(inside) else 1
    top = float(traces.primes[-1]) / largest
    return by_ratio(sums.by_ratio(table, traces, by, conductor, bins, top), top, conductor)


def by_ratio(found: Sums, top: float, conductor: Window | None = None) -> pa.Table:
    """The table of :func:`average_by_ratio` from sums over any number of parts, with the end of the bins given."""
    _some(found, conductor)
    return _table(found, {"ratio": np.tile(_middles(found.count.shape[1], top), len(found.values))})


def _middles(bins: int, top: float) -> Floats:
    """The middle of each of the bins that divide (0, top] evenly."""
    return (np.arange(bins) + 0.5) * top / bins


def _some(found: Sums, conductor: Window | None) -> None:
    if not len(found.values):
        raise DatasetError(f"expected a conductor window that holds curves, got {conductor}, which holds none")


def _table(found: Sums, columns: dict[str, Int64s] | dict[str, Floats]) -> pa.Table:
    average, stderr = found.mean_stderr()
    return pa.table(
        {
            "value": np.repeat(found.values, found.count.shape[1]),
            **columns,
            "mean": pa.array(average.ravel(), from_pandas=True),
            "stderr": pa.array(stderr.ravel(), from_pandas=True),
            "count": found.count.ravel(),
        }
    )
