"""A real server in this process, with a cloud of as many points as a test wants: the embedded curves many times over.

Two blobs of points, about (-1, -1, 0) and (1, 1, 0) of the projection, so that there is somewhere to look.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from aiohttp import web

import murmuration as mm
from murmuration.averages import Mean
from murmuration.projection import Axis, Projection
from murmuration.types import Floats
from server import app as application
from server.compute.compute import Compute, SceneData
from server.door.config import Config
from server.door.health import Health
from server.live.session import Session
from server.people.member import Member
from server.scene.scene import Scene
from server.serve import bind
from session.view import View
from streaming import client, frames
from tests.wire import Wire

VIEW = View("pc1,pc2,pc3", "rank", (11, 9999))


def scene_data(table: mm.CurveTable, points: int) -> SceneData:
    """A cloud of so many points with no average traces to speak of."""
    random = np.random.default_rng(points)
    middle = np.where(random.random(points) < 0.5, -1, 1)[:, None] * [1, 1, 0]
    at = middle + 0.3 * random.standard_normal((points, 3))
    axes = tuple(Axis(name, "component") for name in ("pc1", "pc2", "pc3"))
    rows = np.arange(points) % len(table)
    projection = Projection(table, rows, at, axes, 0.0, np.zeros(0))
    cloud = mm.cloud(projection, "rank")
    none = Mean(np.array([2]), np.zeros(1), np.zeros(1), 1)
    return SceneData(VIEW, cloud, none, [none] * len(cloud.classes))


@dataclass(frozen=True)
class Many:
    """The server and what it shows."""

    config: Config
    session: Session
    scene_data: SceneData

    @property
    def members(self) -> list[Member]:
        """Those who are connected."""
        return [subscriber.member for subscriber in self.session._subscribers]

    @property
    def scene(self) -> Scene:
        """What the first pane shows."""
        scene = self.session._panes[0].scene
        assert scene is not None
        return scene

    @asynccontextmanager
    async def connect(
        self, acknowledge: bool = True, port: int | None = None, viewer: bool = False, **query: Any
    ) -> AsyncIterator[Wire]:
        """A connection, perhaps through a proxy's port; the query says what is resumed."""
        token = self.config.tokens.viewer if viewer else self.config.tokens.editor
        address = f"http://127.0.0.1:{self.config.port}"
        async with client.connect(address, token, acknowledge=acknowledge, through=port, **query) as own:
            yield Wire(own)


@asynccontextmanager
async def serving(table: mm.CurveTable, traces: mm.Traces, points: int) -> AsyncIterator[Many]:
    """Serve on a free port."""
    shown = scene_data(table, points)
    compute = Compute(table, traces)
    with bind("127.0.0.1", 0) as listening:
        config = Config(port=listening.getsockname()[1])
        app = application.make(config, compute, shown, Health())
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        await web.SockSite(runner, listening).start()
        try:
            yield Many(config, app[application.SESSION], shown)
        finally:
            await runner.cleanup()
            compute.close()


def eye(shown: SceneData, at: tuple[float, float, float], half: float) -> list[float]:
    """A matrix that shows the square of this half-width about a place of the projection, column by column."""
    cloud = shown.cloud
    scale = 65535 / (cloud.high - cloud.low)
    centre: Floats = (np.array(at) - cloud.low) * scale
    matrix = np.diag([*(1 / (half * scale)), 1.0])
    matrix[:3, 3] = -centre / (half * scale)
    return [float(number) for number in matrix.T.ravel()]


@dataclass
class Follower:
    """What a client that keeps to docs/protocol.md knows: its points by chunk, and where it would resume.

    It fails on a gap, on a frame that came twice, and on points that it already has.
    """

    secret: str = ""
    epoch: int = 0
    seq: int = 0
    granted: int = -1
    promised: int = -1
    resumed: list[bool] = field(default_factory=list)
    chunks: dict[str, npt.NDArray[np.uint32]] = field(default_factory=dict)
    masks: dict[tuple[str, str], tuple[int, npt.NDArray[np.bool_]]] = field(default_factory=dict)
    traces: list[tuple[str, int]] = field(default_factory=list)
    order: list[tuple[str, int]] = field(default_factory=list)
    last: bool = False
    version: int = -1
    count: int = 0
    most: int = 0

    @property
    def query(self) -> dict[str, Any]:
        """What to resume with."""
        return {"member": self.secret, "epoch": self.epoch, "seq": self.seq} if self.secret else {}

    @property
    def size(self) -> int:
        """Points held."""
        return sum(map(len, self.chunks.values()))

    def text(self, message: dict[str, Any]) -> None:
        """Take in a text."""
        match message["type"]:
            case "welcome":
                self.secret = message["member"]
                self.resumed.append(message["resumed"])
                if not message["resumed"]:
                    self.seq, self.epoch = 0, 0
            case "scene":
                self.epoch = message["epoch"]
                self.chunks, self.masks, self.traces, self.order, self.last = {}, {}, [], [], False
                self.promised = -1
            case "drop":
                for chunk in message["chunks"]:
                    self.chunks.pop(str(chunk), None)
                    self.masks = {key: mask for key, mask in self.masks.items() if key[1] != str(chunk)}
            case "granted":
                self.granted, self.promised = message["budget"], message["points"]
            case "selected":
                self.version, self.count = message["version"], message["count"]

    def frame(self, header: frames.Header, batch: pa.RecordBatch) -> None:
        """Take in a frame."""
        assert header.seq == self.seq + 1, f"frame {header.seq} after {self.seq}"
        self.seq = header.seq
        if header.epoch != self.epoch:
            return
        chunk = header.extra.get("chunk", "")
        if header.kind == "points":
            assert chunk not in self.chunks, f"chunk {chunk} came twice"
            self.chunks[chunk] = batch["row"].to_numpy()
            self.order.append((chunk, int(header.extra["level"])))
            self.last = header.extra["last"] == "1"
            self.most = max(self.most, self.size)
        elif header.kind == "mask" and chunk in self.chunks:
            bits = np.unpackbits(batch["bits"].to_numpy(), bitorder="little")[: len(self.chunks[chunk])]
            key, version = (header.extra["slot"], chunk), int(header.extra["version"])
            assert version >= self.masks.get(key, (-1, None))[0]
            self.masks[key] = version, bits.astype(bool)
        elif header.kind == "trace":
            self.traces.append((header.extra["of"], batch["class"][0].as_py()))

    async def follow(self, wire: Wire, most: int | None = None) -> None:
        """Take in what comes: so many frames, or until all points are here with their newest masks."""
        before = self.seq
        while not self.done if most is None else self.seq < before + most:
            await self._take(wire)

    async def _take(self, wire: Wire) -> None:
        message = await wire.next()
        if isinstance(message, dict):
            self.text(message)
        else:
            self.frame(*message)
            await wire.send("ack", seq=self.seq)

    async def look(self, wire: Wire, matrix: list[float], budget: int) -> None:
        """Say where one stands, and take in what comes until the picture from there is whole."""
        await wire.send("viewpoint", matrix=matrix, budget=budget)
        self.granted = -1
        while self.granted < 0:
            await self._take(wire)
        await self.follow(wire)

    @property
    def done(self) -> bool:
        """Whether everything promised is here."""
        masks = {chunk: version for (slot, chunk), (version, _) in self.masks.items() if slot == "0"}
        whole = self.last if self.promised < 0 else self.size == self.promised
        return whole and (not self.count or all(masks.get(chunk) == self.version for chunk in self.chunks))

    def selected(self) -> set[int]:
        """The rows that the masks of the selection flag."""
        return {int(row) for chunk, rows in self.chunks.items() for row in rows[self.masks["0", chunk][1]]}
