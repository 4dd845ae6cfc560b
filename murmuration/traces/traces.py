"""Traces: a_p of the curves of a table as an array, and the protocol by which traces are read in parts."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from murmuration.types import Int64s, Values

PART = 16_384
"""Rows of a part of an array of traces."""


class TraceParts(Protocol):
    """Traces that are read in parts: an array in memory, or a snapshot that is larger than memory."""

    @property
    def primes(self) -> Int64s:
        """int64 (k,), ascending."""

    @property
    def dtype(self) -> "np.dtype[Any]":
        """int8 where the largest prime allows it, else int16."""

    def parts(self, rows: Int64s) -> Iterator[tuple[slice, Values]]:
        """Pairs of a slice of ``rows`` (ascending, distinct) and the traces of the rows in it, (n, k)."""


class FirstPrimes:
    """The traces at the first primes of others: a TraceParts of its own."""

    def __init__(self, traces: TraceParts, primes: int) -> None:
        """``primes`` is how many, at most as many as ``traces`` have."""
        self._traces = traces
        self.primes = traces.primes[:primes]

    @property
    def dtype(self) -> "np.dtype[Any]":
        """That of the values."""
        return self._traces.dtype

    def parts(self, rows: Int64s) -> Iterator[tuple[slice, Values]]:
        """See TraceParts."""
        for part, values in self._traces.parts(rows):
            some: Values = np.ascontiguousarray(values[:, : len(self.primes)])  # type: ignore[assignment]
            yield part, some


@dataclass(frozen=True)
class Traces:
    """a_p of every curve of a table.

    primes: int64 (k,), ascending.  values: (rows, k), rows as in the table, C order; int8 up to p = 4027, else int16.
    """

    primes: Int64s
    values: Values

    @property
    def dtype(self) -> "np.dtype[Any]":
        """That of the values."""
        return self.values.dtype

    def parts(self, rows: Int64s) -> Iterator[tuple[slice, Values]]:
        """See TraceParts; consecutive rows are views and not copies."""
        together = len(rows) and int(rows[-1]) - int(rows[0]) == len(rows) - 1
        for start in range(0, len(rows), PART):
            part = slice(start, min(start + PART, len(rows)))
            first = int(rows[start])
            yield part, self.values[first : first + part.stop - start] if together else self.values[rows[part]]
