"""A client for tests: the `websockets` package against a real server."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

import pyarrow as pa
import websockets

from streaming import frames
from streaming.messages import PROTOCOL
from tests.conftest import Server

CLOSING = 1.0
"""Seconds for good-byes: a client that has not read everything never sees the server's."""


class Wire:
    """One connection: every text in ``texts``, every frame in ``frames``, acknowledged as it comes or not."""

    def __init__(self, socket: websockets.ClientConnection, acknowledge: bool = True) -> None:
        self._socket = socket
        self._acknowledge = acknowledge
        self.texts: list[dict[str, Any]] = []
        self.frames: list[tuple[frames.Header, pa.RecordBatch]] = []

    async def send(self, type: str, **fields: Any) -> None:
        """Send one control message."""
        await self._socket.send(json.dumps({"type": type, **fields}))

    async def send_raw(self, data: str | bytes) -> None:
        """Send anything at all."""
        await self._socket.send(data)

    async def text(self, type: str, **fields: Any) -> dict[str, Any]:
        """Wait for the next text of a type, with these fields."""
        while True:
            message = await self.next()
            if isinstance(message, dict) and message["type"] == type and fields.items() <= message.items():
                return message

    async def frame(self, kind: str, **extra: str) -> tuple[frames.Header, pa.RecordBatch]:
        """Wait for the next frame of a kind, with these metadata."""
        while True:
            message = await self.next()
            if not isinstance(message, dict) and message[0].kind == kind and extra.items() <= message[0].extra.items():
                return message

    async def quiet(self, seconds: float = 0.3) -> None:
        """Take whatever comes until nothing comes for a while."""
        try:
            while True:
                await asyncio.wait_for(self.next(), seconds)
        except TimeoutError:
            return

    async def next(self) -> dict[str, Any] | tuple[frames.Header, pa.RecordBatch]:
        message = await asyncio.wait_for(self._socket.recv(), 30)
        if isinstance(message, str):
            self.texts.append(json.loads(message))
            return self.texts[-1]
        self.frames.append(frames.decode(message))
        if self._acknowledge:
            await self.send("ack", seq=self.frames[-1][0].seq)
        return self.frames[-1]


@asynccontextmanager
async def connect(server: Server, acknowledge: bool = True, viewer: bool = False, **query: str) -> AsyncIterator[Wire]:
    """A connection to a server, with the editor's token or the viewer's; ``query`` is of the address."""
    headers = {"Authorization": f"Bearer {server.viewer if viewer else server.token}"}
    address = f"{server.socket}?{urlencode(query)}"
    async with websockets.connect(
        address, subprotocols=[websockets.Subprotocol(PROTOCOL)], compression=None, additional_headers=headers,
        max_size=frames.MAX_FRAME, close_timeout=CLOSING,
    ) as socket:  # fmt: skip
        yield Wire(socket, acknowledge)
