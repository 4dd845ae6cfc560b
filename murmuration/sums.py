"""Sums of traces over curves, from which averages follow. Sums over parts of a data set add up.

So millions of curves are averaged a block at a time, on several cores, or on several machines.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numba import njit

from murmuration.cores import cores
from murmuration.table import CurveTable
from murmuration.traces import TraceParts, Traces
from murmuration.types import Floats, Int64s, Values, Window


@dataclass(frozen=True)
class Sums:
    """Sums by value of a column, over v values and k primes or bins.

    values: int64 (v,), ascending.  curves: int64 (v,), how many have it.
    count, total, squares: int64 (v, k): how many traces, their sum, the sum of their squares.
    """

    values: Int64s
    curves: Int64s
    count: Int64s
    total: Int64s
    squares: Int64s

    def __add__(self, other: "Sums") -> "Sums":
        values = np.union1d(self.values, other.values)
        mine, theirs = np.searchsorted(values, self.values), np.searchsorted(values, other.values)

        def both(a: Int64s, b: Int64s) -> Int64s:
            result = np.zeros((len(values), *a.shape[1:]), dtype=np.int64)
            result[mine] += a
            result[theirs] += b
            return result

        return Sums(
            values,
            both(self.curves, other.curves),
            both(self.count, other.count),
            both(self.total, other.total),
            both(self.squares, other.squares),
        )

    @property
    def together(self) -> "Sums":
        """Those of all values as one."""
        count, total, squares = (each.sum(axis=0, keepdims=True) for each in (self.count, self.total, self.squares))
        return Sums(np.zeros(1, dtype=np.int64), self.curves.sum(keepdims=True), count, total, squares)

    def mean_stderr(self) -> tuple[Floats, Floats]:
        """Mean and its standard error (ddof 1), float64 (v, k); NaN where there are too few."""
        with np.errstate(invalid="ignore", divide="ignore"):
            average = self.total / self.count
            # In floats this loses nothing that matters: both sums are exact integers below 2^63.
            spread = self.squares - average * self.total
            stderr = np.sqrt(np.maximum(spread, 0) / (self.count - 1) / self.count)
        return average, np.where(self.count > 1, stderr, np.nan)


def by_prime(table: CurveTable, traces: Traces, by: str, conductor: Window | None) -> Sums:
    """Sums at each prime, by a categorical column, over the curves of a conductor window (both ends included)."""
    values, group = _grouping(table, by, conductor)
    return grouped(traces, group, values)


def by_ratio(table: CurveTable, traces: Traces, by: str, conductor: Window | None, bins: int, top: float) -> Sums:
    """Sums in ``bins`` even bins of p/N over (0, top]."""
    values, group = _grouping(table, by, conductor)
    return grouped_by_ratio(table.conductor, traces, group, values, bins, top)


def grouped(traces: TraceParts, group: Int64s, values: Int64s) -> Sums:
    """Sums at each prime of groups of rows; ``group`` is int64 (rows,), an index into ``values`` or -1 for none."""
    rows = np.flatnonzero(group >= 0)
    curves = np.bincount(group[rows], minlength=len(values))
    shape = (2, len(values), len(traces.primes))
    total, squares = np.zeros(shape, dtype=np.int64)
    for part, some in traces.parts(rows):
        more, squared = _over_rows(_moments, (some, group[rows[part]]), len(some), shape)
        total += more
        squares += squared
    return Sums(values, curves, np.repeat(curves[:, None], shape[2], axis=1), total, squares)


def grouped_by_ratio(
    conductor: Int64s, traces: TraceParts, group: Int64s, values: Int64s, bins: int, top: float
) -> Sums:
    """Sums in ``bins`` even bins of p/N over (0, top] of groups of rows, as in :func:`grouped`.

    ``conductor`` is int64 (rows,), 0 if unknown; such a curve has no p/N and is in no bin.
    """
    if bins < 1 or not 0 < top < np.inf:
        raise ValueError(f"expected at least one bin and a positive, finite top, got {bins} and {top}")
    rows = np.flatnonzero((group >= 0) & (conductor > 0))
    curves = np.bincount(group[rows], minlength=len(values))
    total = np.zeros((3, len(values), bins), dtype=np.int64)
    for part, some in traces.parts(rows):
        own = rows[part]
        arguments = (some, group[own], conductor[own], traces.primes, top)
        total += _over_rows(_ratio_moments, arguments, len(some), total.shape)
    return Sums(values, curves, *total)


def _grouping(table: CurveTable, by: str, conductor: Window | None) -> tuple[Int64s, Int64s]:
    """The values of a column inside the window, ascending, and the group of each row (-1 outside)."""
    column = table.category(by)
    rows = np.arange(len(table)) if conductor is None else table.window(*conductor)
    values, inverse = np.unique(column[rows], return_inverse=True)
    group = np.full(len(table), -1, dtype=np.int64)
    group[rows] = inverse
    return values.astype(np.int64), group


def _over_rows(kernel: Callable[..., None], arguments: tuple[object, ...], rows: int, shape: tuple[int, ...]) -> Int64s:
    """Add up a kernel's integer outputs over slices of rows, a thread each; int64 of ``shape``."""
    size = max(1, -(-rows // cores()))

    def part(start: int) -> Int64s:
        out = np.zeros(shape, dtype=np.int64)
        kernel(*arguments, start, min(start + size, rows), *out)
        return out

    with ThreadPoolExecutor(cores()) as pool:
        parts = list(pool.map(part, range(0, max(rows, 1), size)))
    total: Int64s = np.sum(parts, axis=0)
    return total


@njit(cache=True, nogil=True)
def _moments(values: Values, group: Int64s, start: int, stop: int, total: Int64s, squares: Int64s) -> None:
    for row in range(start, stop):
        g = group[row]
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
