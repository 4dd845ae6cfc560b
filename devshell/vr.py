"""`devshell demo` and `devshell vr up`: serve a cloud to browsers and headsets."""

import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import segno
import typer

import murmuration as mm
from devshell.load import console, load
from devshell.options import EMBEDDED, Conductor, Dataset, NewToken, Primes, window
from server import statefolder, tokens
from server.compute import Compute, Picture, View
from server.config import Config
from server.serve import address, bind, serve
from streaming.frames import PRIMES_A_FRAME

FIGURE_1 = "7500:10000"
"""The conductor window of figure 1 of arXiv 2204.10140."""

app = typer.Typer(help="Serve a data set to browsers and headsets.", no_args_is_help=True, rich_markup_mode=None)

Port = Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.", min=0, max=65535)]


@app.callback()
def _group() -> None:
    """Serve a data set to browsers and headsets."""


@app.command()
def up(
    dataset: Dataset = EMBEDDED,
    projection: Annotated[str, typer.Option(help="Three axes: pc1, pc2, ..., a2, a3, a5, ..., logN.")] = "pc1,pc2,pc3",
    classes: Annotated[str, typer.Option(help="Column that colours: rank, root_number or torsion.")] = "rank",
    conductor: Conductor = None,
    primes: Primes = 1000,
    port: Port = 8765,
    new_token: NewToken = False,
) -> None:
    """Serve a data set; prints two addresses, to work with it and to look at it, and opens nothing."""
    _serve(dataset, projection, classes, conductor, primes, Config(port=port), new_token, code=False)


def demo(port: Port = 8765, new_token: NewToken = False) -> None:
    """Serve the embedded curves of conductor 7,500 to 10,000: the murmuration of figure 1, as a cloud."""
    _serve(EMBEDDED, "pc1,pc2,pc3", "rank", FIGURE_1, 1000, Config(port=port), new_token, code=True)


def _serve(
    dataset: Path,
    projection: str,
    classes: str,
    conductor: str | None,
    primes: int,
    config: Config,
    new_token: bool,
    code: bool,
) -> None:
    began = time.perf_counter()
    chosen = window(conductor)
    if primes > PRIMES_A_FRAME:
        raise mm.DatasetError(f"expected --primes up to {PRIMES_A_FRAME:,} for a picture, got {primes:,}")
    with bind(config) as listening:
        taken = listening.getsockname()[1]
        # Port 0 is another place each time: tokens kept for a port of that number belong to a server of before.
        kept = tokens.load(statefolder.folder(), taken, fresh=new_token or config.port == 0)
        config = replace(config, port=taken, tokens=kept)
        table, traces = load(dataset, primes)
        compute = Compute(table, traces)
        everything = (int(table.conductor.min()), int(table.conductor.max()))
        picture = compute.picture_now(View(projection, classes, chosen or everything))
        _describe(picture, len(table), primes, time.perf_counter() - began)
        serve(config, listening, compute, picture, lambda: _announce(config, code))
    console.print("Stopped.")


def _describe(picture: Picture, rows: int, primes: int, seconds: float) -> None:
    low, high = picture.view.conductor
    console.print(f"{len(picture.cloud):,} of {rows:,} curves, conductor {low:,} to {high:,}, {primes:,} primes, "
                  f"ready in {seconds:.1f} s")  # fmt: skip
    projection = picture.cloud.projection
    for axis in projection.axes:
        if axis.eigenvalue is not None:
            verdict = "above" if axis.signal else "below"
            console.print(f"  {axis.name}: eigenvalue {axis.eigenvalue:.3f}, {verdict} the noise edge "
                          f"{projection.noise_edge:.3f}")  # fmt: skip


def _announce(config: Config, code: bool) -> None:
    """The two addresses, a line each on stdout; what they are for, and a picture of the first, beside them."""
    # A token that the environment gave is known to whoever gave it, and stdout may be the log of a container.
    secret = config.tokens.given and not sys.stdout.isatty()
    print(address(config, "$MURMURATION_TOKEN" if secret else config.tokens.editor), flush=True)
    console.print("The next address is for those who look and change nothing that others see:")
    print(address(config, "$MURMURATION_TOKEN_VIEWER" if secret else config.tokens.viewer), flush=True)
    if code and not secret:
        segno.make(address(config, config.tokens.editor), error="l").terminal(out=sys.stdout, compact=True)
        console.print(f"Open this address in a browser. For a headset on USB: adb reverse tcp:{config.port} "
                      f"tcp:{config.port}, then scan or open the same address there. Ctrl-C ends.")  # fmt: skip
        sys.stdout.flush()
