"""The difference of two snapshots: columns added and removed, and the changed rows of each column.

Rows in the same data files are equal and are not read. Others are compared value by value, in batches.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise, starmap

import lance
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from murmuration.store import fragments as _fragments
from murmuration.store.rows import batch_rows
from murmuration.store.view import SnapshotView
from murmuration.types import Bools, Int64s


@dataclass(frozen=True)
class Change:
    """All rows from ``start`` to before ``stop`` differ in these columns."""

    start: int
    stop: int
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Diff:
    """From one snapshot to another.

    rows:    number of rows before and after. Rows past the smaller number were added or removed as a whole.
    added, removed: columns. A column whose type differs is in both.
    changed: ranges of the rows and columns that both snapshots have, ascending and disjoint.
    """

    rows: tuple[int, int]
    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[Change, ...]

    def __bool__(self) -> bool:
        return bool(self.rows[0] != self.rows[1] or self.added or self.removed or self.changed)


def diff(before: SnapshotView, after: SnapshotView) -> Diff:
    """The difference from ``before`` to ``after``."""
    old, new = before.schema, after.schema
    both = [name for name in old.names if name in new.names and old.field(name).type == new.field(name).type]
    return Diff(
        (len(before), len(after)),
        tuple(name for name in new.names if name not in both),
        tuple(name for name in old.names if name not in both),
        tuple(_changes(before, after, both)) if both else (),
    )


def _changes(before: SnapshotView, after: SnapshotView, columns: list[str]) -> Iterator[Change]:
    """Runs of rows with the same set of differing columns, joined across batches."""
    run: Change | None = None
    for start, stop, which in _compared(before, after, columns):
        for low, high in pairwise([0, *(np.flatnonzero(np.diff(which)) + 1).tolist(), stop - start]):
            names = tuple(name for k, name in enumerate(columns) if which[low] >> k & 1)
            if run is not None and (run.stop, run.columns) == (start + low, names):
                run = Change(run.start, start + high, names)
                continue
            if run is not None and run.columns:
                yield run
            run = Change(start + low, start + high, names)
    if run is not None and run.columns:
        yield run


def _compared(before: SnapshotView, after: SnapshotView, columns: list[str]) -> Iterator[tuple[int, int, Int64s]]:
    """Ranges of rows with a bit mask for each row: bit k is set if column k differs. Equal files are not read."""
    shared = min(len(before), len(after))
    pieces = [list(_placed(view)) for view in (before, after)]
    edges = sorted({0, shared, *(edge for each in pieces for first, *_ in each if (edge := first) < shared)})
    for start, stop in pairwise(edges):
        (one, first), (two, second) = ((place, begin) for place, begin in starmap(_at, ((p, start) for p in pieces)))
        moved = first != second
        differ = [k for k, name in enumerate(columns) if moved or _where(before, one, name) != _where(after, two, name)]
        step = batch_rows(before.schema)
        for low in range(start, stop if differ else start, step):
            high = min(low + step, stop)
            names = [columns[k] for k in differ]
            a, b = before.columns(names, low, high), after.columns(names, low, high)
            which = np.zeros(high - low, dtype=np.int64)
            for k in differ:
                which |= _unequal(a[columns[k]], b[columns[k]]).astype(np.int64) << k
            yield low, high, which


def _placed(view: SnapshotView) -> Iterator[tuple[int, int, lance.LanceFragment]]:
    pieces = view.dataset.get_fragments()
    for piece, (first, last) in zip(pieces, _fragments.spans([p.metadata for p in pieces]), strict=True):
        yield first, last, piece


def _at(pieces: list[tuple[int, int, lance.LanceFragment]], row: int) -> tuple[lance.LanceFragment, int]:
    return next((piece, first) for first, last, piece in pieces if first <= row < last)


def _where(view: SnapshotView, piece: lance.LanceFragment, column: str) -> tuple[str, int]:
    """The file that holds a column of a fragment, and the field's number in it."""
    number = next(field.id() for field in view.dataset.lance_schema.fields() if field.name() == column)
    return next((file.path, number) for file in piece.metadata.files if number in file.fields)


def _unequal(a: pa.ChunkedArray, b: pa.ChunkedArray) -> Bools:
    """Mask of rows in which two columns differ; floats are compared by their bits, so 0.0 and -0.0 differ."""
    one, two = a.combine_chunks(), b.combine_chunks()
    rows = len(one)
    if pa.types.is_fixed_size_list(one.type):
        flat = _unequal(pa.chunked_array([one.flatten()]), pa.chunked_array([two.flatten()]))
        return np.asarray(flat.reshape(rows, -1).any(axis=1))
    if pa.types.is_floating(one.type):
        bits = {16: np.uint16, 32: np.uint32, 64: np.uint64}[one.type.bit_width]
        return np.asarray(one.to_numpy().view(bits) != two.to_numpy().view(bits))
    return np.asarray(pc.not_equal(one, two).to_numpy(zero_copy_only=False))
