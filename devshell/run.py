"""`devshell run murmuration`: from a data set to the averages and their figure."""

import time
from pathlib import Path
from typing import Annotated, Literal

import pyarrow.csv
import typer

import murmuration as mm
from devshell.load import console, load
from devshell.options import EMBEDDED, Conductor, Dataset, Primes, window
from murmuration.types import Window

app = typer.Typer(help="Compute something from a data set.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def _group() -> None:
    """Compute something from a data set."""


@app.command()
def murmuration(
    dataset: Dataset = EMBEDDED,
    by: Annotated[str, typer.Option(help="Column to average by: rank, root_number or torsion.")] = "rank",
    conductor: Conductor = None,
    axis: Annotated[Literal["n", "p", "p/N"], typer.Option(help="What the averages run over.")] = "n",
    primes: Primes = 1000,
    output: Annotated[Path, typer.Option(help="Folder for the figure and the numbers.")] = Path("murmuration-out"),
) -> None:
    """Exact traces, murmuration averages with standard errors and counts, and their figure (PNG, SVG, CSV)."""
    from murmuration import figure  # matplotlib takes half a second that no other command should wait for

    chosen = window(conductor)
    began = time.perf_counter()
    table, traces = load(dataset, primes)
    traced = time.perf_counter()
    averages = mm.average_by_ratio if axis == "p/N" else mm.average
    means = averages(table, traces, by, chosen)
    files = figure.save(means, table, by, chosen, axis, _folder(output) / "murmuration")
    pyarrow.csv.write_csv(means, output / "murmuration.csv")
    _report(table, traces, by, chosen, traced - began)
    for file in [*files, output / "murmuration.csv"]:
        print(file)


def _folder(path: Path) -> Path:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise mm.MurmurationError(f"expected a folder to write to, got {path}: {error.strerror}") from None
    return path


def _report(table: mm.CurveTable, traces: mm.Traces, by: str, conductor: Window | None, seconds: float) -> None:
    low, high = conductor or (int(table.conductor.min()), int(table.conductor.max()))
    rows = table.window(low, high)
    console.print(f"{table.name}: {len(table):,} curves, {traces.values.size:,} traces in {seconds:.1f} s; "
                  f"{len(rows):,} curves with conductor {low:,} to {high:,}")  # fmt: skip
    values = table.category(by)[rows]
    for value in sorted(set(values.tolist())):
        console.print(f"  {by} {value}: {int((values == value).sum()):,} curves")
