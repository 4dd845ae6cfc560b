"""Batches on their way into a snapshot: counted, checked by the guards, all of one schema."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

import pyarrow as pa

from murmuration.errors import StoreError
from murmuration.store import guards
from murmuration.store.rows import primes_of
from murmuration.store.view import trace_fields

Point: TypeAlias = Literal["locked", "batch", "written", "versioned", "synced", "inserted", "committed"]

POINTS: tuple[Point, ...] = ("locked", "batch", "written", "versioned", "synced", "inserted", "committed")
"""The steps of a commit that :attr:`Store.at` is called after ("batch": after every batch)."""


@dataclass
class Counted:
    """Batches that pass the guards, and the number of their rows so far; the first is row ``first`` of the snapshot."""

    batches: Iterator[pa.RecordBatch]
    first: int
    at: Callable[[Point], None]
    rows: int = 0

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        for batch in self.batches:
            guards.check(batch, self.first + self.rows)
            self.rows += len(batch)
            self.at("batch")
            yield batch


def chain(first: pa.RecordBatch, rest: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """A batch and those after it. Raises StoreError for one of another schema."""
    yield first
    for batch in rest:
        same_schema(batch.schema, first.schema)
        yield batch


def same_schema(came: pa.Schema, expected: pa.Schema) -> None:
    """Raises StoreError, naming the column, unless the schemas are equal and hold traces at the same primes."""
    for one in trace_fields(expected):
        got = came.field(one.name) if one.name in came.names else one
        if got.type == one.type and primes_of(got) != primes_of(one):
            raise StoreError(f"{one.name}: expected traces at the primes {primes_of(one)}, got {primes_of(got)}; "
                             "nothing was committed")  # fmt: skip
    if not came.equals(expected):
        for one in expected:
            if one.name not in came.names or came.field(one.name).type != one.type:
                kind = came.field(one.name).type if one.name in came.names else "none"
                raise StoreError(f"expected the column {one.name} of {one.type}, got {kind}; nothing was committed")
        raise StoreError(f"expected the columns {', '.join(expected.names)} in this order, got "
                         f"{', '.join(came.names)}; nothing was committed")  # fmt: skip
