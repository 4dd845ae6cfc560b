"""Waiting: the answers of a server while its data are still being read.

It listens from the first moment, in a thread beside the one that reads, so that a monitor sees it alive and not ready,
and an open page waits instead of giving up. It has its own application on a duplicate of the socket: connections that
arrive while the two change over wait in the socket's own queue.
"""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from aiohttp import web

from server.door import access, health, page
from server.door.admission import Admission
from server.door.config import Config
from server.door.listen import listen
from server.runner import runner

RETRY = {"Retry-After": "1", "Cache-Control": "no-store"}
READING = "The data are still being read. The page opens by itself once they are there.\n"


@contextmanager
def waiting(config: Config, listening: socket.socket) -> Iterator[None]:
    """Answer on a bound socket for as long as the block takes. Raises MurmurationError without a built client."""
    app = _make(config)
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()
    begun = threading.Event()
    thread = threading.Thread(target=loop.run_until_complete, args=(_run(app, config, listening.dup(), begun, stop),))
    thread.start()
    begun.wait()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


def _make(config: Config) -> web.Application:
    files = page.files(config.static)
    app = web.Application(middlewares=[access.guard(config, (*files, *health.PATHS))])
    app[access.ADMISSION] = Admission()
    app.on_response_prepare.append(access.harden)
    health.add(app, health.Health(), lambda: "busy")
    for name, file in files.items():
        app.router.add_get(name, file)
    app.router.add_route("*", "/{path:.*}", _later)
    return app


async def _later(_request: web.Request) -> web.Response:
    return web.Response(status=503, text=READING, headers=RETRY)


async def _run(
    app: web.Application, config: Config, listening: socket.socket, begun: threading.Event, stop: asyncio.Event
) -> None:
    running = runner(app, 0.2)
    try:
        await running.setup()
        async with listen(running, config, listening):
            begun.set()
            await stop.wait()
    finally:
        begun.set()
        await running.cleanup()
