"""Requests of the command line to a running server of this machine."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any

from murmuration.errors import AccessError
from server.door import serving, statefolder, tls, tokens


def post(port: int, path: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Send JSON to a path of the server on a port, as its editor; the JSON of its answer.

    Raises AccessError without such a server, and with the server's words when it refuses.
    """
    folder = statefolder.folder()
    base = serving.base(folder, port)
    request = urllib.request.Request(
        f"{base}{path}", json.dumps(data).encode(),
        {"Authorization": f"Bearer {tokens.load(folder, port).editor}", "Content-Type": "application/json"},
    )  # fmt: skip
    context = tls.trusting(folder / tls.FILE) if base.startswith("https:") else None
    # No proxy from the environment: the server is on this machine, and no proxy may see the token.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
    try:
        with opener.open(request, timeout=10) as answer:
            said: dict[str, Any] = json.load(answer)
            return said
    except urllib.error.HTTPError as error:
        raise AccessError(f"{base} refused: {error.read().decode(errors='replace').strip()}") from None
    except OSError as error:
        raise AccessError(f"expected a server at {base}, got: {getattr(error, 'reason', error)}") from None
