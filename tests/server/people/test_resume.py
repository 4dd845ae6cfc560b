"""Broken connections: received frames stay, lost ones come again, and none comes twice."""

import asyncio
import random
import socket as sockets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio
import websockets

import murmuration as mm
from murmuration.errors import AccessError
from server.people import connection, members
from tests.conftest import PATIENCE
from tests.server.many import Follower, Many, eye, serving

POINTS = 300_000
POLYGONS = ([[-9, -9], [0, -9], [0, 9], [-9, 9]], [[0, -9], [9, -9], [9, 9], [0, 9]])


@pytest_asyncio.fixture
async def many(table: mm.CurveTable, traces: mm.Traces) -> AsyncIterator[Many]:
    async with serving(table, traces, POINTS) as one:
        yield one


class Proxy:
    """Passes bytes on to a server until it is told to cut, which may be in the middle of a frame.

    ``rate`` is in bytes a second of what the server sends; ``step`` is how many bytes are passed on at once.
    """

    def __init__(self, port: int, most: int | None = None, rate: float | None = None, step: int = 1 << 14) -> None:
        self._port, self._most, self._rate, self._step = port, most, rate, step
        self._tasks: set[asyncio.Task[None]] = set()
        self.passed = 0

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        raw = sockets.socket()
        raw.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 1 << 13)  # what is on its way is not in our buffers
        raw.setblocking(False)
        await asyncio.get_running_loop().sock_connect(raw, ("127.0.0.1", self._port))
        upstream, onward = await asyncio.open_connection(sock=raw, limit=1 << 12)
        back = asyncio.create_task(self._pass(reader, onward))
        self._tasks.add(back)
        try:
            while data := await upstream.read(self._step):
                if self._most is not None and self.passed + len(data) > self._most:
                    writer.write(data[: self._most - self.passed])
                    break
                self.passed += len(data)
                writer.write(data)
                await writer.drain()
                if self._rate is not None:
                    await asyncio.sleep(len(data) / self._rate)
        except ConnectionError:
            pass
        finally:
            back.cancel()
            onward.transport.abort()
            writer.close()

    @staticmethod
    async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(1 << 16):
            writer.write(data)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[int]:
        """Its port, while it runs."""
        listening = await asyncio.start_server(self.take, "127.0.0.1", 0)
        try:
            yield listening.sockets[0].getsockname()[1]
        finally:
            listening.close()


async def cut(many: Many, follower: Follower, bytes_: int) -> None:
    """One connection that is cut after so many bytes of the server."""
    async with Proxy(many.config.port, most=bytes_).running() as port:
        try:
            async with many.connect(port=port, **follower.query) as wire:
                await follower.follow(wire)
        except (websockets.ConnectionClosed, AccessError):
            pass


async def broken(many: Many, seed: int, cuts: int) -> None:
    """A client that is cut at random places while selections change, until it has everything."""
    chance = random.Random(seed)
    follower = Follower()
    async with many.connect() as other:
        scene = await other.text("scene")
        for k in range(cuts):
            await cut(many, follower, chance.randrange(200, 1_200_000))
            if chance.random() < 0.5:  # somebody selects something meanwhile
                await other.send("stroke", id=k, polygon=POLYGONS[k % 2], matrix=scene["model"], operation="replace")
                await other.text("selected", id=k)
        async with many.connect(**follower.query) as wire:
            await follower.follow(wire)
    assert follower.size == POINTS
    if follower.count:
        cloud = many.scene_data.cloud
        assert follower.selected() in [set(cloud.lasso(cloud.model, each).tolist()) for each in POLYGONS]
    else:
        assert not follower.masks
    assert all(follower.resumed[1:])  # never from the beginning


async def test_cuts_anywhere_lose_nothing_and_repeat_nothing(many: Many) -> None:
    await broken(many, 2, cuts=6)  # sixty others in `make soak`


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 160))
async def test_many_cuts_anywhere_lose_nothing_and_repeat_nothing(many: Many, seed: int) -> None:
    await broken(many, seed, cuts=30)


async def test_chunks_that_were_dropped_meanwhile_are_dropped_again(many: Many) -> None:
    """The text that says so may be lost with the connection; the picture must not keep what the server forgot."""
    here, there = eye(many.scene_data, (1.0, 1.0, 0.0), 0.25), eye(many.scene_data, (-1.0, -1.0, 0.0), 0.25)
    follower = Follower()
    async with many.connect(acknowledge=False) as wire:
        await follower.look(wire, here, 120_000)
        await wire.send("viewpoint", matrix=there, budget=120_000)
        await wire.text("drop")  # and is gone before the client could do it
    async with many.connect(**follower.query) as wire:
        await follower.look(wire, there, 120_000)
    assert follower.resumed == [False, True]
    assert follower.size == follower.promised <= 120_000


@pytest.mark.parametrize("change", ["secret", "epoch", "seq too new", "seq acknowledged before", "nonsense", "scene"])
async def test_a_connection_that_cannot_resume_begins_anew(many: Many, change: str) -> None:
    follower = Follower()
    async with many.connect() as wire:
        await follower.follow(wire)
    query = dict(follower.query)
    match change:
        case "secret":
            query["member"] = "somebody"
        case "epoch":
            query["epoch"] = 7
        case "seq too new":
            query["seq"] += 1
        case "seq acknowledged before":
            query["seq"] -= 1
        case "nonsense":
            query["seq"] = "-1e9"
        case "scene":
            await many.session.show(many.scene_data)
    follower.last = False
    async with many.connect(**query) as wire:
        await follower.follow(wire)
    assert follower.resumed == [False, False]
    assert follower.size == POINTS


async def test_a_viewers_token_does_not_resume_an_editor(many: Many) -> None:
    follower = Follower()
    async with many.connect() as wire:
        await follower.follow(wire)
    async with many.connect(viewer=True, **follower.query) as wire:
        welcome = await wire.text("welcome")
    assert (welcome["scope"], welcome["resumed"]) == ("viewer", False)
    assert welcome["member"] != follower.secret


async def test_a_disconnected_member_holds_no_scene_and_is_forgotten(
    many: Many, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(members, "ABSENCE", 0.2)
    follower = Follower()
    async with many.connect() as wire:
        await follower.follow(wire)
        (member,) = many.members
    while member.connection is not None:
        await asyncio.sleep(0.01)
    assert (member._scene, member._masks, member._builds) == (None, {}, {})
    await asyncio.sleep(0.3)
    async with many.connect(**follower.query) as wire:
        assert not (await wire.text("welcome"))["resumed"]


async def test_the_window_follows_a_slow_network(many: Many) -> None:
    async with Proxy(many.config.port, rate=1e6, step=1 << 14).running() as port, many.connect(port=port) as wire:
        follower = Follower()
        await follower.follow(wire)
        (member,) = many.members
        assert member.outbox.credit.window < 1 << 20
    async with many.connect() as wire:
        follower = Follower()
        await follower.follow(wire)
        (member,) = many.members
        assert member.outbox.credit.window > 1 << 20
    assert follower.size == POINTS


async def test_a_client_that_reads_byte_by_byte_is_slow_and_right(many: Many) -> None:
    """Every byte of the texts and of the first traces by itself; the points by the kilobyte, for the sake of time."""
    follower = Follower()
    async with Proxy(many.config.port, step=1, most=4000).running() as port:
        with pytest.raises(websockets.ConnectionClosed):
            async with many.connect(port=port) as wire:
                await follower.follow(wire)
    assert follower.resumed == [False]
    async with Proxy(many.config.port, step=1024).running() as port, many.connect(port=port, **follower.query) as wire:
        await follower.follow(wire)
    assert follower.size == POINTS


async def test_a_client_that_drains_nothing_is_cut_off(many: Many, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "PATIENCE", 1.0)
    monkeypatch.setattr(connection, "WATCH", 0.1)
    async with many.connect() as healthy:
        await Follower().follow(healthy)
        with sockets.create_connection(("127.0.0.1", many.config.port)) as raw:
            raw.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
            token = many.config.tokens.editor
            raw.sendall((f"GET /ws?token={token} HTTP/1.1\r\nHost: 127.0.0.1:{many.config.port}\r\n"
                         f"Authorization: Bearer {token}\r\n"
                         "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                         "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
                         "Sec-WebSocket-Protocol: murmuration.v3\r\n\r\n").encode())  # fmt: skip
            while not (stalled := [each for each in many.members if each.outbox.credit.bytes]):
                await asyncio.sleep(0.01)
            assert stalled[0].outbox.credit.bytes <= 4 << 20
            async with asyncio.timeout(PATIENCE):
                while len(many.members) > 1:
                    await asyncio.sleep(0.05)
            await healthy.send("describe", row=1)
            assert (await healthy.text("card"))["row"] == 1


async def test_a_client_that_drains_slowly_is_not_cut_off(many: Many, monkeypatch: pytest.MonkeyPatch) -> None:
    """One frame takes longer than the patience, but bytes move."""
    monkeypatch.setattr(connection, "PATIENCE", 1.5)
    monkeypatch.setattr(connection, "SILENCE", 0.5)
    monkeypatch.setattr(connection, "WATCH", 0.1)
    follower = Follower()
    async with Proxy(many.config.port, rate=60e3, step=4096).running() as port, many.connect(port=port) as wire:
        began = asyncio.get_running_loop().time()
        await follower.follow(wire, 1)  # 225 KB
        assert asyncio.get_running_loop().time() - began > 3
    assert follower.chunks
