"""Reading a data set and making its traces, or finding both in a store, with progress on the terminal."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

import murmuration as mm
from devshell.console import console
from devshell.options import checked_primes
from devshell.progress import Reporter
from murmuration import store
from murmuration.build import BLOCK, build, ingest_folder
from murmuration.ingest import PebbleEngine, summary
from murmuration.reading import collect
from murmuration.sources import Options, open_source
from murmuration.store import SnapshotView, Store, StoredTraces
from murmuration.table import joined
from murmuration.types import Int64s, Window

MOST = 100_000
"""Rows of a data set that is held in memory: 200 MB of traces at 1000 primes. Larger ones go to a store."""


@dataclass(frozen=True)
class Loaded:
    """Curves and their traces, and the view of the store that they come from, if any."""

    table: mm.CurveTable
    traces: mm.Traces | StoredTraces
    view: SnapshotView | None = None


def load(spec: str, options: Options, primes: int | None, lab: Path | None, held: ExitStack) -> Loaded:
    """The curves of a data set and their traces, 1000 primes if not said.

    At most :data:`MOST` rows are held in memory. More, and with ``lab`` any number, are ingested into a store with
    progress: into ``lab``, where they stay, else into a temporary one that lasts as long as ``held``. A data set that
    is in ``lab`` already is found there.

    Raises DatasetError for data that cannot be read or hold no good row, StoreError for a store of something else.
    """
    checked_primes(1000 if primes is None else primes)
    source = open_source(spec, options)
    if lab is None and (found := collect(source, spec, MOST)) is not None:
        if not len(found.table):
            raise mm.DatasetError(f"{spec}: {found.commonest}; no row is good")
        _say(found.table.note)
        return Loaded(found.table, _trace(found.table, 1000 if primes is None else primes))
    if lab is None:
        lab = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="murmuration-"))) / "store"
        console.print(f"{spec}: more than {MOST:,} rows, ingested into a temporary store; --store FOLDER keeps it")
    with Reporter(False) as report:
        built, made = build(source, options, lab, primes or 1000, PebbleEngine, report.ingest, report.traces)
    told = summary(ingest_folder(lab))
    _say("; ".join(told.remarks if told else source.remarks))
    if told and told.rows_quarantined:
        console.print(f"{told.rows_quarantined:,} of {told.rows_total:,} rows refused: {told.reason}")
    return _of(built, made.number, primes)


def _trace(table: mm.CurveTable, primes: int) -> mm.Traces:
    with _bar("traces of Frobenius") as progress:
        task = progress.add_task("traces", total=len(table) * primes)
        return mm.trace(table, primes, progress=lambda done, total: progress.update(task, completed=done))


def _say(note: str) -> None:
    if note:
        console.print(note)


def spoken(conductors: Int64s, window: Window | None = None) -> str:
    """Conductors in words, "11 to 389, 1 unknown": of a window, else of the curves; 0 stands for unknown."""
    known = conductors[conductors > 0]
    if window is not None:
        return f"{window[0]:,} to {window[1]:,}"
    if not len(known):
        return "unknown"
    unknown = len(conductors) - len(known)
    return f"{int(known.min()):,} to {int(known.max()):,}" + (f", {unknown:,} unknown" if unknown else "")


def stored(lab: Path, which: str | None, primes: int | None) -> Loaded:
    """The curves of a snapshot, under the name of their source, and its traces, which stay on the disk.

    ``which`` is a number or tag, None for the newest; ``primes`` None takes all it holds, up to 1000. Raises StoreError
    for a missing snapshot or too many primes.
    """
    return _of(store.open(lab), which, primes)


def _of(held: Store, which: int | str | None, primes: int | None) -> Loaded:
    view = held.checkout(which)
    known = sum(field.type.list_size for field in store.trace_fields(view.schema))
    traces = StoredTraces(view, primes or min(known, 1000))
    with _bar("curves") as progress:
        task = progress.add_task("curves", total=len(view))

        def parts() -> Iterator[mm.CurveTable]:
            for start in range(0, len(view), BLOCK):
                stop = min(start + BLOCK, len(view))
                yield view.table(start, stop)
                progress.update(task, completed=stop)

        table = joined(parts())
    source = held.source(view.snapshot.number)
    return Loaded(replace(table, name=source.name if source else view.name), traces, view)


def _bar(title: str) -> Progress:
    columns = TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    return Progress(*columns, console=console, transient=True, disable=not sys.stderr.isatty())
