"""`devshell vr state`: tell everybody connected how a running server computes."""

import json
import urllib.error
import urllib.request
from typing import Annotated

import typer

from devshell.load import console
from devshell.options import Port
from murmuration.errors import AccessError
from server import serving, statefolder, tls, tokens

What = Annotated[str, typer.Argument(help="cpu, gpu, wireframe or busy; auto is what the server sees itself.")]


def state(compute: What, port: Port = 8765) -> None:
    """Tell everybody connected to a server on this machine how it computes, for example `wireframe`."""
    folder = statefolder.folder()
    base = serving.base(folder, port)
    token = tokens.load(folder, port).editor
    asked = urllib.request.Request(
        f"{base}state", json.dumps({"compute": compute}).encode(),
        {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )  # fmt: skip
    context = tls.trusting(folder / tls.FILE) if base.startswith("https:") else None
    # No proxy of the environment's: the server is this machine, and the token is for it alone.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
    try:
        with opener.open(asked, timeout=10) as answer:
            console.print(json.load(answer)["text"])
    except urllib.error.HTTPError as error:
        raise AccessError(f"{base} refused: {error.read().decode(errors='replace').strip()}") from None
    except OSError as error:
        raise AccessError(f"expected a server at {base}, got: {getattr(error, 'reason', error)}") from None
