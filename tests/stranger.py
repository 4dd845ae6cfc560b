"""A stranger: a client written from docs/protocol.md alone, with nothing of ours but the address.

It keeps what a picture needs (points by chunk, masks, the selection), acknowledges, and goes on after a connection
broke. It counts what must never happen: a frame that is missing, a frame or a point that comes twice.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pyarrow as pa
import websockets

from tests.conftest import PATIENCE, Server

Message = dict[str, Any]


class Stranger:
    """One member, over any number of connections, each through ``port``: that of the server or of a network."""

    def __init__(self, server: Server, port: int = 0) -> None:
        self.server = server
        self.port = port or server.port
        self.welcome: Message = {}
        self.scene: Message = {}
        self.texts: list[Message] = []
        self.points: dict[int, pa.RecordBatch] = {}
        self.masks: dict[tuple[int, int], tuple[int, pa.RecordBatch]] = {}
        self.traces: dict[tuple[str, int], pa.RecordBatch] = {}
        self.last = False
        self.seq = 0
        self.frames = 0
        self.gaps = 0
        self.duplicates = 0
        self.acknowledge = True
        self._socket: websockets.ClientConnection | None = None

    async def open(self, **options: Any) -> None:
        """Connect; go on where the last connection stopped, if there was one."""
        query = {}
        if self.welcome and self.scene:
            query = {"member": self.welcome["member"], "epoch": self.scene["epoch"], "seq": self.seq}
        self._socket = await websockets.connect(
            f"ws://127.0.0.1:{self.server.port}/ws?{urlencode(query)}", port=self.port, host="127.0.0.1",
            subprotocols=[websockets.Subprotocol("murmuration.v3")], compression=None, max_size=1 << 20,
            additional_headers={"Authorization": f"Bearer {self.server.token}"}, close_timeout=1.0, **options,
        )  # fmt: skip
        await self.until(lambda: bool(self.texts) and self.texts[-1]["type"] == "welcome")

    async def close(self) -> None:
        """Leave."""
        if self._socket is not None:
            await self._socket.close()

    async def send(self, type: str, **fields: Any) -> None:
        """Say something."""
        assert self._socket is not None
        await self._socket.send(json.dumps({"type": type, **fields}))

    async def until(self, done: Any, seconds: float = PATIENCE) -> None:
        """Take what comes until something is so. Raises TimeoutError, or ConnectionClosed if the connection breaks."""
        async with asyncio.timeout(seconds):
            while not done():
                await self.take()

    async def lost(self, seconds: float = PATIENCE) -> None:
        """Take what comes until the connection breaks."""
        with contextlib.suppress(websockets.ConnectionClosed):
            await self.until(lambda: False, seconds)

    async def take(self) -> None:
        """Take the next message, text or frame."""
        assert self._socket is not None
        message = await self._socket.recv()
        if isinstance(message, str):
            self._text(json.loads(message))
        else:
            await self._frame(message)

    async def lasso(self, polygon: list[list[float]], id: int) -> Message:
        """Select what is inside a polygon, seen from straight ahead; the answer."""
        await self.send("stroke", id=id, polygon=polygon, matrix=self.scene["model"], operation="replace")
        await self.until(lambda: any(each["type"] == "selected" and each["id"] == id for each in self.texts))
        return next(each for each in reversed(self.texts) if each["type"] == "selected" and each["id"] == id)

    @property
    def count(self) -> int:
        """How many points came."""
        return sum(batch.num_rows for batch in self.points.values())

    @property
    def rows(self) -> list[int]:
        """The rows of all points that came, ascending."""
        return sorted(row for batch in self.points.values() for row in batch["row"].to_pylist())

    def selected(self, version: int) -> list[int]:
        """The rows that the masks of a version flag."""
        rows: list[int] = []
        for (chunk, slot), (of, batch) in self.masks.items():
            if slot == 0 and of == version and chunk in self.points:
                points = self.points[chunk]
                bits = np.unpackbits(batch["bits"].to_numpy(), bitorder="little")[: points.num_rows].astype(bool)
                rows += points["row"].to_numpy()[bits].tolist()
        return sorted(rows)

    def _text(self, text: Message) -> None:
        self.texts = [*self.texts[-500:], text]
        if text["type"] == "welcome":
            self.welcome = text
            if not text["resumed"]:
                self.scene, self.seq = {}, 0
                self._forget()
        elif text["type"] == "scene":
            if self.scene.get("epoch") != text["epoch"]:
                self._forget()
            self.scene = text
        elif text["type"] == "drop":
            for chunk in text["chunks"]:
                self.points.pop(chunk, None)

    async def _frame(self, data: bytes) -> None:
        batch = pa.ipc.open_stream(data).read_next_batch()
        about = {key.decode(): value.decode() for key, value in batch.schema.metadata.items()}
        seq = int(about["seq"])
        self.gaps += seq > self.seq + 1
        self.duplicates += seq <= self.seq
        self.seq = max(self.seq, seq)
        self.frames += 1
        if self.acknowledge:
            await self.send("ack", seq=seq)
        if int(about["epoch"]) != self.scene.get("epoch"):
            return
        if about["kind"] == "points":
            self.duplicates += int(about["chunk"]) in self.points
            self.points[int(about["chunk"])] = batch
            self.last = about["last"] == "1"
        elif about["kind"] == "mask":
            self.masks[int(about["chunk"]), int(about["slot"])] = int(about["version"]), batch
        elif about["kind"] == "trace":
            self.traces[about["of"], batch["class"][0].as_py()] = batch

    def _forget(self) -> None:
        self.points, self.masks, self.traces, self.last = {}, {}, {}, False


@asynccontextmanager
async def strangers(server: Server, count: int, port: int = 0) -> AsyncIterator[list[Stranger]]:
    """Some of them, connected, a few at a time; they leave in the end, whatever happens."""
    many = [Stranger(server, port) for _ in range(count)]
    try:
        for at in range(0, count, 20):
            await asyncio.gather(*(one.open() for one in many[at : at + 20]))
        yield many
    finally:
        await asyncio.gather(*(one.close() for one in many))


async def whole(*many: Stranger, seconds: float = 60.0) -> None:
    """Wait until everybody has every point of their scene."""

    async def each(one: Stranger) -> None:
        await one.until(lambda: bool(one.scene) and one.count == one.scene["rows"], seconds)

    await asyncio.gather(*map(each, many))
