"""The peer that is Murmuration Lab itself: the real server and the real page, run by bench.streaming.

The points come as a projection of a table and pass through the whole pipeline: quantised, sorted, cut into levels and
chunks, sent as Arrow frames with credit. The page is the built client with the probe in front of it.
"""

import asyncio
import json
import shutil
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from aiohttp import web

import murmuration as mm
from bench.peers.points import MARKERS, PROBE, arguments, classes, cloud, now, say, script, turned
from murmuration.averages import Mean
from murmuration.projection import Axis, Projection
from murmuration.table import SCHEMA, CurveTable
from scripts.chromium import CARD
from server import app as application
from server.compute.compute import Compute, SceneData
from server.door.config import STATIC, Config
from server.door.health import Health
from server.live.session import Session
from server.serve import bind
from session.view import View

ROOT = Path(__file__).parent.parent.parent
VIEW = View("pc1,pc2,pc3", "rank", (11, 60))
"""The view before the bench begins: a few curves, so that the page is loaded and idle."""


def main() -> None:
    """Serve until everything is shown."""
    asyncio.run(serve())


async def serve() -> None:
    """Serve the unchanged application, with one more route for the reports of the probe."""
    what, n, seconds, _ = arguments()
    webgl = sys.argv[5] == "WebGL"
    table = mm.read(ROOT / "assets" / "cremona-10000.parquet")
    compute = Compute(table, mm.trace(table, primes=50))
    listening = bind("127.0.0.1", 0)
    config = Config(port=listening.getsockname()[1], static=page(webgl))
    app = application.make(config, compute, compute.scene_data_now(VIEW), Health())
    drawn = asyncio.Event()

    async def report(request: web.Request) -> web.Response:
        say(frames=json.loads(await request.text()))
        drawn.set()
        return web.Response()

    app.router.add_post("/bench", report)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.SockSite(runner, listening).start()
    say(url=config.address(config.codes.new("editor")))
    await drawn.wait()
    await asyncio.sleep(2)
    count_bytes()
    await (push if what == "moving" else show)(app[application.SESSION], n, seconds)
    await runner.cleanup()


def page(webgl: bool) -> Path:
    """A copy of the built page that begins with the probe; with ``webgl`` it reports a graphics card."""
    folder = Path(tempfile.mkdtemp(prefix="ours-"))
    shutil.copytree(STATIC, folder, dirs_exist_ok=True)
    shutil.copy(PROBE, folder)
    index = folder / "index.html"
    (folder / "card.js").write_text(CARD if webgl else "")
    begins = "<head>" + script("/bench") + '<script src="card.js"></script>'
    index.write_text(index.read_text().replace("<head>", begins, 1))
    return folder


SENT = [0]
"""Bytes sent over WebSockets."""


def count_bytes() -> None:
    """Count the bytes of every WebSocket message into SENT."""
    text, binary = web.WebSocketResponse.send_str, web.WebSocketResponse.send_bytes

    async def send_str(self: web.WebSocketResponse, data: str, compress: int | None = None) -> None:
        SENT[0] += len(data)
        await text(self, data, compress)

    async def send_bytes(self: web.WebSocketResponse, data: bytes, compress: int | None = None) -> None:
        SENT[0] += len(data)
        await binary(self, data, compress)

    web.WebSocketResponse.send_str = send_str  # type: ignore[method-assign,assignment]
    web.WebSocketResponse.send_bytes = send_bytes  # type: ignore[method-assign,assignment]


def projection(points: npt.NDArray[np.float32], kinds: npt.NDArray[np.uint8]) -> Projection:
    """The points as a projection of a table whose ranks are the classes. Nothing else of the table is asked for."""
    n = len(points)
    columns = {field.name: pa.nulls(n, field.type) for field in SCHEMA} | {"rank": pa.array(kinds.astype(np.int8))}
    empty = mm.read(ROOT / "assets" / "cremona-10000.parquet")
    table = CurveTable(pa.table(columns, schema=SCHEMA), empty.invariants, empty.small, "points")
    axes = tuple(Axis(name, "column") for name in ("x", "y", "z"))
    return Projection(table, np.arange(n), points, axes, 0.0, np.zeros(0))  # type: ignore[arg-type]


def scene_data(drawn: mm.Cloud) -> SceneData:
    """A cloud without average traces, which no other peer has."""
    none = Mean(np.zeros(0, np.int64), np.zeros(0), np.zeros(0), 0)
    return SceneData(View(drawn.projection.name, "rank", VIEW.conductor), drawn, none, [none] * len(drawn.classes))


async def show(session: Session, n: int, seconds: float) -> None:
    """Show the points once: float32 coordinates and classes, as the peers get them."""
    given = projection(cloud(n), classes(n))
    mm.cloud(given, "rank")  # compiled code is loaded at its first use
    before, began = SENT[0], now()
    await session.show(scene_data(mm.cloud(given, "rank")))
    say(began=began)
    await asyncio.sleep(seconds)
    say(bytes=SENT[0] - before)


async def push(session: Session, n: int, seconds: float) -> None:
    """Show one update after another: the same curves in the same order, at new places."""
    points = cloud(n)
    ordered = mm.cloud(projection(points, classes(n)), "rank")
    frames = [moved(ordered, turned(points, k)) for k in range(40)]
    pushed: list[list[float]] = []
    k, end = 0, asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < end:
        k = k % MARKERS + 1
        frames[k % 40].position[0, 0] = k
        pushed.append([k, now()])
        await session.show(scene_data(frames[k % 40]))
        await asyncio.sleep(0.005)
    say(pushed=pushed)


def moved(ordered: mm.Cloud, points: npt.NDArray[np.float32]) -> mm.Cloud:
    """A cloud's points at new places, in the order they had."""
    low, high = points.min(axis=0), points.max(axis=0)
    position = ordered.position.copy()
    position[:, :3] = np.rint((points - low) / (high - low) * 65535)[ordered.row]
    return replace(ordered, position=position, low=low.astype(float), high=high.astype(float))


if __name__ == "__main__":
    main()
