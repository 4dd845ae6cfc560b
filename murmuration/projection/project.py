"""Project: a few coordinates for every curve, each axis made by the module of its kind.

The traces are read once for all axes that need them, after the axes that are fitted have been; an axis that nobody asks
for costs nothing.
"""

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import TypeAlias, assert_never

import numpy as np
from threadpoolctl import threadpool_limits

from murmuration.errors import ProjectionError
from murmuration.projection import columns, discriminant, shape, theory
from murmuration.projection.axis import Axis, Columns, Projection
from murmuration.projection.components import Components, edge
from murmuration.projection.grammar import Asked, parse
from murmuration.table import CurveTable
from murmuration.traces import TraceParts
from murmuration.types import Floats, Int64s, Values, Window

LEAST = 4
"""Curves that coordinates make sense of."""

LARGEST = 1e100
"""Coordinates beyond which an axis counts as undefined: differences and squares must not overflow."""

Fitted: TypeAlias = Callable[[Int64s], Components]
"""The components of some rows; a server keeps those of the last window."""


def project(
    table: CurveTable,
    traces: TraceParts,
    axes: str = "pc1,pc2,pc3",
    conductor: Window | None = None,
    classes: str = "rank",
    components: Fitted | None = None,
) -> Projection:
    """Coordinates of every curve, or of those with a conductor in a window (both ends included).

    ``axes`` names one, two or three different ones in the grammar of :mod:`murmuration.projection.grammar`.
    ``classes`` is the column whose values discriminants tell apart; no other axis depends on it.
    ``components`` fits the principal components of some rows when an axis asks for them; by default they are computed.
    Raises ProjectionError for an unknown axis, a wrong number of them, too few curves or classes for an axis, and
    DatasetError for another class column when an axis needs one.
    """
    asked = parse(axes, traces.primes, columns.numeric(table))
    rows = np.arange(len(table)) if conductor is None else table.window(*conductor)
    if len(rows) < LEAST:
        raise ProjectionError(
            f"expected at least {LEAST} curves to project, got {len(rows)}: widen the conductor window"
        )
    eigenvalues: Floats = np.zeros(0)
    made: list[Columns] = []
    for kind in sorted({each.kind for each in asked}):
        group = [each for each in asked if each.kind == kind]
        match kind:
            case "component":
                fitted = components(rows) if components is not None else Components(traces, rows)
                eigenvalues = fitted.eigenvalues
                made.append(fitted.columns(group))
            case "shape":
                alike = groupby(sorted(group, key=lambda each: (each.count, each.ratio)),
                                key=lambda each: (each.count, each.ratio))  # fmt: skip
                made += [shape.columns(list(some), table, traces, rows) for _, some in alike]
            case "discriminant":
                made.append(discriminant.columns(group, table, traces, rows, classes))
            case "trace":
                made += [_trace(each, traces) for each in group]
            case "sum":
                made += [theory.column(each, table, traces, rows) for each in group]
            case "column":
                made += [columns.column(each, table, traces, rows) for each in group]
            case _:
                assert_never(kind)
    described = {axis.name: axis for each in made for axis in each.axes}
    names = [each.name for each in asked]
    coordinates = _read(made, names, traces, rows)
    noise = edge(len(rows), len(traces.primes))
    kept, coordinates = _defined(rows, coordinates, names)
    described_in_order = tuple(described[name] for name in names)
    return Projection(table, kept, coordinates, described_in_order, noise, eigenvalues, len(rows) - len(kept))


def _defined(rows: Int64s, coordinates: Floats, names: Sequence[str]) -> tuple[Int64s, Floats]:
    """The rows at which every axis is defined, and their coordinates."""
    finite = np.abs(coordinates) <= LARGEST  # False where a coordinate is not a number
    if finite.all():
        return rows, coordinates
    kept = finite.all(axis=1)
    if kept.sum() < LEAST:
        worst = int(finite.sum(axis=0).argmin())
        raise ProjectionError(f"expected at least {LEAST} curves at which {names[worst]} and other axes are defined,"
                              f" got {kept.sum()} of {len(rows):,}: choose another axis")  # fmt: skip
    return rows[kept], np.ascontiguousarray(coordinates[kept])


def _read(made: Sequence[Columns], names: Sequence[str], traces: TraceParts, rows: Int64s) -> Floats:
    """The coordinates in the order of names, float64 (n, k). The traces are read once, or not at all if not needed."""
    out = np.empty((len(rows), len(names)))
    readers = []
    for each in made:
        place = [names.index(axis.name) for axis in each.axes]
        if callable(each.values):
            readers.append((place, each.values))
        else:
            out[:, place] = each.values
    if readers:
        with threadpool_limits(1, "blas"):  # for the digits: how many threads there are decides how sums are split
            for part, values in traces.parts(rows):
                for place, read in readers:
                    out[part, place] = read(part, values)
    return out


def _trace(asked: Asked, traces: TraceParts) -> Columns:
    """a_p / sqrt(p) at one prime."""
    column, root = int(np.searchsorted(traces.primes, asked.number)), np.sqrt(asked.number)

    def read(_part: slice, values: Values) -> Floats:
        scaled: Floats = values[:, column : column + 1] / root
        return scaled

    return Columns((Axis(asked.name, asked.kind),), read)
