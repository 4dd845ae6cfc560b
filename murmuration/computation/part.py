"""Part: some rows of a snapshot, as arrays."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from murmuration import primes as _primes
from murmuration.store import rows as _rows
from murmuration.store import trace_fields
from murmuration.store.rows import INT8, as_lists
from murmuration.store.view import values_of
from murmuration.table import UNKNOWN
from murmuration.traces import TraceParts, Traces
from murmuration.types import Int16s, Int64s


@dataclass(frozen=True)
class Part:
    """n consecutive rows: their traces at the first primes, and the other columns as an Arrow batch."""

    traces: Traces
    batch: pa.RecordBatch

    def __len__(self) -> int:
        return len(self.traces.values)

    @property
    def conductor(self) -> Int64s:
        """int64 (n,), 0 if unknown."""
        column: Int64s = pc.fill_null(self.batch["conductor"], 0).to_numpy(zero_copy_only=False)
        return column

    def category(self, name: str) -> Int16s:
        """A categorical column, int16 (n,), UNKNOWN where it is null."""
        column = self.batch[name].cast(pa.int16())
        values: Int16s = pc.fill_null(column, UNKNOWN).to_numpy(zero_copy_only=False)
        return values


def part_of(batch: pa.RecordBatch, primes: int) -> Part:
    """A part from a batch of a snapshot, with the traces at its first ``primes`` primes: int8 up to p = 4027."""
    values = values_of(batch, trace_fields(batch.schema))[:, :primes]
    narrow = values.astype(np.int8) if primes <= INT8 else np.ascontiguousarray(values)
    return Part(Traces(_primes.first(primes), narrow), batch)


def batches_of(traces: TraceParts, rows: Int64s) -> Iterator[pa.RecordBatch]:
    """The traces of some rows as batches that :func:`part_of` takes, without other columns."""
    schema = pa.schema(_rows.trace_fields(len(traces.primes)))
    for _, values in traces.parts(rows):
        columns = (as_lists(values[:, slice(*_rows.primes_of(field))], field) for field in schema)
        yield pa.record_batch(list(columns), schema=schema)
