"""Running a computation over the shards of a snapshot, in this process or by another way of computing a shard."""

import platform
import time
from collections.abc import Iterator
from typing import Protocol

from murmuration.computation.fold import Arrays, Fold, added
from murmuration.computation.part import part_of
from murmuration.computation.recipe import Recipe
from murmuration.computation.registry import begin
from murmuration.computation.result import Result, digest_of
from murmuration.cores import cores
from murmuration.errors import StoreError
from murmuration.store import SnapshotView, trace_fields
from murmuration.store.rows import primes_of
from murmuration.types import Progress


class Elsewhere(Protocol):
    """Another place for shards: a cluster."""

    @property
    def hardware(self) -> str:
        """Its hardware, in words."""

    def results(
        self, recipe: Recipe, view: SnapshotView, shards: list[tuple[int, int]]
    ) -> Iterator[tuple[int, Arrays]]:
        """Sums of the results of some shards, in any order, each with the number of its shards."""


def run(
    recipe: Recipe,
    view: SnapshotView,
    elsewhere: Elsewhere | None = None,
    progress: Progress = lambda done, total: None,
) -> Result:
    """Run a recipe over its snapshot. ``progress`` counts shards.

    Raises RecipeError for another snapshot, MurmurationError for parameters that the computation cannot use, and
    StoreError if the snapshot lacks columns or primes.
    """
    recipe.check(view)
    began = time.monotonic()
    fold = begin(recipe.name, recipe.parameters)
    check(fold, view)
    parts = shards(view, *recipe.rows)

    def counted() -> Iterator[Arrays]:
        here = ((1, over(recipe, view, *each)) for each in parts)
        done = 0
        for count, arrays in elsewhere.results(recipe, view, parts) if elsewhere else here:
            done += count
            progress(done, len(parts))
            yield arrays

    arrays = added(counted()) or fold.result()
    hardware = elsewhere.hardware if elsewhere else f"{cores()} cores of {platform.machine()}"
    return Result(recipe, arrays, digest_of(arrays), time.monotonic() - began, hardware)


def shards(view: SnapshotView, start: int = 0, stop: int | None = None) -> list[tuple[int, int]]:
    """The data files that hold some rows, as row ranges: a shard is read by one worker, which verifies its file."""
    stop = len(view) if stop is None else stop
    ranges = ((max(first, start), min(last, stop)) for first, last in view.spans())
    return [(first, last) for first, last in ranges if first < last]


def over(recipe: Recipe, view: SnapshotView, start: int, stop: int) -> Arrays:
    """The result over some rows, in this thread."""
    fold = begin(recipe.name, recipe.parameters)
    names = [*fold.columns, *trace_columns(view, fold.primes)]
    for batch in view.batches(names, start, stop):
        fold.add(part_of(batch, fold.primes))
    return fold.result()


def trace_columns(view: SnapshotView, primes: int) -> list[str]:
    """The trace columns that hold the first ``primes`` primes."""
    return [field.name for field in trace_fields(view.schema) if primes_of(field)[0] < primes]


def check(fold: Fold, view: SnapshotView) -> None:
    """Raises StoreError if the snapshot lacks a column or a prime that a computation needs."""
    held = sum(field.type.list_size for field in trace_fields(view.schema))
    if not 1 <= fold.primes <= held:
        raise StoreError(f"{view.name}: expected between 1 and the {held:,} primes of snapshot "
                         f"{view.snapshot.number}, got {fold.primes:,}")  # fmt: skip
    missing = [name for name in fold.columns if name not in view.schema.names]
    if missing:
        raise StoreError(f"{view.name}: expected the columns {', '.join(fold.columns)}, got none named {missing[0]}")
