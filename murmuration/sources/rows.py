"""From batches of rows as they are read to chunks: filters, one curve a class, the limit, and even lengths.

Everything here keeps at most a chunk and a batch, and eight bytes for each class seen.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from murmuration.sources.source import CORE, Chunk, Options
from murmuration.types import Bools, Int64s

CLASS_OF = r"^([0-9]+[A-Za-z]+|[0-9]+\.[a-z]+)[0-9]+$"
"""A label of Cremona's or of the LMFDB; its first group is the label of the class."""


@dataclass(frozen=True)
class Batch:
    """Rows as a reader yields them: columns of :data:`CORE` and extras, and where they stand.

    first: number of the first row in ``piece`` (1 for its first line or row), or of its line in the whole.
    """

    table: pa.Table
    piece: str
    unit: str
    first: int
    last: int


class Seen:
    """A set of 64-bit keys that grows by batches: sorted arrays, merged when they come near each other in length."""

    def __init__(self) -> None:
        self._runs: list[Int64s] = []

    def new(self, keys: Int64s) -> Bools:
        """Which of the keys come for the first time, in this batch or any before; all of them are remembered."""
        fresh = np.zeros(len(keys), dtype=bool)
        unique, first = np.unique(keys, return_index=True)
        old = np.zeros(len(unique), dtype=bool)
        for run in self._runs:
            at = np.minimum(np.searchsorted(run, unique), len(run) - 1)
            old |= run[at] == unique
        fresh[first[~old]] = True
        added = unique[~old]
        while len(added) and self._runs and len(self._runs[-1]) < 2 * len(added):
            added = np.union1d(self._runs.pop(), added)
        if len(added):
            self._runs.append(added)
        return fresh


def chunks(batches: Iterator[Batch], options: Options) -> Iterator[Chunk]:
    """The rows that the options want, in chunks of exactly ``options.rows`` (the last may be shorter)."""
    seen = None if options.every else Seen()
    waiting: list[Batch] = []
    held, offset = 0, 0
    left = options.limit if options.limit is not None else 2**63
    for batch in batches:
        kept = _first_of_class(_filtered(batch.table, options), seen)[:left]
        if not kept.num_rows:
            continue
        left -= kept.num_rows
        waiting.append(Batch(kept, batch.piece, batch.unit, batch.first, batch.last))
        held += kept.num_rows
        while held >= options.rows or (left == 0 and held):
            chunk, waiting = _cut(waiting, min(held, options.rows), offset)
            held -= chunk.table.num_rows
            offset += chunk.table.num_rows
            yield chunk
        if left == 0:
            return
    if held:
        yield _cut(waiting, held, offset)[0]


def core(columns: dict[str, pa.Array], length: int) -> pa.Table:
    """A table with all of :data:`CORE` first: missing ones null, a missing class read off the label."""
    given = dict(columns)
    if "class" not in given:
        given["class"] = pc.replace_substring_regex(given["label"].cast(pa.string()), CLASS_OF, r"\1")
    null = {"class": pa.string(), "label": pa.string(), "ainvs": pa.string()}
    for name in CORE:
        if name not in given:
            given[name] = pa.nulls(length, null.get(name, pa.int64()))
    return pa.table({name: given[name] for name in (*CORE, *(each for each in given if each not in CORE))})


def integers(column: pa.ChunkedArray) -> tuple[Int64s, Bools, Bools]:
    """Values (0 where there is none), whether each is null, and whether each is something else than an integer."""
    try:
        values, odd = column.cast(pa.int64()), np.zeros(len(column), dtype=bool)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):  # some are odd: they are told one by one
        whole = pc.fill_null(pc.match_substring_regex(column.cast(pa.string()), r"^[+-]?[0-9]{1,18}$"), True)
        odd = ~whole.to_numpy()
        values = pc.if_else(whole, column.cast(pa.string()), None).cast(pa.int64())
    null = values.is_null().to_numpy() & ~odd
    return pc.fill_null(values, 0).to_numpy(), null, odd


def _filtered(table: pa.Table, options: Options) -> pa.Table:
    """Rows in the window and of the ranks; a row without a model or with a value that is no integer stays."""
    if options.conductor is None and options.ranks is None:
        return table
    keep = np.ones(table.num_rows, dtype=bool)
    damaged = table["ainvs"].is_null().to_numpy()
    if options.conductor is not None:
        values, null, odd = integers(table["conductor"])
        keep &= odd | (~null & (values >= options.conductor[0]) & (values <= options.conductor[1]))
    if options.ranks is not None:
        values, null, odd = integers(table["rank"])
        keep &= odd | (~null & np.isin(values, sorted(options.ranks)))
    return table.filter(pa.array(keep | damaged))


def _first_of_class(table: pa.Table, seen: Seen | None) -> pa.Table:
    if seen is None or not table.num_rows:
        return table
    classes = pc.fill_null(table["class"].cast(pa.string()), "")
    keys = [hashlib.blake2b(each.encode(), digest_size=8).digest() for each in classes.to_pylist()]
    fresh = seen.new(np.frombuffer(b"".join(keys), dtype=np.int64))
    return table.filter(pa.array(fresh | table["ainvs"].is_null().to_numpy()))


def _cut(waiting: list[Batch], rows: int, offset: int) -> tuple[Chunk, list[Batch]]:
    taken, need = [], rows
    while need:
        batch = waiting.pop(0)
        taken.append(Batch(batch.table[:need], batch.piece, batch.unit, batch.first, batch.last))
        if batch.table.num_rows > need:
            waiting.insert(0, Batch(batch.table[need:], batch.piece, batch.unit, batch.first, batch.last))
        need -= taken[-1].table.num_rows
    first, last = taken[0], taken[-1]
    where = f"{first.piece}, {first.unit} {first.first:,} to "
    where += f"{last.last:,}" if last.piece == first.piece else f"{last.piece}, {last.unit} {last.last:,}"
    table = pa.concat_tables([each.table for each in taken]).combine_chunks()
    return Chunk(offset, table, where), waiting
