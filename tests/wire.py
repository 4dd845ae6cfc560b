"""The Python client for tests: messages as JSON objects, and everything that came kept."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pyarrow as pa

from streaming import client, frames, messages
from tests.conftest import PATIENCE, Server


class Wire:
    """One connection: every text in ``texts``, every frame in ``frames``."""

    def __init__(self, own: client.Client) -> None:
        self._client = own
        self.texts: list[dict[str, Any]] = []
        self.frames: list[tuple[frames.Header, pa.RecordBatch]] = []

    async def send(self, type: str, **fields: Any) -> None:
        """Send one control message, valid or not."""
        await self._client.send_raw(json.dumps({"type": type, **fields}))

    async def send_raw(self, data: str | bytes) -> None:
        """Send anything at all."""
        await self._client.send_raw(data)

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
        heard = await asyncio.wait_for(self._client.next(), PATIENCE)
        if isinstance(heard, client.Frame):
            self.frames.append((heard.header, heard.batch))
            return self.frames[-1]
        self.texts.append(messages.to_data(heard))
        return self.texts[-1]


@asynccontextmanager
async def connect(server: Server, acknowledge: bool = True, viewer: bool = False, **query: Any) -> AsyncIterator[Wire]:
    """A connection to a server, with the editor's token or the viewer's."""
    token = server.viewer if viewer else server.token
    async with client.connect(server.base, token, acknowledge=acknowledge, **query) as own:
        yield Wire(own)
