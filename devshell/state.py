"""`devshell vr state`: announce to all clients how a running server computes."""

import json
import urllib.error
import urllib.request
from typing import Annotated

import typer

from devshell.console import console
from devshell.options import Port
from murmuration.errors import AccessError
from server.door import serving, statefolder, tls, tokens

What = Annotated[str, typer.Argument(help="cpu, gpu, wireframe or busy; auto: as the server detects.")]


def state(compute: What, port: Port = 8765) -> None:
    """Announce to all clients of a server on this machine how it computes, for example `wireframe`."""
    folder = statefolder.folder()
    base = serving.base(folder, port)
    token = tokens.load(folder, port).editor
    asked = urllib.request.Request(
        f"{base}state", json.dumps({"compute": compute}).encode(),
        {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )  # fmt: skip
    context = tls.trusting(folder / tls.FILE) if base.startswith("https:") else None
    # No proxy from the environment: the server is on this machine, and no proxy may see the token.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
    try:
        with opener.open(asked, timeout=10) as answer:
            console.print(json.load(answer)["text"])
    except urllib.error.HTTPError as error:
        raise AccessError(f"{base} refused: {error.read().decode(errors='replace').strip()}") from None
    except OSError as error:
        raise AccessError(f"expected a server at {base}, got: {getattr(error, 'reason', error)}") from None
