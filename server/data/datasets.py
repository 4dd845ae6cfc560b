"""Datasets: the tables that can be downloaded, as columns that are made in pieces.

The table, its traces, a selection and a projection are all columns over some rows of one table. Each is described here
by its schema, its length, and a function that makes any piece of any columns; so downloads of any size need the memory
of one piece, and a page of a sorted table costs no more than the page.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from murmuration.cloud import Cloud
from murmuration.errors import MessageError
from murmuration.selection.selection import Selection
from murmuration.table import SCHEMA, UNKNOWN, CurveTable
from murmuration.traces import TraceParts
from murmuration.types import UInt32s, Values

Where: TypeAlias = slice | UInt32s
"""Positions among some rows: a stretch of them, or any in any order."""

ROW = pa.field("row", pa.uint32())

DRAWN = ("x", "y", "z", "class")
"""The four integers of a drawn point, as in a points frame."""


@dataclass(frozen=True)
class Rows:
    """length rows of some columns.

    name:   the name of a file of them.
    digest: identifies their content: equal digests mean equal values.
    schema: all columns there are; its metadata says where they come from.
    make:   some columns at some positions, as Arrow arrays in the order of the names.
    """

    name: str
    digest: str
    length: int
    schema: pa.Schema
    make: Callable[[Where, Sequence[str]], list[pa.Array]]

    def batch(self, where: Where, names: Sequence[str]) -> pa.RecordBatch:
        """Some columns at some positions."""
        return pa.record_batch(self.make(where, names), schema=self.select(names))

    def select(self, names: Sequence[str]) -> pa.Schema:
        """The schema of some columns. Raises MessageError for one that is not there."""
        for name in names:
            self.known(name)
        return pa.schema([self.schema.field(name) for name in names], self.schema.metadata)

    def known(self, name: str) -> str:
        """The name of a column. Raises MessageError for one that is not there."""
        if self.schema.get_field_index(name) < 0:
            have = ", ".join(self.schema.names[:12]) + (", ..." if len(self.schema.names) > 12 else "")
            raise MessageError(f"expected one of the columns {have}; got {name[:60]!r}")
        return name

    def order(self, name: str, descending: bool) -> UInt32s:
        """Positions sorted by a column, uint32: unknown values last, equal ones as they stood."""
        values = self.make(slice(0, self.length), [self.known(name)])[0]
        keys = pa.table({"value": values, "at": pa.array(np.arange(self.length, dtype=np.uint32))})
        by = [("value", "descending" if descending else "ascending"), ("at", "ascending")]
        order: UInt32s = pc.sort_indices(keys, sort_keys=by).to_numpy().astype(np.uint32)
        return order


def of_table(table: CurveTable) -> Rows:
    """Every curve: its row and the columns of the table. The digest is of all that is in it."""
    found = hashlib.blake2b(table.name.encode(), digest_size=16)
    with pa.ipc.new_stream(pa.PythonFile(_Hashing(found), mode="w"), SCHEMA) as writer:
        for batch in table.columns.to_batches(max_chunksize=65_536):
            writer.write_batch(batch)
    return _curves(table, None, table.name, found.hexdigest(), {"dataset": table.name})


def of_selection(table: CurveTable, selection: Selection, name: str | None, digest: str) -> Rows:
    """The selected curves, ascending by row. The metadata hold the recipe, by which the selection can be made again.

    ``digest`` is the table's.
    """
    about = {"dataset": table.name, "selection": name, "recipe": selection.recipe}
    rows = selection.array()
    return _curves(table, rows, name or "selection", _hash(digest, rows.tobytes(), json.dumps(about)), about)


def of_traces(table: CurveTable, traces: TraceParts, primes: str | None, digest: str) -> Rows:
    """a_p of every curve: row, label, and one column a2, a3, a5, ... for each prime, or for those in a range "2:100".

    ``digest`` is the table's, since traces follow from the curves. Raises MessageError where no prime is.
    """
    low, high = map(int, primes.split(":")) if primes else (2, int(traces.primes[-1]))
    kept = np.flatnonzero((traces.primes >= low) & (traces.primes <= high))
    if not len(kept):
        raise MessageError(f"expected primes to be a range with a prime up to {traces.primes[-1]} in it, got {primes}")
    kind = pa.from_numpy_dtype(traces.dtype)
    at = {f"a{p}": k for k, p in zip(kept.tolist(), traces.primes[kept].tolist(), strict=True)}
    fields = [ROW, SCHEMA.field("label"), *(pa.field(name, kind, nullable=False) for name in at)]

    def make(where: Where, names: Sequence[str]) -> list[pa.Array]:
        wanted = [name for name in names if name in at]
        values = _traces(traces, len(table), where, [at[name] for name in wanted])
        made = dict(zip(wanted, values, strict=True))
        return [pa.array(made[name]) if name in made else _column(table, name, where) for name in names]

    about = {"dataset": table.name, "primes": len(traces.primes)}
    digest = _hash(digest, "traces", json.dumps([len(traces.primes), low, high]))
    return Rows(f"{table.name}-traces", digest, len(table), pa.schema(fields, _about(about)), make)


def _traces(traces: TraceParts, length: int, where: Where, columns: list[int]) -> Values:
    """Traces at some of the primes, a row for each: (columns, positions)."""
    rows = np.arange(length)[where] if isinstance(where, slice) else where
    ascending, back = np.unique(rows, return_inverse=True)
    # Row-major where they come from: gathered a row at a time and turned once, not once a column.
    values = np.empty((len(columns), len(ascending)), dtype=traces.dtype)
    for part, some in traces.parts(ascending.astype(np.int64)):
        values[:, part] = some[:, columns].T
    return values if isinstance(where, slice) else np.ascontiguousarray(values[:, back])


def of_projection(table: CurveTable, cloud: Cloud) -> Rows:
    """A projection: row, label, the class's value, its coordinates as float64, and the integers that are drawn.

    ``class`` is the index of the class as in a points frame; the column that makes the classes goes by its own name.
    Each coordinate goes by the name of its axis, or by ``axis_`` and that name where another column has it (``rank``).
    """
    projection = cloud.projection
    others = {ROW.name, "label", cloud.column, *DRAWN}
    axes = [f"axis_{axis.name}" if axis.name in others else axis.name for axis in projection.axes]
    drawn = cloud.position[np.argsort(cloud.row)]
    values = table.category(cloud.column)
    coordinate = pa.float64()
    fields = [ROW, SCHEMA.field("label"), pa.field(cloud.column, pa.int16()),
              *(pa.field(axis, coordinate, nullable=False) for axis in axes),
              *(pa.field(each, pa.uint16(), nullable=False) for each in DRAWN)]  # fmt: skip

    def make(where: Where, names: Sequence[str]) -> list[pa.Array]:
        rows = projection.rows[where].astype(np.uint32)
        made: list[pa.Array] = []
        for name in names:
            if name in axes:
                made.append(pa.array(np.ascontiguousarray(projection.coordinates[where, axes.index(name)])))
            elif name in DRAWN:
                made.append(pa.array(np.ascontiguousarray(drawn[where, DRAWN.index(name)])))
            elif name == cloud.column:
                made.append(pa.array(values[rows].astype(np.int16), mask=values[rows] == UNKNOWN))
            else:
                made.append(_column(table, name, rows))
        return made

    about = {"dataset": table.name, "projection": projection.name, "low": cloud.low.tolist(),
             "high": cloud.high.tolist(), "model": cloud.model.tolist()}  # fmt: skip
    coordinates = np.ascontiguousarray(projection.coordinates)
    digest = _hash(json.dumps([about, cloud.column]), projection.rows.tobytes(), coordinates.tobytes())
    return Rows(f"{table.name}-projection", digest, len(projection.rows), pa.schema(fields, _about(about)), make)


class _Hashing:
    """A file that keeps only the hash of the data written to it."""

    closed = False

    def __init__(self, into: hashlib.blake2b) -> None:
        self._into = into

    def write(self, data: bytes) -> int:
        self._into.update(data)
        return len(data)

    def flush(self) -> None:
        """Nothing waits."""


def _curves(table: CurveTable, rows: UInt32s | None, name: str, digest: str, about: dict[str, Any]) -> Rows:
    """All columns of some rows of the table, or of all of them."""

    def make(where: Where, names: Sequence[str]) -> list[pa.Array]:
        return [_column(table, each, where if rows is None else rows[where]) for each in names]

    length = len(table) if rows is None else len(rows)
    return Rows(name, digest, length, pa.schema([ROW, *SCHEMA], _about(about)), make)


def _column(table: CurveTable, name: str, where: Where) -> pa.Array:
    """A column of the table, or the row itself, at some rows."""
    if name == ROW.name:
        return pa.array(np.arange(where.start, where.stop, dtype=np.uint32) if isinstance(where, slice) else where)
    column = table.columns[name]
    if isinstance(where, slice):
        return column.slice(where.start, where.stop - where.start).combine_chunks()
    return column.take(pa.array(where)).combine_chunks()


def _about(about: dict[str, Any]) -> dict[str, str]:
    return {"murmuration": json.dumps(about)}


def _hash(*parts: str | bytes) -> str:
    found = hashlib.blake2b(digest_size=16)
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        found.update(len(data).to_bytes(8, "little") + data)
    return found.hexdigest()
