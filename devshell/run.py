"""`devshell run murmuration`: from a data set to a committed snapshot, its averages and their figure."""

import re
import time
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import typer

import murmuration as mm
from devshell.load import console
from devshell.options import EMBEDDED, Conductor, Primes, checked_primes, window
from devshell.progress import Reporter
from murmuration import build, store
from murmuration.averages import average_parts, average_parts_by_ratio
from murmuration.ingest import DaskEngine, PebbleEngine, Tls
from murmuration.sources import Options, open_source
from murmuration.store import Certificate, View
from murmuration.table import CATEGORICAL, UNKNOWN
from murmuration.types import Int64s, Window

app = typer.Typer(help="Compute something from a data set.", no_args_is_help=True, rich_markup_mode=None)

Dataset = Annotated[
    str,
    typer.Option(
        help="A file, folder or archive of curves, 'cremona' (the installed database), or 'height:2^18' (a family).",
        show_default="embedded",
    ),
]


@app.callback()
def _group() -> None:
    """Compute something from a data set."""


@app.command()
def murmuration(
    dataset: Dataset = str(EMBEDDED),
    by: Annotated[str, typer.Option(help="Column to average by: rank, root_number or torsion.")] = "rank",
    conductor: Conductor = None,
    axis: Annotated[Literal["n", "p", "p/N"], typer.Option(help="What the averages run over.")] = "n",
    primes: Primes = 1000,
    output: Annotated[Path, typer.Option(help="Folder for the store, the figure and the numbers.")] = Path(
        "murmuration-out"
    ),
    lab: Annotated[
        Path | None, typer.Option("--store", help="Folder of the store.", show_default="in the output")
    ] = None,
    every: Annotated[bool, typer.Option("--every", help="All curves, not one of each isogeny class.")] = False,
    limit: Annotated[int | None, typer.Option(help="At most so many rows.")] = None,
    columns: Annotated[str, typer.Option(help="How the file calls our columns: label=lmfdb_label,...")] = "",
    verify: Annotated[int, typer.Option(help="Recompute so many random traces and record the outcome.")] = 0,
    take_conductor: Annotated[
        str | None, typer.Option(help="Ingest only conductors of this window.", metavar="LOW:HIGH")
    ] = None,
    take_rank: Annotated[str | None, typer.Option(help="Ingest only these ranks.", metavar="0,1,...")] = None,
    labels: Annotated[
        Path | None, typer.Option(help="ecdata's alllabels, to join the LMFDB's labels.", metavar="FILE")
    ] = None,
    arithmetic: Annotated[
        bool, typer.Option("--arithmetic", help="Of height families also conductor and root number, by PARI.")
    ] = False,
    scheduler: Annotated[
        str | None, typer.Option(help="Address of a Dask scheduler, for ingest on more machines.")
    ] = None,
    tls: Annotated[
        tuple[Path, Path, Path] | None, typer.Option(help="For tls:// schedulers.", metavar="CA CERTIFICATE KEY")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line on stdout.")] = False,
) -> None:
    """Exact traces, a committed snapshot, murmuration averages with standard errors, and their figure (PNG, SVG, CSV).

    Stopped with Ctrl-C, the same command goes on where it stopped.
    """
    checked_primes(primes)
    chosen = window(conductor)
    if by not in CATEGORICAL:
        raise mm.DatasetError(f"expected --by one of {', '.join(CATEGORICAL)}, got {by!r}")
    began = time.monotonic()
    options = Options(window(take_conductor), _ranks(take_rank), every, limit, columns, labels=labels, pari=arithmetic)
    source = open_source(dataset, options)
    _folder(output)
    folder = lab or output / "store"
    with Reporter(as_json) as report:
        engine = (lambda: DaskEngine(scheduler, Tls(*tls) if tls else None)) if scheduler else PebbleEngine
        made = build.build(source, options, folder, primes, engine, report.ingest, report.traces)
    held = store.open(folder)
    view = held.checkout(made.number)
    if report.quarantined:
        console.print(
            f"{report.quarantined:,} records in quarantine: devshell quarantine --run {build.ingest_folder(folder)}"
        )
    certificate = held.verify(made.number, verify) if verify else None
    files = _figure(view, by, chosen, axis, output / "murmuration", source.name)
    _say(view, source.note, certificate)
    report.finish(
        {
            "snapshot": made.number,
            "untrusted": made.untrusted,
            "seconds": round(time.monotonic() - began, 2),
            "files": list(map(str, files)),
        }
    )
    if not as_json:
        for file in files:
            print(file)


def _ranks(text: str | None) -> frozenset[int] | None:
    if text is None:
        return None
    if not re.fullmatch(r"\d{1,2}(,\d{1,2})*", text):
        raise mm.DatasetError(f"expected --take-rank as 0,1,..., got {text[:40]!r}")
    return frozenset(map(int, text.split(",")))


def _figure(view: View, by: str, conductor: Window | None, axis: Any, path: Path, name: str) -> list[Path]:
    """The averages as a figure and as numbers."""
    from murmuration import figure  # matplotlib takes half a second that no other command should wait for

    inside, values = _inside(view, by, conductor)
    parts = build.parts(view)
    if axis == "p/N":
        if not inside.min():
            raise mm.DatasetError(f"expected conductors for --axis p/N, but those of {name} are unknown: choose n or p")
        top = float(view.traces(0, 1).primes[-1]) / float(inside.max())
        means = average_parts_by_ratio(parts, top, by, conductor)
    else:
        means = average_parts(parts, by, conductor)
    low, high = conductor or (int(inside.min()), int(inside.max()))
    subject = f"{name}, conductor {low:,} to {high:,}" if inside.min() else name
    counts = dict(zip(*(each.tolist() for each in np.unique(values, return_counts=True)), strict=True))
    try:
        files = figure.save(means, subject, by, counts, axis, path)
        pyarrow.csv.write_csv(means, path.with_suffix(".csv"))
    except OSError as error:
        raise mm.MurmurationError(f"expected to write {path}.png, .svg and .csv, got: {error}") from None
    console.print(f"{subject}: {len(inside):,} curves")
    for value, count in counts.items():
        console.print(f"  {by} {'unknown' if value == UNKNOWN else value}: {count:,} curves")
    return [*files, path.with_suffix(".csv")]


def _inside(view: View, by: str, conductor: Window | None) -> tuple[Int64s, Int64s]:
    """Conductors and values of the curves in a window."""
    conductors, values = _column(view, "conductor", 0), _column(view, by, UNKNOWN)
    low, high = conductor or (0, 2**62)
    inside = (conductors >= low) & (conductors <= high)
    if not inside.any():
        raise mm.DatasetError(f"expected --conductor to hold curves, got {low}:{high}; the data set has "
                              f"conductors {conductors.min():,} to {conductors.max():,}")  # fmt: skip
    return conductors[inside], values[inside]


def _column(view: View, name: str, unknown: int) -> Int64s:
    """A column of whole numbers, ``unknown`` where the data set does not know it."""
    column: Int64s = pc.fill_null(view.columns([name])[name].cast(pa.int64()), unknown).to_numpy()
    return column


def _say(view: View, note: str, certificate: Certificate | None) -> None:
    snapshot = view.snapshot
    trust = "untrusted" if snapshot.untrusted else "trusted"
    console.print(f"snapshot {snapshot.number}: {snapshot.rows:,} rows, {snapshot.seconds:.1f} s of work, {trust}")
    console.print(f"  {snapshot.what}")
    if certificate is not None:
        console.print(f"  {certificate.pairs:,} random pairs recomputed by {certificate.by}: {certificate.wrong} wrong")
    if note:
        console.print(f"  {note}")


def _folder(path: Path) -> Path:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise mm.MurmurationError(f"expected a folder to write to, got {path}: {error.strerror}") from None
    return path
