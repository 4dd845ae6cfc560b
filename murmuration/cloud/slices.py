"""Slices: some of a cloud's points, as ranges of indices rather than one by one.

A level of detail is a slice with a stride of each class, and a chunk is a piece of that. Slicing reads an array of the
cloud directly; a list of indices would be as large as the points themselves.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from murmuration.types import Int64s

T = TypeVar("T", bound=np.generic)


@dataclass(frozen=True)
class Slices:
    """Ranges of indices into the cloud, ascending, one after the other."""

    parts: tuple[range, ...]

    def __len__(self) -> int:
        return sum(map(len, self.parts))

    @property
    def indices(self) -> Int64s:
        """int64 (n,), ascending."""
        return np.concatenate([np.arange(each.start, each.stop, each.step) for each in self.parts])

    def of(self, array: npt.NDArray[T]) -> npt.NDArray[T]:
        """The elements for these points of an array over all points of the cloud: (n, ...)."""
        return np.concatenate([array[each.start : each.stop : each.step] for each in self.parts])

    def split(self, most: int) -> list["Slices"]:
        """The same points in pieces of at most ``most``, all of one size give or take a point."""
        ways = max(1, -(-len(self) // most))
        ends = [len(self) * k // ways for k in range(ways + 1)]
        return [self._piece(low, high) for low, high in pairwise(ends)]

    def _piece(self, low: int, high: int) -> "Slices":
        pieces, before = [], 0
        for part in self.parts:
            pieces.append(part[max(0, low - before) : max(0, high - before)])
            before += len(part)
        return Slices(tuple(filter(len, pieces)))
