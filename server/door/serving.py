"""Serving: keeps the address of the server of a port, for commands that send requests to it."""

from pathlib import Path

from murmuration.errors import AccessError
from server.door import statefolder
from server.door.config import Config


def note(folder: Path, config: Config) -> None:
    """Keep the address of a server. Raises AccessError when the folder cannot be written."""
    statefolder.keep(_file(folder, config.port), config.local.encode())


def base(folder: Path, port: int) -> str:
    """The address of the page of the server on a port. Raises AccessError where none was started."""
    try:
        return _file(folder, port).read_text()
    except OSError:
        raise AccessError(f"No server was started on port {port}: give its --port.") from None


def _file(folder: Path, port: int) -> Path:
    return folder / f"serving-{port}"
