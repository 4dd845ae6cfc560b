"""Reading a data set and making its traces, with progress on the terminal."""

import sys
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

import murmuration as mm
from devshell.options import checked_primes

console = Console(stderr=True, highlight=False, soft_wrap=True)
"""What is said about the work goes to stderr; stdout holds results only."""


def load(path: Path, primes: int) -> tuple[mm.CurveTable, mm.Traces]:
    """The curves of a file and their traces. Raises DatasetError for what cannot be read."""
    checked_primes(primes)
    table = mm.read(path)
    columns = TextColumn("traces of Frobenius"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console, transient=True, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("traces", total=len(table) * primes)
        traces = mm.trace(table, primes, progress=lambda done, total: progress.update(task, completed=done))
    return table, traces
