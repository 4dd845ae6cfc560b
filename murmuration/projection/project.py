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
from murmuration.projection.axis import Axis, Columns, Projection
from murmuration.projection.components import Components, edge
from murmuration.projection.grammar import Asked, parse
from murmuration.table import CurveTable
from murmuration.traces import TraceParts
from murmuration.types import Floats, Int64s, Values, Window

LEAST = 4
"""Curves that coordinates make sense of."""

Fitted: TypeAlias = Callable[[Int64s], Components]
"""The components of some rows; a server keeps those of the last window."""


def project(
    table: CurveTable,
    traces: TraceParts,
    axes: str = "pc1,pc2,pc3",
    conductor: Window | None = None,
    components: Fitted | None = None,
) -> Projection:
    """Coordinates of every curve, or of those with a conductor in a window (both ends included).

    ``axes`` names one, two or three different ones in the grammar of :mod:`murmuration.projection.grammar`.
    ``components`` fits the principal components of some rows when an axis asks for them; by default they are computed.
    Raises ProjectionError for an unknown axis, a wrong number of them, or fewer than 4 curves.
    """
    asked = parse(axes, traces.primes)
    rows = np.arange(len(table)) if conductor is None else table.window(*conductor)
    if len(rows) < LEAST:
        raise ProjectionError(
            f"expected at least {LEAST} curves to project, got {len(rows)}: widen the conductor window"
        )
    eigenvalues: Floats = np.zeros(0)
    made: list[Columns] = []
    for kind, group in groupby(sorted(asked, key=lambda each: each.kind), key=lambda each: each.kind):
        match kind:
            case "component":
                fitted = components(rows) if components is not None else Components(traces, rows)
                eigenvalues = fitted.eigenvalues
                made.append(fitted.columns(list(group)))
            case "trace":
                made += [_trace(each, traces) for each in group]
            case "column":
                made += [_logarithm(each, table, rows) for each in group]
            case _:
                assert_never(kind)
    described = {axis.name: axis for columns in made for axis in columns.axes}
    names = [each.name for each in asked]
    coordinates = _read(made, names, traces, rows)
    noise = edge(len(rows), len(traces.primes))
    return Projection(table, rows, coordinates, tuple(described[name] for name in names), noise, eigenvalues)


def _read(made: Sequence[Columns], names: Sequence[str], traces: TraceParts, rows: Int64s) -> Floats:
    """The coordinates in the order of names, float64 (n, k). The traces are read once, or not at all if not needed."""
    out = np.empty((len(rows), len(names)))
    readers = []
    for columns in made:
        place = [names.index(axis.name) for axis in columns.axes]
        if callable(columns.values):
            readers.append((place, columns.values))
        else:
            out[:, place] = columns.values
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


def _logarithm(asked: Asked, table: CurveTable, rows: Int64s) -> Columns:
    return Columns((Axis(asked.name, asked.kind),), np.log(table.conductor[rows].astype(np.float64))[:, None])
