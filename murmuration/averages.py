"""Murmuration averages: the mean of a_p over many curves, with its standard error and count.

He, Lee, Oliver, Pozdnyakov, "Murmurations of elliptic curves", arXiv 2204.10140: f_r(n) is the unweighted mean of
a_{p_n}(E) over the isogeny classes of rank r with conductor in [N1, N2], both ends and bad primes included. The
standard error is that of the mean over curves at one prime: sample standard deviation (ddof 1) over sqrt(count).
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numba import njit

from murmuration.cores import cores
from murmuration.errors import DatasetError
from murmuration.table import CurveTable
from murmuration.traces import Traces
from murmuration.types import Floats, Int64s, Integers, Values, Window


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


def mean(traces: Traces, rows: Integers) -> Mean:
    """The average trace of the curves in ``rows``, at every prime."""
    group = np.full(len(traces.values), -1, dtype=np.int64)
    group[rows] = 0
    return means(traces, group, 1)[0]


def means(traces: Traces, group: Int64s, groups: int) -> list[Mean]:
    """The average trace of each group; ``group`` is int64 (rows,), a number below ``groups`` or -1 for no group."""
    count = np.bincount(group[group >= 0], minlength=groups)
    total, squares = _sums(_moments, (traces.values, group), len(group), (groups, len(traces.primes)))
    return [
        Mean(traces.primes, *_mean_stderr(total[g], squares[g], np.full(len(traces.primes), count[g])), int(count[g]))
        for g in range(groups)
    ]


def average(table: CurveTable, traces: Traces, by: str = "rank", conductor: Window | None = None) -> pa.Table:
    """Murmuration averages by a categorical column (rank, root_number, torsion), prime by prime.

    ``conductor`` is a window, both ends included; None takes every curve. Returns an Arrow table with one row for each
    value and prime: ``value`` int64, ``n`` int64 (1 is p = 2), ``prime`` int64, ``mean`` and ``stderr`` float64 (stderr
    null where count < 2), ``count`` int64. Raises DatasetError for another column or a window without curves.
    """
    values, group = _grouping(table, by, conductor)
    each = means(traces, group, len(values))
    k = len(traces.primes)
    return pa.table(
        {
            "value": np.repeat(values, k),
            "n": np.tile(np.arange(1, k + 1), len(values)),
            "prime": np.tile(traces.primes, len(values)),
            "mean": np.concatenate([one.mean for one in each]),
            "stderr": pa.array(np.concatenate([one.stderr for one in each]), from_pandas=True),
            "count": np.repeat([one.count for one in each], k),
        }
    )


def average_by_ratio(
    table: CurveTable,
    traces: Traces,
    by: str = "rank",
    conductor: Window | None = None,
    bins: int = 200,
) -> pa.Table:
    """Averages in bins of p/N, Sutherland's form, by a categorical column.

    The bins divide (0, top] evenly, where top is the largest prime over the largest conductor of the window: up to
    there every curve contributes to every bin. Returns an Arrow table: ``value``, ``ratio`` (the middle of the bin),
    ``mean``, ``stderr``, ``count``. Here count is of (curve, prime) pairs, which stderr takes as independent: a curve
    may stand several times in one bin.
    """
    values, group = _grouping(table, by, conductor)
    top = float(traces.primes[-1]) / float(table.conductor[group >= 0].max())
    arguments = (traces.values, group, table.conductor, traces.primes, top)
    count, total, squares = _sums(_ratio_moments, arguments, len(group), (len(values), bins), 3)
    average, stderr = _mean_stderr(total.ravel(), squares.ravel(), count.ravel())
    return pa.table(
        {
            "value": np.repeat(values, bins),
            "ratio": np.tile((np.arange(bins) + 0.5) * top / bins, len(values)),
            "mean": pa.array(average, from_pandas=True),
            "stderr": pa.array(stderr, from_pandas=True),
            "count": count.ravel(),
        }
    )


def _grouping(table: CurveTable, by: str, conductor: Window | None) -> tuple[Int64s, Int64s]:
    """The values of a column inside the window, ascending, and the group of each row (-1 outside)."""
    column = table.category(by)
    rows = np.arange(len(table)) if conductor is None else table.window(*conductor)
    if len(rows) == 0:
        low, high = int(table.conductor.min()), int(table.conductor.max())
        raise DatasetError(f"expected a conductor window that holds curves, got {conductor}; the data set has "
                           f"conductors {low:,} to {high:,}")  # fmt: skip
    values, inverse = np.unique(column[rows], return_inverse=True)
    group = np.full(len(table), -1, dtype=np.int64)
    group[rows] = inverse
    return values, group


def _mean_stderr(total: Int64s, squares: Int64s, count: Int64s) -> tuple[Floats, Floats]:
    with np.errstate(invalid="ignore", divide="ignore"):
        average = total / count
        # n sum(x^2) - (sum x)^2 in floats loses nothing that matters: both terms are exact integers below 2^63.
        spread = squares - average * total
        stderr = np.sqrt(np.maximum(spread, 0) / (count - 1) / count)
    return average, np.where(count > 1, stderr, np.nan)


def _sums(
    kernel: Callable[..., None], arguments: tuple[object, ...], rows: int, shape: tuple[int, int], outputs: int = 2
) -> Int64s:
    """Add up a kernel's integer outputs over slices of rows, a thread each."""
    size = max(1, -(-rows // cores()))

    def part(start: int) -> Int64s:
        out = np.zeros((outputs, *shape), dtype=np.int64)
        kernel(*arguments, start, min(start + size, rows), *out)
        return out

    with ThreadPoolExecutor(cores()) as pool:
        parts = list(pool.map(part, range(0, rows, size)))
    total: Int64s = np.sum(parts, axis=0)
    return total


@njit(cache=True, nogil=True)
def _moments(values: Values, group: Int64s, start: int, stop: int, total: Int64s, squares: Int64s) -> None:
    for row in range(start, stop):
        g = group[row]
        if g >= 0:
            for k in range(values.shape[1]):
                a = np.int64(values[row, k])
                total[g, k] += a
                squares[g, k] += a * a


@njit(cache=True, nogil=True)
def _ratio_moments(
    values: Values,
    group: Int64s,
    conductor: Int64s,
    primes: Int64s,
    top: float,
    start: int,
    stop: int,
    count: Int64s,
    total: Int64s,
    squares: Int64s,
) -> None:
    bins = count.shape[1]
    for row in range(start, stop):
        g = group[row]
        if g >= 0:
            scale = bins / (conductor[row] * top)
            for k in range(values.shape[1]):
                b = int(np.ceil(primes[k] * scale)) - 1  # (0, top] : a ratio on an edge belongs below it
                if b >= bins:
                    break
                a = np.int64(values[row, k])
                count[g, b] += 1
                total[g, b] += a
                squares[g, b] += a * a
