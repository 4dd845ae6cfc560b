"""SnapshotView: one snapshot, read-only, in bounded memory.

Before the first use of a data file the whole file is hashed and compared with the committed hash: Lance's pages carry
no checksums, so a flipped bit in a trace would otherwise go unnoticed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import lance
import numpy as np
import pyarrow as pa

from murmuration import primes as _primes
from murmuration.errors import DatasetError, StoreError
from murmuration.fingerprint import Stamps, stamps
from murmuration.store import catalog, guards
from murmuration.store import fragments as _fragments
from murmuration.store import rows as _rows
from murmuration.store.files import Trust, manifest
from murmuration.store.snapshot import Snapshot
from murmuration.table import SCHEMA, CurveTable, make, trusted
from murmuration.traces import Traces
from murmuration.types import Int16s, Integers


@dataclass(frozen=True)
class SnapshotView:
    """The rows of a snapshot.

    dataset: its Lance version.  trust: the verified files of the store.  name: of the store, for errors.
    """

    snapshot: Snapshot
    dataset: lance.LanceDataset
    trust: Trust
    name: str

    def __len__(self) -> int:
        return self.snapshot.rows

    @property
    def path(self) -> Path:
        """The folder of the store."""
        return self.trust.path

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the snapshot's manifest, hexadecimal. It names every data file: equal digests mean equal rows."""
        name = manifest(self.snapshot.version)
        with catalog.reading(self.path) as db:
            return catalog.files_named(db, [name])[name].sha256

    def spans(self) -> list[tuple[int, int]]:
        """The rows of each data file: first, and one past the last."""
        return list(_fragments.spans([piece.metadata for piece in self.dataset.get_fragments()]))

    @property
    def schema(self) -> pa.Schema:
        """The columns."""
        return self.dataset.schema

    def batches(
        self, columns: list[str] | None = None, start: int = 0, stop: int | None = None
    ) -> Iterator[pa.RecordBatch]:
        """Rows ``start`` to before ``stop``, in order, in batches of at most 8192 rows and about 16 MB."""
        stop = len(self) if stop is None else stop
        self._within(start, stop)
        pieces, size = self.dataset.get_fragments(), _rows.batch_rows(self.schema)
        for piece, (first, last) in zip(pieces, _fragments.spans([p.metadata for p in pieces]), strict=True):
            low, high = max(start, first), min(stop, last)
            if low < high:
                self._checked([piece])
                scanner = piece.scanner(columns=columns, offset=low - first, limit=high - low,
                                        batch_size=size, batch_readahead=2, io_buffer_size=2**27)  # fmt: skip
                with _fragments.refused(f"read {self.trust.path}", self.snapshot.number):
                    yield from scanner.to_batches()

    def columns(self, columns: list[str] | None = None, start: int = 0, stop: int | None = None) -> pa.Table:
        """Columns of rows ``start`` to before ``stop``, as an Arrow table."""
        wanted = self.schema if columns is None else pa.schema([self._field(name) for name in columns])
        return pa.Table.from_batches(self.batches(columns, start, stop), schema=wanted)

    def take(self, rows: Integers, columns: list[str] | None = None) -> pa.Table:
        """Columns of some rows, in the given order."""
        if len(rows):
            self._within(int(rows.min()), int(rows.max()) + 1)
        pieces = self.dataset.get_fragments()
        ends = [last for _, last in _fragments.spans([p.metadata for p in pieces])]
        self._checked([pieces[k] for k in np.unique(np.searchsorted(ends, rows, side="right"))])
        with _fragments.refused(f"read {self.trust.path}", self.snapshot.number):
            return self.dataset.take(rows.tolist(), columns=columns)

    def table(self, start: int = 0, stop: int | None = None) -> CurveTable:
        """The curves of some rows, validated again unless those of this snapshot were when it was made."""
        missing = [name for name in SCHEMA.names if name not in self.schema.names]
        if missing:
            raise StoreError(f"{self.name}: expected the columns of a table, got none named {', '.join(missing)}")
        columns = self.columns(SCHEMA.names, start, stop)
        if guards.CURVES in self.snapshot.guards:
            return trusted(columns, self.name)
        return make(columns, self.name, unknown=True)

    def traces(self, start: int = 0, stop: int | None = None) -> Traces:
        """The traces of some rows, all primes."""
        stop = len(self) if stop is None else stop
        fields = trace_fields(self.schema)
        if not fields:
            raise StoreError(f"{self.name}: expected a column of traces, got none; trace the table first")
        size = _rows.primes_of(fields[-1])[1]
        values = np.empty((stop - start, size), dtype=np.int8 if size <= _rows.INT8 else np.int16)
        done = 0
        for batch in self.batches([field.name for field in fields], start, stop):
            values[done : done + len(batch)] = values_of(batch, fields)
            done += len(batch)
        return Traces(_primes.first(values.shape[1]), values)

    def check(self) -> None:
        """Read every file of this snapshot. Raises StoreError for the first that differs from the committed one."""
        self._checked(self.dataset.get_fragments())

    def present(self) -> None:
        """Raises StoreError if a file of this snapshot is missing or was changed since the first call."""
        try:
            same = self._first_stamps == stamps(self._files)
        except DatasetError:
            raise StoreError(f"{self.trust.path}: the files of snapshot {self.snapshot.number} are missing: move the "
                             "store back, or restore it and start the server again") from None  # fmt: skip
        if not same:
            raise StoreError(f"{self.trust.path}: the files of snapshot {self.snapshot.number} were changed: start the "
                             "server again, which checks them")  # fmt: skip

    @cached_property
    def _files(self) -> tuple[Path, ...]:
        draft = _fragments.draft_of(self.dataset)
        return tuple(self.trust.data / name for name in (manifest(self.snapshot.version), *_fragments.names(draft)))

    @cached_property
    def _first_stamps(self) -> Stamps:
        return stamps(self._files)

    def _checked(self, pieces: list[lance.LanceFragment]) -> None:
        self.trust.check([f"data/{file.path}" for piece in pieces for file in piece.metadata.files])

    def _field(self, name: str) -> pa.Field:
        if name not in self.schema.names:
            raise StoreError(f"{self.name}: expected one of {', '.join(self.schema.names)}, got {name!r}")
        return self.schema.field(name)

    def _within(self, start: int, stop: int) -> None:
        if not 0 <= start <= stop <= len(self):
            raise StoreError(f"{self.name}: expected rows between 0 and {len(self):,}, got {start:,} to {stop:,}")


def trace_fields(schema: pa.Schema) -> list[pa.Field]:
    """The trace columns in the order of their primes, which are the first k together."""
    found = sorted((field for field in schema if _rows.holds_traces(field)), key=_rows.primes_of)
    edges = [0, *(_rows.primes_of(field)[1] for field in found)]
    if [_rows.primes_of(field)[0] for field in found] != edges[:-1]:
        raise StoreError("expected trace columns that hold the first k primes together, got a gap or an overlap")
    return found


def values_of(batch: pa.RecordBatch | pa.Table, fields: list[pa.Field]) -> Int16s:
    """The traces of a batch, int16 (rows, k)."""
    parts = []
    for field in fields:
        column = batch[field.name]
        flat = (column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column).flatten()
        parts.append(flat.to_numpy().reshape(-1, field.type.list_size))
    return np.concatenate(parts, axis=1, dtype=np.int16)
