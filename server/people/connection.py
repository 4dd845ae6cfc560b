"""Connection: one WebSocket of a member, its one writer, and the watch over it.

Whether a client drains cannot be seen from a send that blocks: a slow one takes a frame over half a minute and is
alive. What is seen is the kernel's queue: bytes handed over less bytes that the other side has not confirmed. When that
stands still for PATIENCE while something is queued, or a ping goes unanswered as long, the connection is cut off, and
the others feel nothing. (aiohttp's own heartbeat would cut off whoever takes longer than five seconds to drain what was
sent before the ping, and does not free a blocked sender.)
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
"""Seconds without any progress after which a client is cut off."""

SILENCE = 4.0
"""Seconds without a word after which a ping is sent."""

WATCH = 1.0
"""Seconds between two looks at the queue; with the others, a half-open socket is noticed within 15."""

REPLACED = 4001
"""Close code of a connection whose member went on in another."""

FAREWELL = 1.0
"""Seconds in which a replaced client may take in that it was."""


class Connection:
    """A prepared WebSocket with its transport; begins to send with :meth:`begin`."""

    def __init__(self, socket: web.WebSocketResponse, transport: asyncio.BaseTransport | None) -> None:
        self._socket = socket
        self._transport = transport
        self._tasks: list[asyncio.Task[None]] = []
        self._heard = self._moved = asyncio.get_running_loop().time()
        self._written = 0

    def begin(self, outbox: Outbox[Any]) -> None:
        """Send what an outbox gives, until :meth:`end`."""
        self._tasks = [asyncio.create_task(self._write(outbox)), asyncio.create_task(self._watch())]

    def heard(self) -> None:
        """Anything came from the other side."""
        self._heard = self._moved = asyncio.get_running_loop().time()

    def stop(self) -> None:
        """Take nothing more of the outbox, from this moment on."""
        for task in self._tasks:
            task.cancel()

    async def end(self) -> None:
        """Send nothing more."""
        self.stop()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def replace(self) -> None:
        """Close with words, since the member goes on in another connection; cut off if nobody takes them in.

        aiohttp's own close() would not wait for an answer while somebody listens. What the client is just sending would
        then meet a closed socket, which resets the connection and takes the words with it.
        """
        await self.end()
        with contextlib.suppress(TimeoutError, ConnectionError):
            words = struct.pack("!H", REPLACED) + b"this member went on in another connection"
            await asyncio.wait_for(self._socket.send_frame(words, WSMsgType.CLOSE), FAREWELL)
            await asyncio.sleep(FAREWELL)
        self.abort()

    def abort(self) -> None:
        """Cut off: close() would wait behind the bytes that do not drain, only abort frees the socket."""
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
        except Exception:  # a mistake of ours: cut off, the client comes back; else it would wait for ever
            log.exception("a connection's writer")
            self.abort()

    async def _watch(self) -> None:
        now = asyncio.get_running_loop().time
        drained, before, pinging = 0, 0, None
        while True:
            await asyncio.sleep(WATCH)
            queued = self._queued()
            # Only what had to wait says something: a kernel takes in a few words for a program that reads no more.
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
        """Bytes that were handed over and that the other side's kernel has not confirmed."""
        if not isinstance(self._transport, asyncio.WriteTransport) or self._transport.is_closing():
            return 0
        unsent = self._transport.get_write_buffer_size()
        with contextlib.suppress(OSError, AttributeError):  # not Linux, or closed just now
            number = self._transport.get_extra_info("socket").fileno()
            unsent += struct.unpack("i", fcntl.ioctl(number, termios.TIOCOUTQ, b"\0\0\0\0"))[0]
        return unsent
