"""From batches of rows as they are read to chunks: filters, one curve a class, the limit, and even lengths.

Everything here keeps at most a chunk and a batch, and eight bytes for each class seen.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
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


def chunks(
    batches: Iterator[Batch], options: Options, finish: Callable[[pa.Table], tuple[pa.Table, Bools]] | None = None
) -> Iterator[Chunk]:
    """The rows that the options want, in chunks of exactly ``options.rows`` (the last may be shorter).

    ``finish`` takes the rows of a batch to their final columns and says which of them are sound. One curve of each
    class is chosen among the sound rows; every other row that is not sound is passed on, to be refused by name.
    """
    seen = None if options.every else Seen()
    waiting: list[Batch] = []
    held, offset = 0, 0
    left = options.limit if options.limit is not None else 2**63
    for batch in batches:
        table, sound = finish(batch.table) if finish is not None else (batch.table, None)
        kept = _chosen(table, sound, options, seen)[:left]
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


def with_bad(table: pa.Table, bad: Sequence[tuple[str, str]]) -> pa.Table:
    """The table and, after it, a row for each line that is not a row: its text as the label, its fault in refused."""
    if not bad:
        return table
    lines, faults = zip(*bad, strict=True)
    rows = pa.table({"label": pa.array(lines, pa.string()), "refused": pa.array(faults, pa.string())})
    return pa.concat_tables([table, rows], promote_options="default")


def conductor_of(labels: pa.Array) -> pa.Array:
    """The conductor that a label of Cremona's or of the LMFDB begins with, as text; null for other labels."""
    good = pc.match_substring_regex(labels, CLASS_OF)
    return pc.if_else(good, pc.replace_substring_regex(labels, r"^([0-9]+).*$", r"\1"), pa.scalar(None, pa.string()))


def _chosen(table: pa.Table, sound: Bools | None, options: Options, seen: Seen | None) -> pa.Table:
    """Rows in the window and of the ranks, one sound row of each class; damaged rows and odd values stay."""
    keep = np.ones(table.num_rows, dtype=bool)
    damaged = table["ainvs"].is_null().to_numpy()
    if options.conductor is not None:
        values, null, odd = integers(table["conductor"])
        keep &= odd | (~null & (values >= options.conductor[0]) & (values <= options.conductor[1]))
    if options.ranks is not None:
        values, null, odd = integers(table["rank"])
        keep &= odd | (~null & np.isin(values, sorted(options.ranks)))
    keep |= damaged
    if seen is not None and table.num_rows:
        classes = pc.fill_null(table["class"].cast(pa.string()), "")
        keys = [hashlib.blake2b(each.encode(), digest_size=8).digest() for each in classes.to_pylist()]
        asked = np.flatnonzero(keep & (~damaged if sound is None else sound))
        keep[asked] = seen.new(np.frombuffer(b"".join(keys), dtype=np.int64)[asked])
    return table.filter(pa.array(keep))


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
    table = _together([each.table for each in taken])
    return Chunk(offset, table, where), waiting


def _together(tables: list[pa.Table]) -> pa.Table:
    """The rows of all; a column that is numbers in some and text in others, for one odd value, becomes text."""
    types: dict[str, set[str]] = {}
    for each in tables:
        for field in each.schema:
            types.setdefault(field.name, set()).add(str(field.type))
    mixed = {name for name, kinds in types.items() if len(kinds - {"null"}) > 1}
    alike = [
        each.cast(pa.schema([field.with_type(pa.string()) if field.name in mixed else field for field in each.schema]))
        for each in tables
    ]
    return pa.concat_tables(alike, promote_options="default").combine_chunks()
