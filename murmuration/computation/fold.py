"""Fold: a computation over the rows of a snapshot that is given one part at a time."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol, TypeAlias

import numpy as np

from murmuration.computation.part import Part
from murmuration.errors import MurmurationError
from murmuration.types import Int64s

Parameters: TypeAlias = Mapping[str, Any]
"""Plain data, as JSON has it."""

Arrays: TypeAlias = dict[str, Int64s]
"""A result: int64 arrays by name. Results of two sets of rows add up to that of their union."""


class Fold(Protocol):
    """A computation that has begun. Parts come in any order, each row at most once."""

    primes: int
    """The number of primes whose traces it needs."""

    columns: tuple[str, ...]
    """The columns that it needs beside the traces."""

    def add(self, part: Part) -> None:
        """Take in a part."""

    def result(self) -> Arrays:
        """The sums over all parts so far."""


def added(results: Iterable[Arrays]) -> Arrays:
    """The sum of some results of one computation, at least one. Raises MurmurationError for different shapes."""
    total: Arrays = {}
    for each in results:
        if not total:
            total = {name: array.copy() for name, array in each.items()}
            continue
        if {name: array.shape for name, array in each.items()} != {name: a.shape for name, a in total.items()}:
            raise MurmurationError("expected results of one computation to add, got arrays of different shapes")
        for name, array in each.items():
            np.add(total[name], array, out=total[name])
    return total
