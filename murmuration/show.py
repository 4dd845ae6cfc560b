"""Show a table in a notebook: a server in a child process, and its page in a frame.

The library does not import the server. :func:`show` starts `devshell vr up` as a command, reads the address that it
prints, and from then on speaks HTTP with it. The server listens on loopback and ends with this process.
"""

import atexit
import contextlib
import html
import json
import socket
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet

from murmuration.errors import AccessError
from murmuration.table import CurveTable
from murmuration.types import Window

COLUMNS = ("label", "conductor", "rank", "torsion", "ainvs")

NOTEBOOKS = ("http://localhost:*", "http://127.0.0.1:*", "https://localhost:*")
"""Origins whose pages may frame the served page unless told otherwise: those of a notebook server on this machine."""

_served: dict[Any, "ServedTable"] = {}


@dataclass(frozen=True)
class ServedTable:
    """A server that shows one table, as the value of a notebook's cell: the page in a frame.

    ``address``: the page as a browser reaches it, without a code.  ``height``: of the frame, in CSS pixels.
    """

    address: str
    height: int
    _local: str = field(repr=False)
    _key: str = field(repr=False)
    _process: subprocess.Popen[str] = field(repr=False)
    _folder: tempfile.TemporaryDirectory[str] = field(repr=False)

    @property
    def running(self) -> bool:
        """Whether the server still runs."""
        return self._process.poll() is None

    def link(self, scope: str = "editor") -> str:
        """An address of the page that lets browsers in for ten minutes, to edit or (``"viewer"``) to look.

        Raises AccessError when the server no longer runs.
        """
        try:
            code = _post(f"{self._local}link", {"scope": scope, "seconds": 600}, self._key)["code"]
        except OSError:
            raise AccessError("The server of this table has ended: call mm.show again") from None
        return f"{self.address}#code={code}"

    def close(self) -> None:
        """End the server."""
        if self._process.stdin is not None:
            self._process.stdin.close()  # it ends with its standard input
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._folder.cleanup()

    def _repr_html_(self) -> str:
        """The page in a frame, with a new code: a notebook that is opened again later holds no valid one."""
        if not self.running:
            return "<p>The server of this table has ended: call <code>mm.show</code> again.</p>"
        allowed = "fullscreen; xr-spatial-tracking; clipboard-write"
        return (f'<iframe src="{html.escape(self.link())}" width="100%" height="{self.height}" style="border: 0" '
                f'allow="{allowed}" title="Murmuration Lab"></iframe>')  # fmt: skip


def show(
    table: CurveTable,
    projection: str = "pc1,pc2,pc3",
    classes: str = "rank",
    conductor: Window | None = None,
    primes: int = 1000,
    height: int = 640,
    behind: str | None = None,
    frames: Sequence[str] = NOTEBOOKS,
) -> ServedTable:
    """Serve a table and show the page in a notebook; the same call again finds the server that it started.

    behind:  the page's address where a proxy stands in front, with ``{port}`` for the port, such as
             ``https://hub.example.org/user/ada/proxy/{port}/`` (jupyter-server-proxy); by default the browser runs on
             this machine, or reaches its loopback ports.
    frames:  the sources of pages that may frame it, as in the policy ``frame-ancestors``.

    The server starts in a child process, listens on loopback, and ends with this process or :meth:`ServedTable.close`.
    Raises MurmurationError with the server's own line when it refuses the table or an option.
    """
    options = ("--projection", projection, "--classes", classes, "--primes", str(primes),
               *(("--conductor", f"{conductor[0]}:{conductor[1]}") if conductor else ()),
               *(("--behind", behind) if behind else ()),
               *(each for source in frames for each in ("--frame", source)))  # fmt: skip
    wanted = (table.digest, table.name, options)
    found = _served.get(wanted)
    if found is None or not found.running:
        found = _served[wanted] = _start(table, options, height)
    return found


def _start(table: CurveTable, options: tuple[str, ...], height: int) -> ServedTable:
    folder = tempfile.TemporaryDirectory(prefix="murmuration-")
    file = Path(folder.name) / f"{table.name}.parquet"
    pyarrow.parquet.write_table(table.columns.select(list(COLUMNS)), file)
    port = _free_port()
    command = [sys.executable, "-m", "devshell.main", "vr", "up", str(file), "--every", "--session", "none",
               "--port", str(port), "--new-token", "--until-eof", *options]  # fmt: skip
    with open(Path(folder.name) / "log", "w+") as log:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True)
        assert process.stdout is not None
        address, _, code = process.stdout.readline().strip().partition("#code=")
        if not code:
            process.communicate()
            log.seek(0)
            said = (log.read().strip().splitlines() or ["it said nothing"])[-1]
            folder.cleanup()
            raise AccessError(f"The server did not start: {said.removeprefix('devshell: ')}")
    local = f"http://127.0.0.1:{port}/"
    key = _post(f"{local}enter", {"code": code})["key"]
    served = ServedTable(address, height, local, key, process, folder)
    atexit.register(_close_quietly, served)
    return served


def _close_quietly(served: ServedTable) -> None:
    with contextlib.suppress(OSError):
        served.close()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _post(address: str, data: dict[str, Any], key: str = "") -> dict[str, Any]:
    """The JSON answer of the server. Raises OSError when it is not reached or refuses."""
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
    request = urllib.request.Request(address, json.dumps(data).encode(), headers)
    # No proxy from the environment: the server is on this machine, and no proxy may see the key.
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30) as answer:
        said: dict[str, Any] = json.load(answer)
        return said
