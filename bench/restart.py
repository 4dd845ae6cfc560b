"""Time to restore a session after its server was killed: `python -m bench.restart`.

A real server with figure 1's window receives a selection and a name, is killed with SIGKILL, and is started again on
the same port; the time runs from the start of the new process until a client has scene, selection and names again. The
floor in the same run is a Python process that only imports the server's dependencies. A second figure is the time of a
late joiner from opening the socket to the whole state.
"""

import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from typing import Any

from scripts.entering import enter
from streaming import messages
from streaming.client import Client, connect

ROUNDS = 5
FLOOR = "import aiohttp, numba, numpy, pyarrow.parquet, typer, rich"
LASSO = [[-2.0, -2.0], [0.0, -2.0], [0.0, 2.0], [-2.0, 2.0]]
WHOLE = (messages.Scene, messages.Selected, messages.Selections)


def start(session: str, port: int) -> tuple[subprocess.Popen[str], int, str]:
    """Start a server; its process, port and a key, once it has printed its address."""
    command = [sys.executable, "-m", "devshell.main", "vr", "up", "--port", str(port), "--session", session]
    server = subprocess.Popen([*command, "--conductor", "7500:10000"], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True)  # fmt: skip
    assert server.stdout is not None
    base, key = enter(server.stdout.readline())
    return server, int(base.rstrip("/").rpartition(":")[2]), key


async def hear(client: Client, *kinds: type[messages.ServerMessage]) -> dict[type[Any], Any]:
    """The next message of each of these kinds."""
    heard: dict[type[Any], Any] = {}
    while not set(kinds) <= heard.keys():
        message = await client.next()
        heard[type(message)] = message
    return heard


async def prepare(port: int, key: str) -> list[messages.Named]:
    """Select one half and name it; the named selections."""
    async with connect(f"http://127.0.0.1:{port}", key, acknowledge=False) as client:
        scene = (await hear(client, *WHOLE))[messages.Scene]
        await client.ask(messages.Stroke(1, LASSO, scene.model, "replace"))
        await client.send(messages.Name("half"))
        return list((await client.wait(messages.Selections)).items)


async def join(port: int, key: str) -> dict[type[Any], Any]:
    """Connect and receive the whole state."""
    async with connect(f"http://127.0.0.1:{port}", key, acknowledge=False) as client:
        return await hear(client, *WHOLE)


def once() -> tuple[float, float, float]:
    """Seconds of the floor, of the restart after a kill, and of a late joiner."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", FLOOR], check=True)
    floor = time.perf_counter() - began
    with tempfile.TemporaryDirectory() as session:
        server, port, key = start(session, 0)
        names = asyncio.run(prepare(port, key))
        server.kill()
        server.wait()
        began = time.perf_counter()
        server, port, key = start(session, port)
        after = asyncio.run(join(port, key))
        back = time.perf_counter() - began
        assert after[messages.Selections].items == names
        assert after[messages.Selected].count == names[0].count > 0
        began = time.perf_counter()
        asyncio.run(join(port, key))
        late = time.perf_counter() - began
        server.send_signal(2)
        server.wait()
    return floor, back, late


def main() -> None:
    """Print medians and the worst."""
    floors, backs, lates = zip(*(once() for _ in range(ROUNDS)), strict=True)
    floor, back = statistics.median(floors), statistics.median(backs)
    print(f"back after a kill: median {back:.2f} s, worst {max(backs):.2f} of {ROUNDS}; importing alone {floor:.2f} s")
    print(f"the whole state for a late joiner: median {1000 * statistics.median(lates):.0f} ms")


if __name__ == "__main__":
    main()
