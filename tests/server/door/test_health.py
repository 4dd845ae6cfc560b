"""Liveness and readiness as a monitor sees them: before, with and after the data."""

import asyncio
import contextlib
import http.client
import json
import socket
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from murmuration.errors import MurmurationError
from server.door import health, tokens
from server.door.access import GRANT
from server.door.config import Config
from server.door.tokens import Grant
from server.door.waiting import waiting
from server.serve import bind
from tests.conftest import Server
from tests.web import get

TOKENS = tokens.new()


def asked(port: int, path: str, token: str = "", **headers: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path, headers={"Authorization": f"Bearer {token}", **headers})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


@pytest.fixture
def reading() -> Iterator[int]:
    """The port of a server that reads its data for as long as a test takes."""
    with bind("127.0.0.1", 0) as listening:
        config = Config(port=listening.getsockname()[1], tokens=TOKENS)
        with waiting(config, listening):
            yield config.port


def test_while_the_data_are_read(reading: int) -> None:
    assert asked(reading, "/healthz") == (200, '{"state": "alive"}')
    assert asked(reading, "/readyz") == (503, '{"state": "loading"}')
    status, text = asked(reading, "/readyz", TOKENS.viewer)
    assert (status, json.loads(text)["reason"]) == (503, "The data are being read.")
    assert asked(reading, "/")[0] == 200
    for path in ("/session", "/ws", "/metrics", "/selection.csv", "/nowhere"):
        assert asked(reading, path)[0] == 401
        status, text = asked(reading, path, TOKENS.viewer)
        assert status == 503
        assert "still being read" in text
    assert asked(reading, "/healthz", Host="evil.example")[0] == 403


def test_the_port_is_handed_over_without_a_gap() -> None:
    """What comes between the two applications waits in the queue of the socket, and is answered by the second."""
    with bind("127.0.0.1", 0) as listening:
        config = Config(port=listening.getsockname()[1], tokens=TOKENS)
        with waiting(config, listening):
            assert asked(config.port, "/healthz")[0] == 200
        with socket.create_connection(("127.0.0.1", config.port), timeout=10) as between:
            between.sendall(f"GET /healthz HTTP/1.1\r\nHost: localhost:{config.port}\r\n\r\n".encode())
            with waiting(config, listening):
                assert between.recv(4096).startswith(b"HTTP/1.1 200 OK")


def test_an_error_while_reading_frees_the_port() -> None:
    with bind("127.0.0.1", 0) as listening:
        config = Config(port=listening.getsockname()[1], tokens=TOKENS)
        with contextlib.suppress(MurmurationError), waiting(config, listening):
            raise MurmurationError("nothing there")
    with socket.socket() as free:
        free.bind(("127.0.0.1", config.port))


def test_with_the_data(server: Server) -> None:
    assert get(server, "/healthz")[:2] == (200, '{"state": "alive"}')
    assert get(server, "/readyz")[:2] == (200, '{"state": "ready"}')
    assert json.loads(get(server, "/readyz", **server.bearer)[1]) == {"state": "ready", "compute": "cpu", "reason": ""}


def test_without_a_disk_and_at_the_end() -> None:
    well = health.Health()

    async def answers() -> list[tuple[int, Any]]:
        @web.middleware
        async def known(request: web.Request, handler: Any) -> web.StreamResponse:
            request[GRANT] = Grant("viewer")
            answer: web.StreamResponse = await handler(request)
            return answer

        app = web.Application(middlewares=[known])
        health.add(app, well, lambda: "cpu")
        said = []
        async with TestClient(TestServer(app)) as client:
            full = partial(well.fail, "The disk is full.")
            changes: list[Callable[[], None]] = [well.ready, full, well.ready, well.stop, well.ready]
            for change in changes:
                change()
                async with client.get("/readyz") as answer:
                    said.append((answer.status, await answer.json()))
        return said

    said = asyncio.run(answers())
    assert [status for status, _ in said] == [200, 503, 200, 503, 503]
    assert said[1][1] == {"state": "failed", "compute": "cpu", "reason": "The disk is full."}
    assert said[4][1]["state"] == "stopping"
