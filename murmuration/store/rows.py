"""The layout of curves and traces in a store: the columns of the table, and traces as lists of fixed length.

Up to p = 4027 a trace fits in int8, above it needs int16: two columns save a quarter of the bytes at 1000 primes. The
field's metadata ``primes`` names the primes of a column as START:STOP in the sequence 2, 3, 5, ...
"""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from murmuration import primes as _primes
from murmuration.errors import StoreError
from murmuration.table import CurveTable
from murmuration.traces import Traces
from murmuration.types import Values

INT8 = 557
"""The number of primes up to 4027, whose traces fit in int8."""

BATCH = 8192
"""Maximum number of rows of a batch."""

BATCH_BYTES = 2**24
"""Approximate maximum size of a batch: with all primes below 2^20, a hundred rows."""

_NONE = np.empty((0, 0), dtype=np.int16)


def batches(table: CurveTable, traces: Traces | None = None) -> Iterator[pa.RecordBatch]:
    """The rows of a table with their traces, for a store. Raises StoreError unless the primes are the first k."""
    values, fields = (traces.values, trace_fields(len(traces.primes))) if traces else (_NONE, [])
    if traces and not np.array_equal(traces.primes, _primes.first(len(traces.primes))):
        raise StoreError("expected traces at the first k primes, got others; trace the table again")
    schema = pa.schema([*table.columns.schema, *fields])
    rows = batch_rows(schema)
    for start in range(0, len(table), rows):
        part = table.columns.slice(start, rows).combine_chunks()
        columns = [chunked.chunk(0) if chunked.num_chunks else chunked.combine_chunks() for chunked in part.columns]
        for field in fields:
            first, last = primes_of(field)
            columns.append(as_lists(values[start : start + rows, first:last], field))
        yield pa.record_batch(columns, schema=schema)


def batch_rows(schema: pa.Schema) -> int:
    """Number of rows of a batch."""
    return min(BATCH, max(1, BATCH_BYTES // row_bytes(schema)))


def row_bytes(schema: pa.Schema) -> int:
    """Approximate size of a row in bytes."""
    return sum(_width(field.type) for field in schema)


def _width(kind: pa.DataType) -> int:
    if pa.types.is_fixed_size_list(kind):
        return int(kind.list_size) * _width(kind.value_type)
    return (kind.bit_width + 7) // 8 if pa.types.is_primitive(kind) else 32


def trace_fields(primes: int) -> list[pa.Field]:
    """The columns that hold traces at the first ``primes`` primes."""
    fields = []
    for name, kind, start, stop in (("traces", pa.int8(), 0, min(primes, INT8)),
                                    ("traces_above", pa.int16(), INT8, primes)):  # fmt: skip
        if start < stop:
            metadata = {"primes": f"{start}:{stop}"}
            fields.append(pa.field(name, pa.list_(kind, stop - start), metadata=metadata))
    return fields


def as_lists(values: Values, field: pa.Field) -> pa.FixedSizeListArray:
    """Traces (rows, k) as a column of a field's type. Raises StoreError if they do not fit."""
    kind = np.dtype(field.type.value_type.to_pandas_dtype())
    flat = np.ascontiguousarray(values, dtype=kind).ravel()
    if kind == np.int8 and values.size and (values.min() < -128 or values.max() > 127):
        raise StoreError(f"{field.name}: expected |a_p| <= 126, got {values.min()} to {values.max()}; nothing was "
                         "committed")  # fmt: skip
    return pa.FixedSizeListArray.from_arrays(pa.array(flat), type=field.type)


def holds_traces(field: pa.Field) -> bool:
    """Whether a column holds traces: all lists of int8 or int16 of fixed length do."""
    return pa.types.is_fixed_size_list(field.type) and field.type.value_type in (pa.int8(), pa.int16())


def primes_of(field: pa.Field) -> tuple[int, int]:
    """The primes of a trace column: index of the first, and of one past the last, counted from 0."""
    size = field.type.list_size
    text = (field.metadata or {}).get(b"primes", f"0:{size}".encode()).decode()
    start, _, stop = text.partition(":")
    if not (start.isdigit() and stop.isdigit() and int(stop) - int(start) == size and int(stop) <= _primes.MOST):
        raise StoreError(f"{field.name}: expected the metadata primes as START:STOP, {size} apart, got {text!r}")
    return int(start), int(stop)
