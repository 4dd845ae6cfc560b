"""Features: few numbers of a curve that hold the shape of its traces, means of a_p / sqrt(p) over blocks or bins.

A block is a run of consecutive primes; a bin is a range of p/N, in which the murmurations of curves of different
conductor line up. Each mean averages noise away, so few features show a signal that hundreds of traces drown.

Features are rounded to 2^-14: as integers their sums of products are exact in float64 up to eight million curves, hence
the same in any order and however the rows are divided into parts.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit

from murmuration.types import Floats, Int64s, Values

UNIT = 2**14
"""Features are whole multiples of one in so many."""


@dataclass(frozen=True)
class Features:
    """Means over ``count`` blocks of primes, or over as many bins of p/N in (0, top] where ``top`` is not 0."""

    count: int
    top: float = 0.0

    def __str__(self) -> str:
        return f"{self.count} bins of p/N" if self.top else f"{self.count} block means"

    def of(self, values: Values, primes: Int64s, conductor: Int64s) -> Floats:
        """Features of some curves in units of 2^-14, float64 (m, count).

        A bin without primes holds 0, the expected mean. Bins of a curve of unknown conductor are not numbers.
        """
        out = np.empty((len(values), self.count))
        block = np.arange(len(primes)) * self.count // len(primes)
        _means(values, primes, 1 / np.sqrt(primes), conductor, block, self.top, out)
        scaled: Floats = np.rint(out * UNIT)
        return scaled


@njit(cache=True, nogil=True)
def _means(
    values: Values, primes: Int64s, scale: Floats, conductor: Int64s, block: Int64s, top: float, out: Floats
) -> None:
    count = out.shape[1]
    held = np.zeros(count, np.int64)
    for row in range(len(values)):
        out[row] = 0.0
        held[:] = 0
        if top > 0 and conductor[row] <= 0:
            out[row] = np.nan
            continue
        for k in range(len(primes)):
            at = block[k]
            if top > 0:
                at = int(np.ceil(primes[k] * count / (conductor[row] * top))) - 1  # (0, top]: an edge belongs below
                if at >= count:
                    break
            out[row, at] += values[row, k] * scale[k]
            held[at] += 1
        for at in range(count):
            if held[at] > 0:
                out[row, at] /= held[at]
