"""Member: one connected client, its outbox, and what it has been sent of the stage."""

import asyncio
import contextlib
from collections.abc import Callable, Hashable, Mapping
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
        self._marks: Mapping[int, Held] = {}
        self._sent: list[int] = []
        self._pinging: asyncio.Task[None] | None = None
        self.outbox = Outbox()

    def send(self, message: messages.ServerMessage, key: Hashable = None) -> None:
        """Queue a message; with a key it replaces the one of that key that still waits."""
        self._answers += 1
        self.outbox.text(key or self._answers, messages.dumps(message))

    def show(self, stage: Stage) -> None:
        """Queue all points of a stage, coarsest level first, in place of whatever frames still wait."""
        self.outbox.forget_frames()
        self._sent, self._held, self._marks = [], None, {}
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

    def marks(self, stage: Stage, held: Mapping[int, Held]) -> None:
        """Queue the masks of the named selections that are shown, by slot, 1 and up."""
        self._marks = held
        for slot, each in held.items():
            for chunk in self._sent:
                self.outbox.frame(("mark", slot, chunk), _MASK, partial(stage.mask, each, chunk, slot=slot))

    def average(self, stage: Stage, version: int, mean: Mean) -> None:
        """Queue the average trace of the selection."""
        self.outbox.frame("average", _AVERAGE, partial(stage.average, version, mean))

    def ratio(self, of: str, index: int, build: Callable[[int], bytes]) -> None:
        """Queue an average trace against p/N; ``build`` makes its frame, given the number."""
        self.outbox.frame(("ratio", of, index), _AVERAGE, build)

    def _points(self, stage: Stage, chunk: int, seq: int) -> bytes:
        self._sent.append(chunk)
        if self._held is not None and len(self._held.selection):
            self.outbox.frame(("mask", chunk), _MASK, partial(stage.mask, self._held, chunk))
        for slot, each in self._marks.items():
            self.outbox.frame(("mark", slot, chunk), _MASK, partial(stage.mask, each, chunk, slot=slot))
        return stage.points(chunk, seq)

    def ping(self) -> None:
        """Ask for a sign of life, unless the last question still waits to leave."""
        if self._pinging is None or self._pinging.done():
            self._pinging = asyncio.create_task(self._ping())

    async def _ping(self) -> None:
        with contextlib.suppress(ConnectionError):
            await self._socket.ping()

    def cut(self) -> None:
        """End the connection now. close() would wait behind bytes that do not drain; only abort frees the socket."""
        if isinstance(self._transport, asyncio.WriteTransport):
            self._transport.abort()

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
                return self.cut()
