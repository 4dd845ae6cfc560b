"""A connection whose server makes a mistake: the client is not left waiting."""

import asyncio

import pytest
import websockets
from aiohttp import web

from server.people.connection import Connection
from streaming.outbox import Outbox
from tests.conftest import PATIENCE


async def test_a_frame_that_cannot_be_made_cuts_the_client_off(caplog: pytest.LogCaptureFixture) -> None:
    """Cut off it comes back, and is told anew; connected to a writer that has ended it would wait for ever."""
    outbox: Outbox[str] = Outbox(lambda key, seq: b"frame" if key == "good" else _mistake())

    async def serve(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        connection = Connection(socket, request.transport)
        connection.begin(outbox)
        async for _ in socket:
            pass
        await connection.end()
        return socket

    app = web.Application()
    app.router.add_get("/", serve)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        async with websockets.connect(f"ws://127.0.0.1:{runner.addresses[0][1]}/") as client:
            outbox.frame("good", 0.0)
            assert await asyncio.wait_for(client.recv(), PATIENCE) == b"frame"
            outbox.frame("bad", 0.0)
            with pytest.raises(websockets.ConnectionClosed):
                await asyncio.wait_for(client.recv(), PATIENCE)
    finally:
        await runner.cleanup()
    assert "a connection's writer" in caplog.text
    assert "ZeroDivisionError" in caplog.text


def _mistake() -> bytes:
    raise ZeroDivisionError
