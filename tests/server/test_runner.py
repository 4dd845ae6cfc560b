"""Malformed requests are answered and not logged; errors of the server are logged."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiohttp import web

from server.runner import runner
from tests.conftest import PATIENCE

TOKEN = "a-secret-that-no-log-holds"
NOT_HTTP = [
    f"GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {TOKEN}\0\r\n\r\n",
    f"GET / HTTP/1.1\r\nHost: a\r\n{'x' * 9000}: {TOKEN}\r\n\r\n",
    f"NONSENSE / HTTP/1.1\r\nAuthorization: Bearer {TOKEN}\r\n\r\n",
    f"GET /{TOKEN} HTTP/9.9\r\n\r\n",
    "\x16\x03\x01\x02\x00\x01",
]


@pytest_asyncio.fixture
async def port() -> AsyncIterator[int]:
    """An application whose one handler fails."""

    async def fail(_request: web.Request) -> web.Response:
        raise ValueError("a mistake of ours")

    app = web.Application()
    app.router.add_get("/fails", fail)
    running = runner(app, 0.1)
    await running.setup()
    await web.TCPSite(running, "127.0.0.1", 0).start()
    yield int(running.addresses[0][1])
    await running.cleanup()


async def answer(port: int, text: str) -> str:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(text.encode("latin-1"))
    data = await asyncio.wait_for(reader.read(1 << 16), PATIENCE)
    writer.close()
    with contextlib.suppress(ConnectionError):  # the server closed it first
        await writer.wait_closed()
    return data.decode("latin-1")


async def test_malformed_requests_are_not_logged(port: int, caplog: pytest.LogCaptureFixture) -> None:
    for text in NOT_HTTP:
        assert answer_status(await answer(port, text)) == 400
    assert caplog.records == []


async def test_a_mistake_of_ours_is(port: int, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        text = await answer(port, "GET /fails HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    assert answer_status(text) == 500
    assert "a mistake of ours" not in text
    assert "ValueError: a mistake of ours" in caplog.text


def answer_status(text: str) -> int:
    return int(text.split()[1])
