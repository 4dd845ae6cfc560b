"""Serve until a signal arrives, and end cleanly."""

import asyncio
import contextlib
import errno
import signal
import socket
from collections.abc import Callable

from murmuration.errors import AccessError
from server import app as application
from server.compute.compute import Compute, SceneData
from server.door import addresses
from server.door.addresses import authority
from server.door.config import Config
from server.door.health import Health
from server.door.listen import listen
from server.runner import runner
from session.restored import Restored


def serve(
    config: Config,
    listening: socket.socket,
    compute: Compute,
    scene_data: SceneData,
    restored: Restored,
    ready: Callable[[], None],
) -> None:
    """Serve on a socket of :func:`bind`, whose port ``config`` names, until SIGINT or SIGTERM.

    ``ready`` is called once. Raises MurmurationError when the browser client is not built.
    """
    asyncio.run(_run(config, compute, scene_data, restored, listening, ready))


def bind(host: str, port: int) -> socket.socket:
    """Bind the port, before work that a taken port would waste; ``::`` binds it for IPv4 as well.

    Raises AccessError when it is not free, or ``host`` is no address of this machine.
    """
    try:
        family, kind, _, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (OSError, UnicodeError):
        raise AccessError(f"expected --host to be an address or name of this machine, or 0.0.0.0 for all, got "
                          f"{host[:80]!r}") from None  # fmt: skip
    listening = socket.socket(family, kind)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family is socket.AF_INET6:
            listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, host != "::")
        listening.bind(where)
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRNOTAVAIL:
            own = ", ".join([*addresses.lan(), *addresses.LOCAL])
            raise AccessError(f"expected --host to be one of {own} or 0.0.0.0 for all, got {host!r}") from None
        raise AccessError(f"expected {authority(host, port)} to be free, got: {error.strerror}. Choose another with "
                          "--port, or --port 0 for any") from None  # fmt: skip
    return listening


async def _run(
    config: Config,
    compute: Compute,
    scene_data: SceneData,
    restored: Restored,
    listening: socket.socket,
    ready: Callable[[], None],
) -> None:
    stop, well = asyncio.Event(), Health()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    running = runner(application.make(config, compute, scene_data, well, restored), 2.0)
    try:
        await running.setup()
        async with listen(running, config, listening):
            well.ready()
            ready()
            await stop.wait()
            well.stop()
    finally:
        await running.cleanup()
        with contextlib.suppress(RuntimeError):
            compute.close()
