"""Half-open connections without a token: a newcomer is served, an editor works on, memory and log stay flat."""

import asyncio
import http.client
import tempfile

import pytest

from server.door.admission import MOST
from tests.conftest import start, stop
from tests.faults.flood import flood, still_open
from tests.faults.raw import memory
from tests.server.live.test_session import LEFT, lasso
from tests.wire import connect

GROWTH = 24 << 20
"""Bytes by which the server may grow: the handlers of MOST connections, and allocations that are kept."""

OPTIONS = ("--conductor", "7500:10000", "--primes", "50")


def newcomer(port: int, patience: float) -> int:
    """The status of the page, for a client that has nothing but the address. Raises TimeoutError."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=patience)
    connection.request("GET", "/")
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.mark.parametrize(
    ("count", "patience"), [(4 * MOST, 10.0), pytest.param(5000, 1.0, marks=pytest.mark.slow)]
)  # fmt: skip
async def test_a_flood_of_half_requests_locks_nobody_out(count: int, patience: float) -> None:
    with tempfile.TemporaryFile() as log:
        server = start(*OPTIONS, log=log)
        async with connect(server) as editor:
            scene = await editor.text("scene")
            await lasso(editor, scene, LEFT, id=1)
            await editor.quiet()
            before = memory(server)
            announced = log.tell()
            with flood(server.port, count) as many:
                assert await asyncio.to_thread(newcomer, server.port, 10.0) == 200  # behind the queue of the socket
                for _ in range(3):
                    assert await asyncio.to_thread(newcomer, server.port, patience) == 200
                async with asyncio.timeout(patience):
                    answered = await lasso(editor, scene, LEFT, id=2)
                assert answered["count"] > 0
                assert 0 < still_open(many) <= MOST
                assert memory(server) - before < GROWTH
            log.seek(announced)
            lines = log.read().decode().splitlines()
        assert stop(server) == 0
    warnings = [line for line in lines if "connections without a token" in line]
    assert len(warnings) == 1
    assert len(lines) < 10
