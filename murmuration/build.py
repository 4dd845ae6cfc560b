"""Build: from a source to a committed snapshot (ingest, exact traces, store), one block of rows in memory at a time.

An interrupted build resumes when it is called again: settled chunks are not checked again, and an existing snapshot is
found by its inputs and not made twice.
"""

import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from murmuration import store
from murmuration.errors import StoreError
from murmuration.ingest import Engine, ingest, merge, summary
from murmuration.ingest import Progress as IngestProgress
from murmuration.ingest.ledger import NAME as LEDGER
from murmuration.ingest.ledger import reading
from murmuration.sources import Options, Source
from murmuration.sources.cremona import FULL, MINI
from murmuration.store import Inputs, Snapshot, Store
from murmuration.table import CurveTable, trusted
from murmuration.traces import trace
from murmuration.types import Progress

BLOCK = 65_536
"""Maximum number of rows that are traced and committed together: 131 MB at 1000 primes."""

_BYTES = 2**30
"""Maximum size of the traces in memory: with all primes below 2^20, those of 6,545 rows."""


def build(
    source: Source,
    options: Options,
    lab: Path,
    primes: int,
    engine: Callable[[], Engine],
    ingesting: Callable[[IngestProgress], None],
    tracing: Progress,
) -> tuple[Store, Snapshot]:
    """A snapshot of a source with its traces at the first ``primes`` primes, and the store at ``lab`` that holds it.

    ``options`` are those the source was opened with. The engine starts only when there is something to ingest. A store
    of Cremona's small tables is continued with all of them. Raises StoreError if the store holds something else.
    """
    began = time.monotonic()
    wanted, what = inputs(source, options, primes), describe(source, options, primes)
    held = store.ensure(lab)
    if (found := held.built_from(wanted)) is not None:
        return held, found
    there = held.snapshots()
    grown = next((each for each in there if _grows(each, source, wanted)), None)
    if there and grown is None:
        raise StoreError(f"{lab}: expected an empty store or one of {what}; it holds {there[-1].what}: name "
                         "another with --store")  # fmt: skip
    folder = ingest_folder(lab)
    if grown is not None:
        _set_aside(folder, grown)
    with engine() as workers:
        last: IngestProgress | None = None
        for last in ingest(source, folder, workers):
            ingesting(last)
    if last is None or last.rows_done == 0:
        told = summary(folder)
        reason = told.reason if told and told.reason else "expected at least one curve, got none"
        raise StoreError(f"{source.name}: {reason}; no row is good: devshell quarantine --run {folder}")
    batches = _traced(merge(folder), source, primes, last.rows_done, tracing)
    made = held.append(
        batches, what, source.fingerprint, time.monotonic() - began, wanted, curves=True, alone=grown is not None
    )
    shutil.rmtree(folder / "chunks", ignore_errors=True)  # the ledger stays, with the quarantined records
    return held, made


def _grows(one: Snapshot, source: Source, wanted: Inputs) -> bool:
    """Whether a snapshot is of Cremona's small tables, and the source all of them, with the same options and primes."""
    if one.source is None or one.untrusted or source.untrusted:
        return False
    small = Inputs(one.source.sha256, wanted.options, wanted.primes)
    return (one.source.name, source.name) == (MINI.stem, FULL.stem) and one.built_from(small)


def _set_aside(folder: Path, grown: Snapshot) -> None:
    """Keep the ledger of the small tables beside that of all."""
    if (folder / LEDGER).exists() and grown.source is not None:
        with reading(folder) as ledger:
            mine = ledger.source()["sha256"] == grown.source.sha256
        if mine:
            folder.rename(folder.with_name(f"{folder.name}.{grown.source.name}"))


_UNRELATED = {"rows", "labels"}
"""Options that select nothing: the size of a chunk, and the file of labels, which the source's digest covers."""


def inputs(source: Source, options: Options, primes: int) -> Inputs:
    """The identity of a build: the source's digest, the options that are not at their default, and the primes."""
    chosen = {each.name: getattr(options, each.name) for each in fields(options)}
    changed = {each.name for each in fields(options) if chosen[each.name] != each.default} - _UNRELATED
    as_data = {name: _plain(chosen[name]) for name in changed - {"columns"}}
    if options.mapping:
        as_data["columns"] = options.mapping
    return Inputs(source.fingerprint.sha256, as_data, primes)


def _plain(value: Any) -> Any:
    """An option's value as JSON has it."""
    if isinstance(value, frozenset):
        return sorted(value)
    return list(value) if isinstance(value, tuple) else value


def describe(source: Source, options: Options, primes: int) -> str:
    """The inputs of a build in words, for a listing of snapshots."""
    words = [source.kind]
    if options.conductor:
        words.append(f"conductor {options.conductor[0]:,} to {options.conductor[1]:,}")
    if options.ranks is not None:
        words.append(f"rank {', '.join(map(str, sorted(options.ranks)))}")
    if options.every:
        words.append("every curve")
    if options.labels:
        words.append("with the LMFDB's labels")
    if options.pari:
        words.append("with conductor and root number")
    if options.mapping:
        words.append(", ".join(f"{ours} from {theirs}" for ours, theirs in sorted(options.mapping.items())))
    if options.limit:
        words.append(f"{options.limit:,} rows")
    return f"{source.name} ({', '.join(words)}); traces at the first {primes:,} primes"


def ingest_folder(lab: Path) -> Path:
    """The folder of a store's ingest: its ledger and its files."""
    return lab.with_name(f"{lab.name}.ingest")


def _traced(
    tables: Iterator[pa.Table], source: Source, primes: int, total: int, tracing: Progress
) -> Iterator[pa.RecordBatch]:
    done = 0
    for block in _blocks(tables, _rows(primes)):
        # The workers of the ingest checked these rows, and merge() verified their files.
        table = _with_provenance(_with_extras(trusted(block, source.name), block), source)
        yield from store.batches(table, trace(table, primes))
        done += len(table)
        tracing(done, total)


def _with_extras(table: CurveTable, block: pa.Table) -> CurveTable:
    """The table with the source's further columns (regulator, other labels, ...), null where a value is unknown."""
    columns = table.columns
    for name in block.column_names:
        if name not in columns.column_names:
            columns = columns.append_column(name, block[name])
    return replace(table, columns=columns)


def _with_provenance(table: CurveTable, source: Source) -> CurveTable:
    """Each column with its provenance (proved, conditional, numerical, generated) in its field's metadata.

    A root number that the source does not give follows from the rank, by parity, and has the provenance of the rank.
    """
    known = {"root_number": source.provenance.get("rank", "conditional"), **source.provenance}
    fields = [
        field.with_metadata({"provenance": known[field.name]}) if field.name in known else field
        for field in table.columns.schema
    ]
    return replace(table, columns=table.columns.cast(pa.schema(fields)))


def _rows(primes: int) -> int:
    """Number of rows that are in memory together with their traces."""
    return min(BLOCK, max(1, _BYTES // (2 * primes)))


def _blocks(tables: Iterator[pa.Table], rows: int) -> Iterator[pa.Table]:
    waiting: list[pa.Table] = []
    for table in tables:
        waiting.append(table)
        while sum(map(len, waiting)) >= rows:
            together = pa.concat_tables(waiting)
            yield together[:rows]
            waiting = [together[rows:]] if len(together) > rows else []
    if waiting:
        yield pa.concat_tables(waiting)
