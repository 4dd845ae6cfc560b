"""Axis and Projection: coordinates of curves as data, and how far each coordinate can be believed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from murmuration.table import CurveTable
from murmuration.types import Floats, Int64s, Values

Kind = Literal["component", "shape", "discriminant", "trace", "sum", "column"]
"""The family of an axis. component: principal component of all traces. shape: the same of means over blocks of primes
or bins of p/N. discriminant: linear discriminant of a class column, fitted to it. trace: a_p / sqrt(p) at one prime.
sum: a sum of traces that theory gives. column: a column of the table."""

DISTANCES: frozenset[Kind] = frozenset({"component", "shape", "discriminant"})
"""Kinds whose axes have one unit, so that distances between points mean something when all axes are of one kind."""


@dataclass(frozen=True)
class Axis:
    """One coordinate.

    name: its text in the grammar of :mod:`murmuration.projection.grammar`.  kind: its family.
    eigenvalue, explained: of a component or shape, the eigenvalue of the correlation matrix and its share of the
    variance, 0..1.
    signal: False for a component or shape that noise alone could have made.
    accuracy, null_accuracy: of a fitted axis, the share of curves whose class it names, measured on curves that were
    held out, and the same figure for shuffled classes; both 0..1.
    note: a few words more for people, such as the column to which an axis was fitted; often empty.
    """

    name: str
    kind: Kind
    eigenvalue: float | None = None
    explained: float | None = None
    signal: bool = True
    accuracy: float | None = None
    null_accuracy: float | None = None
    note: str = ""


@dataclass(frozen=True)
class Projection:
    """One, two or three coordinates of some curves of a table.

    rows: int64 (n,), the table row of each, ascending.
    coordinates: float64 (n, k), one column for each of the k axes; all are finite.
    left_out: how many curves of the window are not among them, since one of the axes is not defined there.
    noise_edge: the largest eigenvalue that noise of this shape reaches.
    eigenvalues: float64, of all components, descending; empty when no axis is a component.
    """

    table: CurveTable
    rows: Int64s
    coordinates: Floats
    axes: tuple[Axis, ...]
    noise_edge: float
    eigenvalues: Floats
    left_out: int = 0

    @property
    def name(self) -> str:
        """The axes as text, in the normal form of the grammar."""
        return ",".join(axis.name for axis in self.axes)


Read: TypeAlias = Callable[[slice, Values], Floats]
"""Coordinates of a part of the rows: takes the slice of rows and their traces (m, q), gives float64 (m, k)."""


@dataclass(frozen=True)
class Columns:
    """Some axes and their coordinates, float64 (n, k), or the function that reads them off the traces."""

    axes: tuple[Axis, ...]
    values: Floats | Read
