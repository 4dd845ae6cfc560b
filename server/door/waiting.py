"""The application that answers while the data are still being read.

It listens from the start, in a thread beside the one that reads, so that monitors see a live server that is not ready,
and a page that is open already, or is opened now, waits. It is a separate application on a duplicate of the socket:
connections that arrive during the change-over wait in the socket's own queue.
"""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from aiohttp import web

from server.door import access, entering, health, page
from server.door.config import Config
from server.door.listen import listen
from server.runner import runner

RETRY = {"Retry-After": "1", "Cache-Control": "no-store"}
READING = "The data are still being read: try again in a second; a page does so by itself\n"


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
    app = web.Application()
    access.add(app, config, (*files, *health.PATHS, *entering.OPEN))
    app.router.add_post("/enter", entering.enter)
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
