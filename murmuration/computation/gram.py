"""Gram: sums of a_p and of a_p a_l, from which principal components follow."""

import numpy as np
from threadpoolctl import threadpool_limits

from murmuration import primes as _primes
from murmuration.computation.fold import Arrays, Parameters
from murmuration.computation.parameters import known, primes_of, window_of
from murmuration.computation.part import Part
from murmuration.projection import products
from murmuration.traces import backend
from murmuration.types import Floats


class Gram:
    """Parameters ``primes``, and perhaps ``conductor`` ([low, high], both included).

    The result is ``curves`` (1,), ``total`` (k,) and ``gram`` (k, k), symmetric. The sums are exact: products of
    integers, added in float64, which holds them up to 2^53 (2.8 x 10^11 rows at p = 7919, by Hasse's bound).
    """

    def __init__(self, parameters: Parameters, gpu: bool = False) -> None:
        known(parameters, "primes", "conductor")
        self.primes = k = primes_of(parameters)
        self._window = window_of(parameters)
        self.columns: tuple[str, ...] = ("conductor",) if self._window is not None else ()
        self._curves = 0
        self._device = backend.Products(_primes.first(k)) if gpu else None
        self._total: Floats = np.zeros(k)
        self._gram: Floats = np.zeros((k, k))

    def add(self, part: Part) -> None:
        """See Fold."""
        rows = np.arange(len(part))
        if self._window is not None:
            low, high = self._window
            rows = np.flatnonzero((part.conductor >= low) & (part.conductor <= high))
        self._curves += len(rows)
        if self._device is not None:
            self._device.add(part.traces.values[rows])
            return
        with threadpool_limits(1, "blas"):  # its threads wait for each other at pieces this small
            total, gram = products(part.traces, rows)
        self._total += total
        self._gram += gram

    def result(self) -> Arrays:
        """See Fold."""
        total, gram = self._device.result() if self._device is not None else (self._total, self._gram)
        curves = np.array([self._curves], dtype=np.int64)
        return {"curves": curves, "total": total.astype(np.int64), "gram": gram.astype(np.int64)}
