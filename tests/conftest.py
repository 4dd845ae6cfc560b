"""What many tests start from: the embedded curves, their traces, and a real server on a real port."""

import os
import re
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pytest
from hypothesis import settings

import murmuration as mm
from devshell import ask
from server.door import statefolder, tokens
from server.door.tokens import Scope

pytest_plugins = ["tests.alone"]

ROOT = Path(__file__).parent.parent

# A time limit for each example would fail on a busy machine, and no test here is about time.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
EMBEDDED = ROOT / "assets" / "cremona-10000.parquet"

PATIENCE = 120.0
"""Seconds until a test gives up waiting. No test asserts that an answer is quick: the machine may be busy."""


@pytest.fixture(scope="session", autouse=True)
def state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A state folder of the tests' own, for every server they start."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("state")
        patch.setenv("XDG_STATE_HOME", str(folder))
        yield folder


@pytest.fixture(scope="session")
def table() -> mm.CurveTable:
    """The embedded curves."""
    return mm.read(EMBEDDED)


@pytest.fixture(scope="session")
def traces(table: mm.CurveTable) -> mm.Traces:
    """Their traces at the first 1000 primes."""
    return mm.trace(table, primes=1000)


@pytest.fixture(scope="session")
def cloud(table: mm.CurveTable, traces: mm.Traces) -> mm.Cloud:
    """The whole embedded cloud, by rank."""
    return mm.cloud(mm.project(table, traces, "pc1,pc2,pc3"), classes="rank")


@pytest.fixture(scope="session")
def cluster() -> Iterator[str]:
    """Two workers of Dask; the scheduler's address."""
    import dask  # half a second that most tests do not need
    from distributed import LocalCluster

    from murmuration.ingest.cluster import SETTINGS

    with (
        dask.config.set(SETTINGS),
        LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address="127.0.0.1:0",
            silence_logs=50,
        ) as local,
    ):  # fmt: skip
        yield local.scheduler_address


@dataclass(frozen=True)
class Server:
    """A server that runs in its own process: its base address, the editor's and the viewer's token, the process."""

    base: str
    token: str
    viewer: str
    process: subprocess.Popen[str]

    @property
    def bearer(self) -> dict[str, str]:
        """The header that shows the editor's token."""
        return {"Authorization": f"Bearer {self.token}"}

    @property
    def url(self) -> str:
        """An address that lets a browser in to edit."""
        return self.link("editor")

    def link(self, scope: Scope) -> str:
        """An address with a new code."""
        return str(ask.post(self.port, "link", {"scope": scope, "seconds": 600})["address"])

    @property
    def socket(self) -> str:
        """The WebSocket."""
        return f"{self.base.replace('http', 'ws')}/ws"

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.base.rpartition(":")[2])


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def start(*options: str, log: int | IO[bytes] = subprocess.DEVNULL, **environ: str) -> Server:
    """`devshell vr up` with options and variables, on a free port and with a session of its own unless told.

    ``log`` receives its stderr.
    """
    port = () if "--port" in options else ("--port", "0")
    session = () if "--session" in options else ("--session", tempfile.mkdtemp(dir=os.environ["XDG_STATE_HOME"]))
    command = [sys.executable, "-m", "devshell.main", "vr", "up", *port, *session, *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, cwd=ROOT,
                               env={**os.environ, **environ})  # fmt: skip
    assert process.stdout is not None
    printed = [process.stdout.readline().strip() for _ in range(1 if "MURMURATION_TOKEN" in environ else 2)]
    found = [re.fullmatch(r"(https?://.+)/(?:#code=([0-9A-Z]{8}))?", line) for line in printed]
    assert found[0], f"expected the page's address, got {printed[0]!r}"
    assert found[-1], f"expected the viewer's address, got {printed[-1]!r}"
    base = found[0][1]
    if "--behind" in options:  # the printed address is the proxy's
        base = f"http://127.0.0.1:{options[options.index('--port') + 1]}"
    both = tokens.load(statefolder.folder(), int(base.rpartition(":")[2]), environ={**os.environ, **environ})
    return Server(base, both.editor, both.viewer, process)


def stop(server: Server) -> int:
    """End a server as Ctrl-C does; its exit status."""
    server.process.send_signal(2)
    status = server.process.wait(timeout=60)
    assert server.process.stdout is not None
    server.process.stdout.close()
    return status


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """One server with the whole embedded cloud, shared by tests that leave it as they found it."""
    one = start()
    yield one
    stop(one)


@contextmanager
def running(*options: str) -> Iterator[Server]:
    """A server, stopped in the end unless the test did."""
    one = start(*options)
    yield one
    if one.process.poll() is None:
        stop(one)


@pytest.fixture
def own_server() -> Iterator[Server]:
    """A server of figure 1's window, of a test's own."""
    with running("--conductor", "7500:10000") as one:
        yield one


@pytest.fixture
def quick_server() -> Iterator[Server]:
    """One that starts sooner, for tests to which traces do not matter."""
    with running("--conductor", "7500:10000", "--primes", "50") as one:
        yield one
