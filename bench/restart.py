"""Time to restore a session after its server was killed: `python -m bench.restart`.

A real server with figure 1's window receives a selection and a name, is killed with SIGKILL, and is started again on
the same port; the time runs from the start of the new process until a client has scene, selection and names again. The
floor in the same run is a Python process that only imports the server's dependencies. A second figure is the time of a
late joiner from opening the socket to the whole state.
"""

import asyncio
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from typing import Any

import websockets

from streaming.messages import PROTOCOL

ROUNDS = 5
FLOOR = "import aiohttp, numba, numpy, pyarrow.parquet, typer, rich"
LASSO = {"type": "stroke", "id": 1, "polygon": [[-2, -2], [0, -2], [0, 2], [-2, 2]], "operation": "replace"}


def start(session: str, port: int) -> tuple[subprocess.Popen[str], int, str]:
    """Start a server; its process, port and token, once it has printed them."""
    command = [sys.executable, "-m", "devshell.main", "vr", "up", "--port", str(port), "--session", session]
    server = subprocess.Popen([*command, "--conductor", "7500:10000"], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True)  # fmt: skip
    assert server.stdout is not None
    found = re.search(r":(\d+)/#token=(\S+)", server.stdout.readline())
    assert found is not None
    return server, int(found[1]), found[2]


def connect(port: int, token: str) -> websockets.connect:
    """A connection as the editor."""
    return websockets.connect(
        f"ws://127.0.0.1:{port}/ws", subprotocols=[websockets.Subprotocol(PROTOCOL)], compression=None,
        max_size=1 << 20, additional_headers={"Authorization": f"Bearer {token}"},
    )  # fmt: skip


async def hear(socket: websockets.ClientConnection, *kinds: str) -> dict[str, dict[str, Any]]:
    """The next text of each of these kinds."""
    texts: dict[str, dict[str, Any]] = {}
    while not set(kinds) <= texts.keys():
        message = await socket.recv()
        if isinstance(message, str):
            said = json.loads(message)
            texts[said["type"]] = said
    return texts


async def prepare(port: int, token: str) -> list[dict[str, Any]]:
    """Select one half and name it; the named selections."""
    async with connect(port, token) as socket:
        scene = (await hear(socket, "scene", "selected", "selections"))["scene"]
        await socket.send(json.dumps({**LASSO, "matrix": scene["model"]}))
        await hear(socket, "selected")
        await socket.send(json.dumps({"type": "name", "name": "half"}))
        return list((await hear(socket, "selections"))["selections"]["items"])


async def join(port: int, token: str) -> dict[str, dict[str, Any]]:
    """Connect and receive the whole state."""
    async with connect(port, token) as socket:
        return await hear(socket, "scene", "selected", "selections")


def once() -> tuple[float, float, float]:
    """Seconds of the floor, of the restart after a kill, and of a late joiner."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", FLOOR], check=True)
    floor = time.perf_counter() - began
    with tempfile.TemporaryDirectory() as session:
        server, port, token = start(session, 0)
        names = asyncio.run(prepare(port, token))
        server.kill()
        server.wait()
        began = time.perf_counter()
        server, port, token = start(session, port)
        after = asyncio.run(join(port, token))
        back = time.perf_counter() - began
        assert after["selections"]["items"] == names
        assert after["selected"]["count"] == names[0]["count"] > 0
        began = time.perf_counter()
        asyncio.run(join(port, token))
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
