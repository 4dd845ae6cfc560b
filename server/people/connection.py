"""Connection: one WebSocket of a member, with its one writer and a watchdog.

A send that blocks does not show whether a client drains: a slow one takes half a minute for a frame and is alive. The
watchdog reads the kernel's queue instead: the bytes handed over less the bytes that the peer has not confirmed. When
that figure stands still for PATIENCE while data are queued, or a ping goes unanswered as long, the connection is
aborted, without effect on other clients. (The heartbeat of aiohttp would abort a client that takes longer than five
seconds to drain the data sent before the ping, and it does not free a blocked sender.)
"""

import asyncio
import contextlib
import fcntl
import logging
import struct
import termios
from typing import Any

from aiohttp import WSMsgType, web

from streaming.outbox import Outbox

log = logging.getLogger(__name__)

PATIENCE = 10.0
"""Seconds without progress after which a connection is aborted."""

SILENCE = 4.0
"""Seconds without a message after which a ping is sent."""

WATCH = 1.0
"""Seconds between two checks of the queue; with the others, a half-open socket is noticed within 15."""

REPLACED = 4001
"""Close code of a connection whose member continued in another."""

FAREWELL = 1.0
"""Seconds for a replaced client to receive the close frame."""


class Connection:
    """A prepared WebSocket with its transport; begins to send with :meth:`begin`."""

    def __init__(self, socket: web.WebSocketResponse, transport: asyncio.BaseTransport | None) -> None:
        self._socket = socket
        self._transport = transport
        self._tasks: list[asyncio.Task[None]] = []
        self._heard = self._moved = asyncio.get_running_loop().time()
        self._written = 0

    def begin(self, outbox: Outbox[Any]) -> None:
        """Send the messages of an outbox until :meth:`end`."""
        self._tasks = [asyncio.create_task(self._write(outbox)), asyncio.create_task(self._watch())]

    def heard(self) -> None:
        """Data came from the client."""
        self._heard = self._moved = asyncio.get_running_loop().time()

    def stop(self) -> None:
        """Take nothing more from the outbox, as of now."""
        for task in self._tasks:
            task.cancel()

    async def end(self) -> None:
        """Stop sending, and wait for the tasks."""
        self.stop()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def replace(self) -> None:
        """Close with a reason, since the member continues in another connection; abort if the frame is not received.

        aiohttp's close() does not wait for the answer while another task reads. Data that the client is just sending
        would then meet a closed socket, which resets the connection and discards the reason.
        """
        await self.end()
        with contextlib.suppress(TimeoutError, ConnectionError):
            words = struct.pack("!H", REPLACED) + b"this member went on in another connection"
            await asyncio.wait_for(self._socket.send_frame(words, WSMsgType.CLOSE), FAREWELL)
            await asyncio.sleep(FAREWELL)
        self.abort()

    def abort(self) -> None:
        """Abort: close() would wait behind bytes that do not drain; only abort frees the socket."""
        if isinstance(self._transport, asyncio.WriteTransport):
            self._transport.abort()

    async def _write(self, outbox: Outbox[Any]) -> None:
        try:
            while True:
                message = await outbox.take()
                self._written += len(message)
                if isinstance(message, str):
                    await self._socket.send_str(message, compress=False)
                else:
                    await self._socket.send_bytes(message, compress=False)
        except ConnectionError:
            self.abort()
        except Exception:  # an error of the server: abort, so that the client reconnects instead of waiting for ever
            log.exception("a connection's writer")
            self.abort()

    async def _watch(self) -> None:
        now = asyncio.get_running_loop().time
        drained, before, pinging = 0, 0, None
        while True:
            await asyncio.sleep(WATCH)
            queued = self._queued()
            # Only queued bytes count: a kernel accepts a few more for a program that has stopped reading.
            if before and self._written - queued > drained:
                self._moved = now()
            drained, before = self._written - queued, queued
            asked = now() - self._heard > SILENCE
            if asked and (pinging is None or pinging.done()):
                pinging = asyncio.create_task(self._ping())
            if (queued or asked) and now() - self._moved > PATIENCE:
                return self.abort()

    async def _ping(self) -> None:
        with contextlib.suppress(ConnectionError):
            await self._socket.ping()

    def _queued(self) -> int:
        """Bytes that were handed over and that the peer's kernel has not confirmed."""
        if not isinstance(self._transport, asyncio.WriteTransport) or self._transport.is_closing():
            return 0
        unsent = self._transport.get_write_buffer_size()
        with contextlib.suppress(OSError, AttributeError):  # not Linux, or closed just now
            number = self._transport.get_extra_info("socket").fileno()
            unsent += struct.unpack("i", fcntl.ioctl(number, termios.TIOCOUTQ, b"\0\0\0\0"))[0]
        return unsent
