"""Listening: plain on loopback, TLS beyond it, where who comes without TLS is told what to type.

A TLS connection begins with the byte 22, an HTTP request with a letter, so one look at the first byte tells them apart
before anything is answered. The alternatives were a redirect, which leads straight into the browser's warning without a
word about it, and silence, which a phone shows as "connection reset".
"""

import asyncio
import contextlib
import html
import logging
import re
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from server.door import tls
from server.door.access import HEADERS
from server.door.config import Config

log = logging.getLogger(__name__)

PATIENCE = 10.0
"""Seconds in which a new connection has to say something, and to finish its handshake."""

_HANDSHAKE = b"\x16"
_MOST = 8192


@asynccontextmanager
async def listen(runner: web.AppRunner, config: Config, listening: socket.socket) -> AsyncIterator[None]:
    """Answer on a bound socket, which is closed in the end."""
    if config.certificate is None:
        await web.SockSite(runner, listening).start()
        yield  # the runner stops its sites
        return
    listening.listen(socket.SOMAXCONN)
    listening.setblocking(False)
    accepting = asyncio.create_task(_accept(_answering(runner), config, tls.serving(config.certificate), listening))
    try:
        yield
    finally:
        accepting.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await accepting
        listening.close()


def _answering(runner: web.AppRunner) -> web.Server:
    if runner.server is None:
        raise RuntimeError("expected a runner that is set up")
    return runner.server


async def _accept(server: web.Server, config: Config, context: ssl.SSLContext, listening: socket.socket) -> None:
    async with asyncio.TaskGroup() as greeting:
        while True:
            try:
                connection, _ = await asyncio.get_running_loop().sock_accept(listening)
            except OSError as error:
                log.warning("a connection could not be accepted: %s", error)  # out of descriptors, most likely
                await asyncio.sleep(1)
                continue
            greeting.create_task(_greet(server, config, context, connection))


async def _greet(server: web.Server, config: Config, context: ssl.SSLContext, connection: socket.socket) -> None:
    connection.setblocking(False)
    with contextlib.ExitStack() as ours:
        ours.callback(connection.close)
        # Who goes away, does not trust the certificate, or says nothing, concerns nobody else.
        ours.enter_context(contextlib.suppress(OSError, TimeoutError))
        async with asyncio.timeout(PATIENCE):
            first = await _first(connection)
            if first == _HANDSHAKE:
                ours.pop_all()  # from here on the transport closes it
                with contextlib.suppress(OSError):
                    await asyncio.get_running_loop().connect_accepted_socket(server, connection, ssl=context)
            elif first:
                await _explain(connection, config)


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
    """Answer a plain request with a page that says what to type."""
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
    """The page that says what to type, for the name by which the request came if that is one of ours."""
    named = re.search(r"^host:[ \t]*(\S+)[ \t]*\r$", head, re.IGNORECASE | re.MULTILINE)
    host = named[1].lower() if named else ""
    address = html.escape(f"https://{host}/" if host in config.hosts() else config.base)
    fingerprint = config.certificate.fingerprint if config.certificate else ""
    return f"""<!doctype html>
<html lang="en">
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Murmuration Lab: https</title>
<h1>Type https:// in front</h1>
<p>This address was opened without the s of https. Open <a href="{address}">{address}</a>, followed by
<b>#token=</b> and everything after it in the address that devshell printed.</p>
<p>The browser will warn, since the certificate is signed by nobody but this server. It is the right one if its SHA-256
fingerprint is the one that devshell printed; then choose Advanced, and Proceed.</p>
<p><code>{fingerprint.replace(":", ":<wbr>")}</code></p>
"""
