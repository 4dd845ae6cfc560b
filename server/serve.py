"""Listen, say where, and end cleanly."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import Callable

from aiohttp import web

from murmuration.errors import MurmurationError
from server import app as application
from server.compute import Compute, Picture
from server.config import Config


def address(config: Config, token: str = "") -> str:
    """What to open: the page's address, with a token in the fragment, which browsers keep to themselves."""
    return f"http://{config.host}:{config.port}/" + (f"#token={token}" if token else "")


def serve(
    config: Config, listening: socket.socket, compute: Compute, picture: Picture, ready: Callable[[], None]
) -> None:
    """Serve on a socket of :func:`bind`, whose port ``config`` names, until SIGINT or SIGTERM.

    ``ready`` is called once. Raises MurmurationError when the browser client is not built.
    """
    asyncio.run(_run(config, compute, picture, listening, ready))


def bind(config: Config) -> socket.socket:
    """Take the port, before any work that it would be a pity to lose. Raises MurmurationError when it is not free."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((config.host, config.port))
    except OSError as error:
        listening.close()
        raise MurmurationError(f"expected {config.host}:{config.port} to be free, got: {error.strerror}. Choose "
                               "another with --port, or --port 0 for any") from None  # fmt: skip
    return listening


async def _run(
    config: Config, compute: Compute, picture: Picture, listening: socket.socket, ready: Callable[[], None]
) -> None:
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    # No access log: a request line may hold the token.
    runner = web.AppRunner(application.make(config, compute, picture), access_log=None, shutdown_timeout=2.0)
    try:
        await runner.setup()
        await web.SockSite(runner, listening).start()
        ready()
        await stop.wait()
    finally:
        await runner.cleanup()
        with contextlib.suppress(RuntimeError):
            compute.close()
