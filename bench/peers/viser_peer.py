"""The peer viser: run by bench.streaming in an environment of its own."""

import logging
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import viser
import websockets.asyncio.server
from viser import infra

from bench.peers.points import CLASSES, MARKERS, PROBE, arguments, classes, cloud, now, say, script, turned

SENT = [0]
"""Bytes sent over WebSockets."""


def main() -> None:
    """Serve viser's own page with the probe in it, wait for it, then show the points."""
    what, n, seconds, collector = arguments()
    precision: Any = sys.argv[5]
    count_bytes()
    logging.getLogger("websockets.server").setLevel(logging.CRITICAL)  # browsers open sockets without sending a request
    server = serve(collector, precision)
    say(url=f"http://127.0.0.1:{server.get_port()}/")
    while not server.get_clients():
        time.sleep(0.01)
    time.sleep(2)  # until the page is loaded and idle
    points, colours = cloud(n), CLASSES[classes(n)]
    points[0, 0] = 1
    before, began = SENT[0], now()
    handle = server.scene.add_point_cloud("points", points, colours, point_size=0.02, precision=precision)
    if what == "cloud":
        say(began=began)
        time.sleep(seconds)
        say(bytes=SENT[0] - before)
        return
    frames = [turned(points, k) for k in range(40)]
    pushed = []
    end, k = time.monotonic() + seconds, 1
    while time.monotonic() < end:
        k = k % MARKERS + 1
        frames[k % 40][0, 0] = k
        pushed.append([k, now()])
        handle.points = frames[k % 40]
        server.flush()
        time.sleep(0.001)
    say(pushed=pushed)


def serve(collector: str, precision: str) -> viser.ViserServer:
    """A server whose page begins with the probe."""
    folder = Path(tempfile.mkdtemp(prefix="viser-"))
    built = Path(viser.__file__).parent / "client" / "build"
    shutil.copytree(built, folder, dirs_exist_ok=True)
    shutil.copy(PROBE, folder)
    page = (folder / "index.html").read_text()
    halves = ["data-halves"] if precision == "float16" else []
    (folder / "index.html").write_text(page.replace("<head>", "<head>" + script(collector, *halves), 1))
    original = infra.WebsockServer.__init__

    def begin(self: Any, *a: Any, **k: Any) -> None:
        original(self, *a, **{**k, "http_server_root": folder})

    infra.WebsockServer.__init__ = begin
    return viser.ViserServer(host="127.0.0.1", port=0, verbose=False)


def count_bytes() -> None:
    """Count the bytes of every WebSocket message into SENT."""
    original = websockets.asyncio.server.ServerConnection.send

    async def send(self: Any, message: Any, *a: Any, **k: Any) -> None:
        SENT[0] += len(message) if isinstance(message, str | bytes) else sum(map(len, message))
        await original(self, message, *a, **k)

    websockets.asyncio.server.ServerConnection.send = send  # type: ignore[method-assign]


if __name__ == "__main__":
    main()
