"""`devshell demo` and `devshell vr up`: serve a cloud to browsers and headsets."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

import murmuration as mm
from devshell.address import Address
from devshell.announce import announce
from devshell.console import console
from devshell.link import link, token
from devshell.load import Loaded, load, spoken, stored
from devshell.options import (
    EMBEDDED,
    Adb,
    AllowHost,
    Arithmetic,
    Behind,
    Columns,
    Conductor,
    Dataset,
    Every,
    File,
    Frame,
    Host,
    Labels,
    NewToken,
    Port,
    Processor,
    Session,
    UntilEof,
    named,
    window,
)
from devshell.state import state
from murmuration.projection import NEIGHBOURS, share_named
from murmuration.sources import Options
from murmuration.traces import backend
from server.compute.compute import Compute, SceneData
from server.compute.device import Device
from server.door import statefolder
from server.door.waiting import waiting
from server.serve import serve
from session.restored import restore, usual
from session.view import View
from streaming.frames import PRIMES_A_FRAME

FIGURE_1 = "7500:10000"
"""The conductor window of figure 1 of arXiv 2204.10140."""

OPENING, WITHOUT_CONDUCTORS = "mn,m2,pc1", "mn,pc1,pc2"
"""The axes on which the demo opens: the ranks are separate bands in them, and no label is used. m2 needs conductors."""

app = typer.Typer(help="Serve a data set to browsers and headsets.", no_args_is_help=True, rich_markup_mode=None)

for command in (state, link, token):
    app.command()(command)

Lab = Annotated[
    Path | None,
    typer.Option("--store", help="Serve this store; with FILE, ingest it into this store first.", metavar="FOLDER"),
]
Which = Annotated[
    str | None, typer.Option("--snapshot", help="Number or tag of the snapshot; the newest if not given.", metavar="N")
]


@app.callback()
def _group() -> None:
    """Serve a data set to browsers and headsets."""


@app.command()
def up(
    file: File = None,
    dataset: Dataset = None,
    projection: Annotated[
        str, typer.Option(help="One to three axes: mn, m2, d, pc1, pc2, ..., ld1, ..., shape1, ..., a2, a3, ..., logN.")
    ] = "pc1,pc2,pc3",
    classes: Annotated[str, typer.Option(help="Column that colours: rank, root_number or torsion.")] = "rank",
    conductor: Conductor = None,
    primes: Annotated[
        int | None, typer.Option(help="How many primes, from p = 2 on.", show_default="1000, or those of the store")
    ] = None,
    lab: Lab = None,
    snapshot: Which = None,
    host: Host = "127.0.0.1",
    port: Port = 8765,
    allow_host: AllowHost = [],  # noqa: B006  typer reads it, nobody writes it
    behind: Behind = "",
    frame: Frame = [],  # noqa: B006
    until_eof: UntilEof = False,
    adb: Adb = False,
    new_token: NewToken = False,
    session: Session = None,
    device: Processor = "auto",
    every: Every = False,
    columns: Columns = "",
    labels: Labels = None,
    arithmetic: Arithmetic = False,
) -> None:
    """Serve a data set or a snapshot; prints two addresses, to work with it and to look at it, and opens nothing."""
    if until_eof:
        _end_with_stdin()
    address = Address(host, port, tuple(allow_host), adb, new_token, behind, tuple(frame))
    options = Options(every=every, columns=columns, labels=labels, pari=arithmetic)
    read = partial(_compute, named(file, dataset), lab, options, snapshot, primes, _device(device))
    _serve(read, projection, classes, conductor, address, session, code=not address.local)


def demo(
    file: File = None,
    lab: Lab = None,
    snapshot: Which = None,
    host: Host = "127.0.0.1",
    port: Port = 8765,
    allow_host: AllowHost = [],  # noqa: B006  typer reads it, nobody writes it
    adb: Adb = False,
    new_token: NewToken = False,
    session: Session = None,
    device: Processor = "auto",
) -> None:
    """Serve the embedded curves of conductor 7,500 to 10,000: the murmuration of figure 1, as a cloud.

    With FILE, or a store, all curves of that instead.
    """
    address = Address(host, port, tuple(allow_host), adb, new_token)
    read = partial(_compute, file, lab, Options(), snapshot, None, _device(device))
    shown = FIGURE_1 if lab is None and file is None else None
    _serve(read, None, "rank", shown, address, session, code=True, measured=True)


def _serve(
    read: Callable[[ExitStack], Compute],
    projection: str | None,
    classes: str,
    conductor: str | None,
    address: Address,
    session: str | None,
    code: bool,
    measured: bool = False,
) -> None:
    began = time.perf_counter()
    chosen = window(conductor)
    with ExitStack() as held, address.taken() as (config, listening):
        with waiting(config, listening):
            compute = read(held)
            table = compute.table
            everything = (int(table.conductor.min()), int(table.conductor.max()))
            asked = View(projection or _opening(table), classes, chosen or everything)
            restored, scene_data = restore(_folder(session, table), table, compute.scene_data_now, asked)
        _describe(scene_data, table, len(compute.traces.primes), time.perf_counter() - began)
        if measured:
            _measure(scene_data)
        serve(config, listening, compute, scene_data, restored, lambda: announce(config, code))
    console.print("Stopped.")


def _end_with_stdin() -> None:
    """Send this process SIGTERM when its standard input ends, which the end of the program that started it causes."""

    def wait() -> None:
        while os.read(sys.stdin.fileno(), 4096):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, daemon=True).start()


def _device(chosen: Processor) -> Device | None:
    """The child process that computes; none for threads of the server's own."""
    if chosen == "process":
        return Device("process")
    return Device("gpu") if chosen == "auto" and backend.installed() else None


def _folder(session: str | None, table: mm.CurveTable) -> Path | None:
    """Where the session is kept: the folder named, none at all, or that of the data set in the state folder."""
    if session is None:
        return usual(statefolder.folder(), table)
    return None if session == "none" else Path(session)


def _compute(
    spec: str | None,
    lab: Path | None,
    options: Options,
    snapshot: str | None,
    primes: int | None,
    device: Device | None,
    held: ExitStack,
) -> Compute:
    """The data set that was asked for; primes None for the usual. Raises DatasetError or StoreError."""
    if primes is not None and primes > PRIMES_A_FRAME:
        raise mm.DatasetError(f"expected --primes up to {PRIMES_A_FRAME:,} for a picture, got {primes:,}")
    folder = Path(spec) if spec is not None else lab
    if folder is not None and (spec is None or snapshot is not None or (folder / "catalog.db").exists()):
        if spec is not None and lab is not None:
            raise mm.DatasetError(f"expected one data set, got {spec} and --store {lab}: leave one out")
        loaded = stored(folder, snapshot, primes)
    else:
        loaded = load(spec or str(EMBEDDED), options, primes, lab, held)
    return _computing(loaded, device)


def _computing(loaded: Loaded, device: Device | None) -> Compute:
    if loaded.view is None:
        return Compute(loaded.table, loaded.traces, device=device)
    shown = loaded.view.snapshot
    trust = ", untrusted" if shown.untrusted else ""
    console.print(f"snapshot {shown.number} of {loaded.view.name}: {shown.rows:,} rows of {loaded.table.name}{trust}")
    return Compute(loaded.table, loaded.traces, shown.number, device, loaded.view.present, loaded.view.path / "sums")


def _describe(scene_data: SceneData, table: mm.CurveTable, primes: int, seconds: float) -> None:
    shown = spoken(table.conductor[scene_data.cloud.projection.rows])
    console.print(f"{len(scene_data.cloud):,} of {len(table):,} curves, conductor {shown}, {primes:,} primes, "
                  f"ready in {seconds:.1f} s")  # fmt: skip
    projection = scene_data.cloud.projection
    for axis in projection.axes:
        if axis.kind == "component":
            verdict = "above" if axis.signal else "below"
            console.print(f"  {axis.name}: eigenvalue {axis.eigenvalue:.3f}, {verdict} the noise edge "
                          f"{projection.noise_edge:.3f}")  # fmt: skip
        elif axis.accuracy is not None and axis.null_accuracy is not None:
            console.print(f"  {axis.name}: {axis.note}; names {100 * axis.accuracy:.1f}% of held-out curves, "
                          f"{100 * axis.null_accuracy:.1f}% with shuffled classes")  # fmt: skip
    if projection.left_out:
        console.print(f"  {projection.left_out:,} curves left out: {projection.name} is not defined for them")


def _opening(table: mm.CurveTable) -> str:
    """The axes on which a demo of these curves opens."""
    return OPENING if (table.conductor > 0).all() else WITHOUT_CONDUCTORS


def _measure(scene_data: SceneData) -> None:
    """Say how well the picture tells the classes apart."""
    cloud = scene_data.cloud
    share = share_named(
        cloud.projection.coordinates, cloud.projection.table.category(cloud.column)[cloud.projection.rows]
    )
    column = cloud.column.replace("_", " ")
    console.print(f"  the {NEIGHBOURS} nearest neighbours of a curve in {cloud.projection.name} name its {column}: "
                  f"{100 * share:.1f}% of {len(cloud):,}")  # fmt: skip
