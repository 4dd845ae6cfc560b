"""`devshell run murmuration`: from a data set to a committed snapshot, its averages and their figure."""

import re
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import pyarrow.compute as pc
import pyarrow.csv
import typer

import murmuration as mm
from devshell.console import console
from devshell.load import spoken
from devshell.options import (
    EMBEDDED,
    Arithmetic,
    Columns,
    Conductor,
    Dataset,
    Every,
    File,
    Labels,
    Primes,
    checked_primes,
    named,
    window,
)
from devshell.progress import Reporter
from murmuration import build
from murmuration.averages import Against
from murmuration.computation import Cluster, averages_of
from murmuration.ingest import DaskEngine, PebbleEngine, Tls, summary
from murmuration.sources import Options, cremona, open_source
from murmuration.store import Certificate, SnapshotView
from murmuration.table import CATEGORICAL, UNKNOWN
from murmuration.types import Int64s, Window

app = typer.Typer(help="Compute something from a data set.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def _group() -> None:
    """Compute something from a data set."""


@app.command()
def murmuration(
    file: File = None,
    dataset: Dataset = None,
    by: Annotated[str, typer.Option(help="Column to average by: rank, root_number or torsion.")] = "rank",
    conductor: Conductor = None,
    axis: Annotated[Against, typer.Option(help="What the averages run over.")] = "n",
    primes: Primes = 1000,
    output: Annotated[Path, typer.Option(help="Folder for the store, the figure and the numbers.")] = Path(
        "murmuration-out"
    ),
    lab: Annotated[
        Path | None, typer.Option("--store", help="Folder of the store.", show_default="in the output")
    ] = None,
    every: Every = False,
    limit: Annotated[int | None, typer.Option(help="At most so many rows.")] = None,
    columns: Columns = "",
    verify: Annotated[int, typer.Option(help="Recompute so many random traces and record the outcome.")] = 0,
    take_conductor: Annotated[
        str | None, typer.Option(help="Ingest only conductors of this window.", metavar="LOW:HIGH")
    ] = None,
    take_rank: Annotated[str | None, typer.Option(help="Ingest only these ranks.", metavar="0,1,...")] = None,
    labels: Labels = None,
    arithmetic: Arithmetic = False,
    scheduler: Annotated[
        str | None, typer.Option(help="Address of a Dask scheduler, to work on more machines.")
    ] = None,
    tls: Annotated[
        tuple[Path, Path, Path] | None, typer.Option(help="For tls:// schedulers.", metavar="CA CERTIFICATE KEY")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line on stdout.")] = False,
) -> None:
    """Exact traces, a committed snapshot, murmuration averages with standard errors, and their figure (PNG, SVG, CSV).

    After Ctrl-C the same command resumes.
    """
    folder = lab or output / "store"
    with Reporter(as_json) as report:
        checked_primes(primes)
        chosen = window(conductor)
        if by not in CATEGORICAL:
            raise mm.DatasetError(f"expected --by one of {', '.join(CATEGORICAL)}, got {by!r}")
        began = time.monotonic()
        spec = named(file, dataset) or str(EMBEDDED)
        taken = window(take_conductor)
        options = Options(taken, _ranks(take_rank), every, limit, columns, labels=labels, pari=arithmetic)
        source = open_source(spec, options)
        _folder(output)
        certificates = Tls(*tls) if tls else None
        engine = (lambda: DaskEngine(scheduler, certificates)) if scheduler else PebbleEngine
        if source.files == (cremona.MINI,):
            console.print(cremona.ONLY_SMALL)
        held, made = build.build(source, options, folder, primes, engine, report.ingest, report.traces)
        view = held.checkout(made.number)
        told = summary(build.ingest_folder(folder))
        if told:
            report.settled(told)
        certificate = held.verify(made.number, verify) if verify else None
        with Cluster(scheduler, certificates) if scheduler else nullcontext() as cluster:
            files = _figure(view, by, chosen, axis, output / "murmuration", source.name, cluster)
        _say(view, told.remarks if told else source.remarks, certificate)
        if told and told.rows_quarantined:
            console.print(f"{told.rows_quarantined:,} of {told.rows_total:,} rows refused: {told.reason}")
            console.print(f"  devshell quarantine --run {build.ingest_folder(folder)} lists them")
        report.finish(
            "done",
            {
                # A ledger may be gone from beside its store: then the snapshot's rows are all that is known.
                **({} if told else {"rows_total": len(view), "rows_done": len(view), "rows_quarantined": None}),
                "classes": pc.count_distinct(view.columns(["class"])["class"]).as_py(),
                "snapshot": made.number,
                "untrusted": made.untrusted,
                "seconds": round(time.monotonic() - began, 2),
                "files": list(map(str, files)),
            },
        )
    if not as_json:
        for path in files:
            print(path)


def _ranks(text: str | None) -> frozenset[int] | None:
    if text is None:
        return None
    if not re.fullmatch(r"\d{1,2}(,\d{1,2})*", text):
        raise mm.DatasetError(f"expected --take-rank as 0,1,..., got {text[:40]!r}")
    return frozenset(map(int, text.split(",")))


def _figure(
    view: SnapshotView, by: str, conductor: Window | None, axis: Against, path: Path, name: str, cluster: Cluster | None
) -> list[Path]:
    """Write the averages as a figure and as a table."""
    from murmuration import figure  # matplotlib takes half a second that other commands do not wait for

    means, curves = averages_of(view, by, conductor, axis, cluster)
    conductors: Int64s = pc.fill_null(view.columns(["conductor"])["conductor"], 0).to_numpy()
    subject = f"{name}, conductor {spoken(conductors, conductor)}"
    try:
        files = figure.save(means, subject, by, curves, axis, path)
        pyarrow.csv.write_csv(means, path.with_suffix(".csv"))
    except OSError as error:
        raise mm.MurmurationError(f"expected to write {path}.png, .svg and .csv, got: {error}") from None
    console.print(f"{subject}: {sum(curves.values()):,} curves")
    for value, count in curves.items():
        console.print(f"  {by} {'unknown' if value == UNKNOWN else value}: {count:,} curves")
    return [*files, path.with_suffix(".csv")]


def _say(view: SnapshotView, remarks: tuple[str, ...], certificate: Certificate | None) -> None:
    snapshot = view.snapshot
    trust = "untrusted" if snapshot.untrusted else "trusted"
    console.print(f"snapshot {snapshot.number}: {snapshot.rows:,} rows, {snapshot.seconds:.1f} s of work, {trust}")
    console.print(f"  {snapshot.what}")
    if certificate is not None:
        console.print(f"  {certificate.pairs:,} random pairs recomputed by {certificate.by}: {certificate.wrong} wrong")
    for each in remarks:
        console.print(f"  {each}")


def _folder(path: Path) -> Path:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise mm.MurmurationError(f"expected a folder to write to, got {path}: {error.strerror}") from None
    return path
