"""The page: the built browser client, from a map of known names and never from a path that a request names.

It is the same for all clients and contains no data, so it is served without a secret.
"""

import mimetypes
from pathlib import Path

from aiohttp import web

from murmuration.errors import MurmurationError
from server.door.access import Answer


def files(folder: Path) -> dict[str, Answer]:
    """The handler of each path. Raises MurmurationError without a built client."""
    if not (folder / "index.html").is_file():
        raise MurmurationError(f"expected the built browser client in {folder}, found none: run make client")
    names = {f"/{path.relative_to(folder).as_posix()}": path for path in folder.rglob("*") if path.is_file()}
    return {"/": _file(folder / "index.html"), **{name: _file(path) for name, path in names.items()}}


def _file(path: Path) -> Answer:
    body = path.read_bytes()
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    # Everything but the page itself carries a hash of its content in its name.
    caching = "no-cache" if path.suffix == ".html" else "public, max-age=31536000, immutable"

    async def answer(_request: web.Request) -> web.Response:
        charset = "utf-8" if kind.startswith("text/") else None
        return web.Response(body=body, content_type=kind, charset=charset, headers={"Cache-Control": caching})

    return answer
