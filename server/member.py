"""Member: one connected client, its outbox, and what it has been sent of the stage."""

import asyncio
from collections.abc import Hashable
from functools import partial

from aiohttp import web

from murmuration.averages import Mean
from server.stage import Held, Stage
from server.tokens import Scope
from streaming import messages
from streaming.outbox import Outbox

PATIENCE = 10.0
"""Seconds that a client may take to drain one message before it is cut off."""

_MASK, _AVERAGE, _POINTS = 0, 1, 2


class Member:
    """One WebSocket. All sending is done by one writer, :meth:`write`."""

    def __init__(
        self, socket: web.WebSocketResponse, transport: asyncio.BaseTransport | None, scope: Scope = "editor"
    ) -> None:
        self.scope = scope
        self._socket = socket
        self._transport = transport
        self._answers = 0
        self._held: Held | None = None
        self._sent: list[int] = []
        self.outbox = Outbox()

    def send(self, message: messages.ServerMessage, key: Hashable = None) -> None:
        """Queue a message; with a key it replaces the one of that key that still waits."""
        self._answers += 1
        self.outbox.text(key or self._answers, messages.dumps(message))

    def show(self, stage: Stage) -> None:
        """Queue all points of a stage, coarsest level first, in place of whatever frames still wait."""
        self.outbox.forget_frames()
        self._sent = []
        for chunk in range(len(stage.chunks)):
            self.outbox.frame(("points", chunk), _POINTS + chunk, partial(self._points, stage, chunk))
        for index in range(-1, len(stage.picture.by_class)):  # after the first points, before they refine
            self.outbox.frame(("whole", index), _POINTS, partial(stage.whole, index))

    def hold(self, stage: Stage, held: Held) -> None:
        """Queue which of the points already sent are held; chunks sent later are followed by their own mask."""
        self._held = held
        if len(held.selection):
            for chunk in self._sent:
                self.outbox.frame(("mask", chunk), _MASK, partial(stage.mask, held, chunk))

    def average(self, stage: Stage, version: int, mean: Mean) -> None:
        """Queue the average trace of the selection."""
        self.outbox.frame("average", _AVERAGE, partial(stage.average, version, mean))

    def _points(self, stage: Stage, chunk: int, seq: int) -> bytes:
        self._sent.append(chunk)
        if self._held is not None and len(self._held.selection):
            self.outbox.frame(("mask", chunk), _MASK, partial(stage.mask, self._held, chunk))
        return stage.points(chunk, seq)

    async def write(self) -> None:
        """Send what the outbox gives, until cancelled. A client that does not drain is cut off, others feel nothing."""
        while True:
            message = await self.outbox.take()
            try:
                async with asyncio.timeout(PATIENCE):
                    if isinstance(message, str):
                        await self._socket.send_str(message, compress=False)
                    else:
                        await self._socket.send_bytes(message, compress=False)
            except (TimeoutError, ConnectionError):
                # close() would wait behind the bytes that do not drain; only abort frees the socket.
                if isinstance(self._transport, asyncio.WriteTransport):
                    self._transport.abort()
                return
