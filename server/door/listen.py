"""Listening: plain HTTP on loopback, TLS elsewhere, with an explanation for clients that come without TLS.

A TLS connection begins with the byte 22, an HTTP request with a letter, so the first byte tells them apart before
anything is answered. Rejected: a redirect, which leads into the browser's warning without an explanation, and closing
the connection, which a phone shows as "connection reset".

Connections are accepted here and not by asyncio's server, which logs a traceback for every connection that it cannot
accept (88 MB in 100 s were measured), and which offers no place to bound their number (:mod:`server.door.admission`).
"""

import asyncio
import html
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from server.door import tls
from server.door.access import DOOR, HEADERS
from server.door.admission import Admission
from server.door.config import Config
from server.runner import HEAD

BATCH = 32
"""Connections accepted before other work has its turn."""

PAUSE = 0.1
"""Seconds without accepting after the process has run out of descriptors."""

_HANDSHAKE = b"\x16"
_MOST = 8192


@asynccontextmanager
async def listen(runner: web.AppRunner, config: Config, listening: socket.socket) -> AsyncIterator[None]:
    """Answer on a bound socket, which is closed at the end."""
    listening.listen(socket.SOMAXCONN)
    listening.setblocking(False)
    one = _Listener(runner, config, listening)
    one.begin()
    try:
        yield
    finally:
        await one.end()
        listening.close()


class _Listener:
    """Accepts connections and hands each to a handler of the runner."""

    def __init__(self, runner: web.AppRunner, config: Config, listening: socket.socket) -> None:
        if runner.server is None:
            raise RuntimeError("expected a runner that is set up")
        self._server = runner.server
        self._admission = runner.app[DOOR].admission
        self._config = config
        self._context = None if config.certificate is None else tls.serving(config.certificate)
        self._listening = listening
        self._loop = asyncio.get_running_loop()
        self._opening: set[asyncio.Task[None]] = set()
        self._paused: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        self._paused = None
        self._loop.add_reader(self._listening, self._accept)

    async def end(self) -> None:
        self._loop.remove_reader(self._listening)
        if self._paused is not None:
            self._paused.cancel()
        for task in self._opening:
            task.cancel()
        await asyncio.gather(*self._opening, return_exceptions=True)

    def _accept(self) -> None:
        for _ in range(BATCH):
            try:
                connection, _ = self._listening.accept()
            except (BlockingIOError, InterruptedError):
                return
            except ConnectionAbortedError:
                continue
            except OSError:  # out of descriptors or memory; the queue of the socket would wake us without end
                self._admission.halve()
                self._loop.remove_reader(self._listening)
                self._paused = self._loop.call_later(PAUSE, self.begin)
                return
            connection.setblocking(False)
            opened = _Opened(self._server(), self._admission)
            opened.task = self._loop.create_task(self._open(opened, connection))
            self._opening.add(opened.task)
            opened.task.add_done_callback(self._opening.discard)
            self._admission.opened(opened.handler, opened.cut)

    async def _open(self, opened: "_Opened", connection: socket.socket) -> None:
        """Hand a connection to its handler; with TLS after the handshake, or explain TLS to a plain request."""
        handed = False
        try:
            async with asyncio.timeout(HEAD):
                first = _HANDSHAKE if self._context is None else await _first(connection)
                handed = first == _HANDSHAKE  # from here on the transport closes the socket
                if handed:
                    await self._loop.connect_accepted_socket(lambda: opened, connection, ssl=self._context)
                elif first:
                    await _explain(connection, self._config)
        except (OSError, TimeoutError):
            pass  # a client that leaves, distrusts the certificate or sends nothing in time is no error of the server
        finally:
            if not handed:
                connection.close()
            if not opened.connected:
                opened.ended()


class _Opened(asyncio.Protocol):
    """A connection on its way to aiohttp's handler, which tells Admission when it has ended."""

    def __init__(self, handler: web.RequestHandler, admission: Admission) -> None:
        self.handler = handler
        self.task: asyncio.Task[None] | None = None
        self._admission = admission
        self._transport: asyncio.Transport | None = None
        self.data_received = handler.data_received  # type: ignore[method-assign]
        self.eof_received = handler.eof_received  # type: ignore[method-assign]
        self.pause_writing = handler.pause_writing  # type: ignore[method-assign]
        self.resume_writing = handler.resume_writing  # type: ignore[method-assign]

    @property
    def connected(self) -> bool:
        """Whether the handler has the connection."""
        return self._transport is not None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            self._transport = transport
        self.handler.connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self.ended()
        self.handler.connection_lost(error)

    def ended(self) -> None:
        """The connection is closed."""
        self._admission.gone(self.handler)

    def cut(self) -> None:
        """Close the connection at once."""
        if self._transport is not None:
            self._transport.abort()
        elif self.task is not None:
            self.task.cancel()


async def _first(connection: socket.socket) -> bytes:
    """The first byte, left where it is; empty when the other side has closed."""
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(connection, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(connection)
    return connection.recv(1, socket.MSG_PEEK)


async def _explain(connection: socket.socket, config: Config) -> None:
    """Answer a plain request with a page that gives the address to type."""
    loop = asyncio.get_running_loop()
    head = b""
    while b"\r\n\r\n" not in head and len(head) < _MOST:
        part = await loop.sock_recv(connection, _MOST)
        if not part:
            break
        head += part
    body = page(config, head.decode("latin-1")).encode()
    lines = {**HEADERS, "Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(body)),
             "Cache-Control": "no-store", "Connection": "close"}  # fmt: skip
    answer = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    head_only = head.startswith(b"HEAD ")
    await loop.sock_sendall(connection, f"HTTP/1.1 400 Bad Request\r\n{answer}\r\n".encode() + body * (not head_only))
    # Closing on unread data would reset the connection, and with it the page.
    connection.shutdown(socket.SHUT_WR)
    while await loop.sock_recv(connection, _MOST):
        pass


def page(config: Config, head: str) -> str:
    """The page that gives the address to type, under the name that the request used if it is one of ours."""
    named = re.search(r"^host:[ \t]*(\S+)[ \t]*\r$", head, re.IGNORECASE | re.MULTILINE)
    host = named[1].lower() if named else ""
    address = html.escape(f"https://{host}/" if host in config.hosts() else config.local)
    fingerprint = config.certificate.fingerprint if config.certificate else ""
    return f"""<!doctype html>
<html lang="en">
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Murmuration Lab: https</title>
<h1>Type https:// in front</h1>
<p>This address was opened without the s of https. Open <a href="{address}">{address}</a>, and enter there the code
that devshell printed.</p>
<p>The browser will warn, since only this server signed its certificate. It is the right certificate if its SHA-256
fingerprint is the one that devshell printed; then choose Advanced, and Proceed.</p>
<p><code>{fingerprint.replace(":", ":<wbr>")}</code></p>
"""
