"""StoredTraces: the traces of a snapshot, read from the disk at each use, one batch in memory.

All of Cremona's tables at 1000 primes are 3 GB on the disk and more in memory. Averages, Gram matrices and coordinates
are sums over rows, so they need one pass and no array. Memory mapping was rejected: mapped pages are not verified and
count as resident, and a truncated file raises a signal instead of an error.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from murmuration import primes as _primes
from murmuration.errors import StoreError
from murmuration.store import fragments as _fragments
from murmuration.store import rows as _rows
from murmuration.store.view import SnapshotView, trace_fields, values_of
from murmuration.types import Int64s, Values

_SPARSE = 14
"""Where fewer than one row in so many is wanted, rows are looked up one by one and the rest is not read."""


@dataclass(frozen=True)
class StoredTraces:
    """The traces of a view at its first ``count`` primes; counterpart of :class:`murmuration.traces.Traces`."""

    view: SnapshotView
    count: int

    def __post_init__(self) -> None:
        held = sum(field.type.list_size for field in trace_fields(self.view.schema))
        if not held or not 1 <= self.count <= held:
            raise StoreError(f"{self.view.name}: expected between 1 and the {held:,} primes of snapshot "
                             f"{self.view.snapshot.number}, got {self.count:,}")  # fmt: skip

    @property
    def primes(self) -> Int64s:
        """int64 (k,), ascending."""
        return _primes.first(self.count)

    @property
    def dtype(self) -> "np.dtype[Any]":
        """int8 up to p = 4027, else int16."""
        return np.dtype(np.int8 if self.count <= _rows.INT8 else np.int16)

    def parts(self, rows: Int64s) -> Iterator[tuple[slice, Values]]:
        """See :class:`murmuration.traces.TraceParts`: at most 8192 rows at a time; files without any are not read."""
        fields = [each for each in trace_fields(self.view.schema) if _rows.primes_of(each)[0] < self.count]
        names = [field.name for field in fields]
        done = 0
        for first, last in _fragments.spans([each.metadata for each in self.view.dataset.get_fragments()]):
            wanted = rows[done : int(np.searchsorted(rows, last))]
            if not len(wanted):
                continue
            assert first <= wanted[0]
            low, high = int(wanted[0]), int(wanted[-1]) + 1
            if len(wanted) * _SPARSE < high - low:
                batches = self._looked_up(wanted, names)
            else:
                batches = self._picked(wanted, low, high, names)
            for batch in batches:
                values = values_of(batch, fields)
                yield slice(done, done + len(values)), np.ascontiguousarray(values[:, : self.count], dtype=self.dtype)
                done += len(values)

    def _looked_up(self, wanted: Int64s, names: list[str]) -> Iterator[pa.Table]:
        size = _rows.batch_rows(self.view.schema)
        for start in range(0, len(wanted), size):
            yield self.view.take(wanted[start : start + size], names)

    def _picked(self, wanted: Int64s, low: int, high: int, names: list[str]) -> Iterator[pa.RecordBatch]:
        at = low
        for batch in self.view.batches(names, low, high):
            mine = wanted[slice(*np.searchsorted(wanted, (at, at + len(batch))))] - at
            if len(mine):
                yield batch if len(mine) == len(batch) else batch.take(pa.array(mine))
            at += len(batch)
