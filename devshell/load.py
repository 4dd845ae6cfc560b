"""Reading a data set and making its traces, or finding both in a store, with progress on the terminal."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

import murmuration as mm
from devshell.options import checked_primes
from murmuration import store
from murmuration.build import BLOCK
from murmuration.store import StoredTraces
from murmuration.table import joined

console = Console(stderr=True, highlight=False, soft_wrap=True)
"""What is said about the work goes to stderr; stdout holds results only."""


def load(path: Path, primes: int) -> tuple[mm.CurveTable, mm.Traces]:
    """The curves of a file and their traces. Raises DatasetError for what cannot be read."""
    checked_primes(primes)
    table = mm.read(path)
    with _bar("traces of Frobenius") as progress:
        task = progress.add_task("traces", total=len(table) * primes)
        traces = mm.trace(table, primes, progress=lambda done, total: progress.update(task, completed=done))
    return table, traces


def stored(lab: Path, which: str | None, primes: int | None) -> tuple[mm.CurveTable, StoredTraces]:
    """The curves of a snapshot, under the name of what they were made from, and its traces, which stay on the disk.

    ``which`` is a number or tag, None for the newest; ``primes`` None takes all it holds, up to 1000. Raises StoreError
    for what is not there.
    """
    held = store.open(lab)
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
    return replace(table, name=source.name if source else view.name), traces


def _bar(what: str) -> Progress:
    columns = TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    return Progress(*columns, console=console, transient=True, disable=not sys.stderr.isatty())
