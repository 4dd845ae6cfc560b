"""`devshell vr state`: announce to all clients how a running server computes."""

from typing import Annotated

import typer

from devshell import ask
from devshell.console import console
from devshell.options import Port

What = Annotated[str, typer.Argument(help="cpu, gpu, wireframe or busy; auto: as the server detects.")]


def state(compute: What, port: Port = 8765) -> None:
    """Announce to all clients of a server on this machine how it computes, for example `wireframe`."""
    console.print(ask.post(port, "state", {"compute": compute})["text"])
