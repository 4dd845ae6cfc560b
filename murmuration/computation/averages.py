"""Averages: sums of a_p and of its square by a category, at each prime or in bins of p/N.

Means and standard errors follow from the sums (:class:`murmuration.sums.Sums`).
"""

import numpy as np

from murmuration import sums
from murmuration.computation.fold import Arrays, Parameters
from murmuration.computation.parameters import VALUES, bins_of, class_of, known, primes_of, window_of
from murmuration.computation.part import Part
from murmuration.sums import Sums
from murmuration.table import UNKNOWN
from murmuration.types import Int64s


class Averages:
    """Parameters ``by`` (a category), ``primes``, and perhaps ``conductor`` ([low, high], both included).

    With ``bins`` and ``top`` the sums are over even bins of p/N in (0, top], else at each prime. The result is
    ``curves`` (v,) and ``count``, ``total``, ``squares`` (v, k): see :class:`murmuration.sums.Sums`.
    """

    def __init__(self, parameters: Parameters) -> None:
        known(parameters, "by", "primes", "conductor", "bins", "top")
        self._by = class_of(parameters)
        self.primes = primes_of(parameters)
        self.columns: tuple[str, ...] = (self._by, "conductor")
        self._window = window_of(parameters)
        self._ratio = bins_of(parameters)
        self._values = values(self._by)
        self._arrays: Arrays | None = None

    def add(self, part: Part) -> None:
        """See Fold."""
        group = np.searchsorted(self._values, part.category(self._by).astype(np.int64))
        if self._window is not None:
            low, high = self._window
            group = np.where((part.conductor >= low) & (part.conductor <= high), group, -1)
        if self._ratio is None:
            found = sums.grouped(part.traces, group, self._values)
        else:
            found = sums.grouped_by_ratio(part.conductor, part.traces, group, self._values, *self._ratio)
        more = {"curves": found.curves, "count": found.count, "total": found.total, "squares": found.squares}
        if self._arrays is None:
            self._arrays = more
        else:
            for name, array in more.items():
                self._arrays[name] += array

    def result(self) -> Arrays:
        """See Fold."""
        if self._arrays is None:
            v, k = len(self._values), self.primes if self._ratio is None else self._ratio[0]
            shapes = {"curves": (v,), "count": (v, k), "total": (v, k), "squares": (v, k)}
            return {name: np.zeros(shape, dtype=np.int64) for name, shape in shapes.items()}
        return self._arrays


def values(by: str) -> Int64s:
    """The values of a category in the order of the result's rows, int64 (v,), ascending."""
    return np.array([UNKNOWN, *VALUES[by]], dtype=np.int64)


def sums_of(arrays: Arrays, by: str) -> Sums:
    """A result as Sums of the values that occur."""
    there = arrays["curves"] > 0
    each = (arrays[name][there] for name in ("curves", "count", "total", "squares"))
    return Sums(values(by)[there], *each)
