"""Ingest: the rows of a source, checked by workers that may die, into files, each row once and none lost."""

import hashlib
import time
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from murmuration.errors import DatasetError
from murmuration.ingest.checks import check, validate
from murmuration.ingest.dissect import BUDGET, dissect
from murmuration.ingest.duplicates import duplicates
from murmuration.ingest.engine import Engine, Outcome
from murmuration.ingest.files import packed, read, sound, sweep
from murmuration.ingest.ledger import Entry, Ledger, opened
from murmuration.ingest.progress import Progress
from murmuration.ingest.task import NOTHING, Failure, Limits, Receipt, Task, Work
from murmuration.ingest.worker import bad, run, said
from murmuration.sources.source import MOST_ROWS, Chunk, Source

_AHEAD = 2
"""Chunks under way for each worker: one at work, one that waits at its door."""

_TRIES = 3
"""How often a chunk is looked at alone before it goes to quarantine whole."""


def ingest(
    source: Source,
    folder: Path,
    engine: Engine,
    work: Work = validate,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    every: float = 0.2,
) -> Generator[Progress, None, None]:
    """Bring a source into a folder; go on where an earlier run over it stopped, however it stopped.

    Yields the progress every so many seconds and at the end, each time after it is on the disk. Closing the
    iterator, or Ctrl-C, stops. Settled chunks are read by :func:`murmuration.ingest.merge`.

    Raises DatasetError when the source cannot be read, is another than the folder's, or changed; StoreError when the
    folder cannot be written, or another process holds it. Nothing that a record does raises: it goes to quarantine.
    """
    with opened(folder, create=True) as ledger:
        ledger.begin(_record(source))
        _recover(ledger)
        sitting = _Run(source, ledger, engine, work, limits)
        with closing(_entries(source)) as chunks:
            yield from sitting.go(chunks, every)


@dataclass
class _Run:
    """One session of an ingest: the chunks in flight, and its start."""

    source: Source
    ledger: Ledger
    engine: Engine
    work: Work
    limits: Limits
    began: float = field(default_factory=time.monotonic)
    before: int = 0
    deaths: int = 0
    flying: dict[int, tuple[Chunk, int]] = field(default_factory=dict)

    def go(self, chunks: Iterator[tuple[Entry, Chunk]], every: float) -> Iterator[Progress]:
        self.before = self._settled()
        more, told = True, -every
        while more or self.flying:
            more = more and self._fill(chunks)
            for outcome in self.engine.wait(every) if self.flying else []:
                self._take(outcome)
            self.ledger.commit()
            if time.monotonic() - told >= every:
                told = time.monotonic()
                yield self._progress(more)
        self._complete()
        duplicates(self.ledger)
        self.ledger.remark(self.source.remarks)
        self.ledger.commit()
        sweep(self.ledger.folder, {file.name for _, file in self.ledger.settled()})
        yield self._progress(False)

    def _fill(self, chunks: Iterator[tuple[Entry, Chunk]]) -> bool:
        """Read on until the workers have enough; whether there may be more."""
        while len(self.flying) < _AHEAD * self.engine.workers:
            entry, chunk = next(chunks, (None, None))
            if entry is None or chunk is None:
                return False
            if not self.ledger.read(entry):
                self.flying[entry.number] = chunk, 0
                self.engine.submit(run, self._task(entry.number), self.limits.seconds)
        return True

    def _take(self, outcome: Outcome) -> None:
        """Verify a receipt and record it; dissect a task that failed."""
        number, result = outcome.task.chunk, outcome.result
        if number not in self.flying:
            return
        chunk, tries = self.flying[number]
        if isinstance(result, Receipt):
            try:
                _verify(result, chunk, self.ledger.folder)
            except DatasetError as error:
                result = Failure(said(error))
        if isinstance(result, Receipt):
            self.deaths += result.deaths
            self.ledger.settle(result)
            del self.flying[number]
        elif result.fatal is not None:
            raise result.fatal
        elif tries < _TRIES:
            self.flying[number] = chunk, tries + 1
            self.engine.submit(dissect, outcome.task, (BUDGET + 2) * self.limits.seconds)
        else:
            rows = [bad(chunk.table[i : i + 1], chunk.offset + i, result.cause, result.code, result.pid)
                    for i in range(chunk.table.num_rows)]  # fmt: skip
            self.ledger.settle(Receipt(number, NOTHING, tuple(rows), result.pid or 0))
            del self.flying[number]

    def _task(self, number: int) -> Task:
        chunk = self.flying[number][0]
        offsets = range(chunk.offset, chunk.offset + chunk.table.num_rows)
        return Task(number, offsets, packed(chunk.table), self.ledger.folder.absolute(), self.work, self.limits)

    def _settled(self) -> int:
        counts = self.ledger.counts()
        return counts.done + counts.quarantined

    def _progress(self, more: bool) -> Progress:
        counts = self.ledger.counts()
        total = self.source.total if more and self.source.total is not None else counts.read
        pending = counts.pending + total - counts.read
        speed = (self._settled() - self.before) / max(time.monotonic() - self.began, 1e-9)
        known = self.source.total is not None or not more
        left = pending / speed if speed and known else None
        restarts = self.engine.restarts + self.deaths
        return Progress(total, counts.done, counts.quarantined, pending, speed, left, restarts)

    def _complete(self) -> None:
        counts = self.ledger.counts()
        if self.source.total not in (None, counts.read):
            raise DatasetError(f"{self.source.name}: expected {self.source.total:,} rows, got {counts.read:,}: was the "
                               "source cut short?")  # fmt: skip


def _entries(source: Source) -> Generator[tuple[Entry, Chunk], None, None]:
    """The chunks with their ledger entries. Raises DatasetError for a malformed chunk."""
    offset = 0
    for number, chunk in enumerate(source.chunks()):
        rows = chunk.table.num_rows
        if not 1 <= rows <= MOST_ROWS or chunk.offset != offset:
            raise DatasetError(f"{chunk.where}: expected 1 to {MOST_ROWS:,} rows from offset {offset:,} on, got "
                               f"{rows:,} from {chunk.offset:,}")  # fmt: skip
        offset += rows
        labels = pc.fill_null(chunk.table["label"].cast(pa.string()), "")
        digest = hashlib.sha256("\n".join(labels.to_pylist()).encode()).hexdigest()
        yield Entry(number, chunk.offset, rows, digest, chunk.where), chunk


def _verify(receipt: Receipt, chunk: Chunk, folder: Path) -> None:
    """Read a worker's file. Raises DatasetError unless it holds the chunk's rows without the bad ones."""
    out = {each.offset - chunk.offset for each in receipt.bad}
    kept = [i for i in range(chunk.table.num_rows) if i not in out]
    if len(out) != len(receipt.bad) or len(kept) + len(out) != chunk.table.num_rows or receipt.file.rows != len(kept):
        raise DatasetError(f"{chunk.where}: expected a receipt for {chunk.table.num_rows:,} rows, got "
                           f"{receipt.file.rows:,} good and {len(receipt.bad):,} bad")  # fmt: skip
    if kept:
        check(read(folder, receipt.file), chunk.table.take(pa.array(kept)) if out else chunk.table)


def _recover(ledger: Ledger) -> None:
    """After an interrupted run: drop stray files, and reopen chunks whose files are gone or damaged."""
    settled = ledger.settled()
    for entry, file in settled:
        if file != NOTHING and not sound(ledger.folder, file):
            ledger.reopen(entry.number)
    ledger.commit()
    sweep(ledger.folder, {file.name for _, file in ledger.settled()})


def _record(source: Source) -> dict[str, Any]:
    """The record of a source that the ledger holds before its first row is used."""
    return {
        "name": source.name,
        "kind": source.kind,
        "sha256": source.fingerprint.sha256,
        "merkle": source.fingerprint.merkle,
        "untrusted": source.untrusted,
        "provenance": dict(source.provenance),
        "note": source.note,
        "total": source.total,
    }
