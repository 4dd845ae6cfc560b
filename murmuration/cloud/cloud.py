"""Cloud: one sorted array that is at once the octree, the levels of detail, and the vertex buffer.

Positions are quantised to 16 bits an axis over the cloud's own bounds, partitioned by class and Morton-sorted inside
each class. A cell of the octree is then a slice and a level of detail a stride: level 0 draws every 2^k-th point of a
class, the next level adds those half way between, and so on; nothing is rebuilt and nothing is sent twice. Rare classes
keep every point from the start, and each level states how many curves one drawn point stands for.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from numba import njit

from murmuration.cloud.boxes import Boxes, boxes
from murmuration.cloud.lasso import Lasso
from murmuration.cloud.order import STEPS, drawn
from murmuration.cloud.slices import Slices
from murmuration.projection import DISTANCES, Projection
from murmuration.types import Floats, Int64s, Integers, UInt16s, UInt32s

RARE = 10_000
"""A class with at most so many curves is drawn whole at every level."""

FIRST = 20_000
"""Points of the first level, about: a fraction of a second on any network and any machine."""


@dataclass(frozen=True)
class Class:
    """One class of the colouring: its value in the column, and its slice of the cloud."""

    value: int
    start: int
    stop: int


@dataclass(frozen=True)
class Level:
    """The points that a level adds, one class after the other, and the stride of each class with them."""

    points: Slices
    strides: tuple[int, ...]


@dataclass(frozen=True)
class Cloud:
    """The points of a projection, in the order in which they are drawn.

    position:  uint16 (n, 4): x, y, z and the class index.
    row:       uint32 (n,): the row of each point in the table.
    low, high: float64 (3,): the projection's coordinates at 0 and at 65535; both 0 along an axis that it lacks.
    column:    the categorical column that makes the classes.
    """

    projection: Projection
    position: UInt16s
    row: UInt32s
    low: Floats
    high: Floats
    column: str
    classes: tuple[Class, ...]

    def __len__(self) -> int:
        return len(self.row)

    @cached_property
    def model(self) -> Floats:
        """The 4x4 matrix from the drawn integers into a cube of half-width 1 about the origin.

        Axes of one kind with one unit, such as principal components, share one scale, so that distances mean the same
        along each; mixed units fill the cube. A projection of two axes lies in the plane z = 0, of one on the x axis.
        """
        half = (self.high - self.low) / 2
        extent = half / self._half
        model = np.diag([*(2 * extent / STEPS), 1.0])
        model[:3, 3] = -extent
        return model

    @cached_property
    def ends(self) -> tuple[Floats, Floats]:
        """The projection's coordinates at -1 and at 1 of the cube along each axis, float64 (3,) each."""
        middle = self.low + (self.high - self.low) / 2
        return middle - self._half, middle + self._half

    @property
    def _half(self) -> Floats:
        """Half the cube's side in the unit of each axis; 1 along an axis on which all points agree."""
        half = (self.high - self.low) / 2
        kinds = {axis.kind for axis in self.projection.axes}
        if len(kinds) == 1 and kinds <= DISTANCES:
            half = np.full(3, half.max())
        return np.where(half > 0, half, 1.0)

    @cached_property
    def levels(self) -> tuple[Level, ...]:
        """The levels of detail, coarsest first; together they hold every point once."""
        sizes = np.array([c.stop - c.start for c in self.classes])
        common = int(sizes[sizes > RARE].sum())
        finest = 0
        while common >> finest > FIRST:
            finest += 1
        result = []
        for level in range(finest + 1):
            strides = tuple(1 if size <= RARE else 2 ** (finest - level) for size in sizes)
            parts = [
                self._added(one, stride, first=level == 0)
                for one, stride, size in zip(self.classes, strides, sizes, strict=True)
                if level == 0 or size > RARE
            ]
            result.append(Level(Slices(tuple(parts)), strides))
        return tuple(result)

    @staticmethod
    def _added(one: Class, stride: int, first: bool) -> range:
        return range(one.start + (0 if first else stride), one.stop, stride if first else 2 * stride)

    def lasso(self, matrix: npt.ArrayLike, polygon: npt.ArrayLike) -> UInt32s:
        """The table rows inside a lasso, uint32, ascending, over all rows of the cloud, drawn or not.

        ``matrix`` is 4x4 float64, projection x view x model, from the drawn integers (x, y, z, 1) as a column vector to
        clip space; for a matrix from the cube of half-width 1, multiply by :attr:`model`. ``polygon`` is (k, 2) in
        normalised device coordinates, closed by itself, even-odd. Points behind the viewpoint are never inside.
        Raises StrokeError for a malformed matrix or polygon. Definition: :mod:`murmuration.polygon`.
        """
        return self.search(matrix, polygon).rows()

    def search(self, matrix: npt.ArrayLike, polygon: npt.ArrayLike) -> Lasso:
        """The same lasso as a search in steps, for a server; it also gives the rows as a roaring bitmap."""
        return Lasso(self.position, self.row, len(self.projection.table), self.boxes, matrix, polygon)

    @cached_property
    def boxes(self) -> Boxes:
        """Bounding boxes over runs of the points."""
        return boxes(self.position)


def cloud(projection: Projection, classes: str = "rank") -> Cloud:
    """The cloud of a projection, coloured by a categorical column. Raises DatasetError for another column.

    The same projection gives the same bytes on every machine: equal Morton codes are ordered by row.
    """
    values, counts, index = _numbered(projection.table.category(classes)[projection.rows])
    coordinates = _spatial(projection.coordinates)
    low, high = _bounds(coordinates)
    extent = np.where(high > low, high - low, 1.0)
    position, row = drawn(coordinates, low, extent, index, projection.rows)
    ends = np.cumsum(counts)
    ranges = tuple(
        Class(int(value), int(start), int(stop))
        for value, start, stop in zip(values, np.concatenate([[0], ends]), ends, strict=False)
    )
    return Cloud(projection, position, row, low, high, classes, ranges)


def _spatial(coordinates: Floats) -> Floats:
    """Coordinates (n, k) with zeros for the axes that are missing, (n, 3)."""
    missing = 3 - coordinates.shape[1]
    return np.pad(coordinates, ((0, 0), (0, missing))) if missing else coordinates


def _numbered(category: Integers) -> tuple[Int64s, Int64s, UInt16s]:
    """The values of a category, ascending, how many items have each, and which one each item has."""
    least = int(category.min())
    count = np.zeros(int(category.max()) - least + 1, np.int64)
    _count(category, least, count)
    present = count > 0
    index = np.empty(len(category), np.uint16)
    _look_up(category, least, (np.cumsum(present) - 1).astype(np.uint16), index)
    return np.flatnonzero(present) + least, count[present], index


@njit(cache=True, nogil=True)
def _count(category: Integers, least: int, count: Int64s) -> None:
    for i in range(len(category)):
        count[category[i] - least] += 1


@njit(cache=True, nogil=True)
def _look_up(category: Integers, least: int, number: UInt16s, index: UInt16s) -> None:
    for i in range(len(category)):
        index[i] = number[category[i] - least]


@njit(cache=True, nogil=True)
def _bounds(coordinates: Floats) -> tuple[Floats, Floats]:
    """Least and greatest of each axis."""
    low, high = coordinates[0].copy(), coordinates[0].copy()
    for i in range(len(coordinates)):
        for axis in range(3):
            low[axis] = min(low[axis], coordinates[i, axis])
            high[axis] = max(high[axis], coordinates[i, axis])
    return low, high
