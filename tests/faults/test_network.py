"""Clients behind networks that delay, throttle, freeze and cut, beside clients that feel nothing of it."""

import asyncio
import contextlib
import json

from tests.conftest import PATIENCE, Server
from tests.faults.proxy import network, unruly
from tests.stranger import strangers, whole
from tests.web import get, parsed
from tests.wire import Wire, connect

LEFT = [[-2.0, -2.0], [0.0, -2.0], [0.0, 2.0], [-2.0, 2.0]]
RIGHT = [[0.0, -2.0], [2.0, -2.0], [2.0, 2.0], [0.0, 2.0]]


async def test_a_slow_network_brings_everything_in_order(battered: Server) -> None:
    async with network(battered) as bad:
        bad.delay, bad.rate = 0.02, 400_000.0
        async with strangers(battered, 1, bad.port) as (one,):
            await whole(one)
    assert (one.gaps, one.duplicates) == (0, 0)


async def test_a_connection_cut_again_and_again_in_mid_frame(battered: Server) -> None:
    """No point is missing and none comes twice, however often the connection breaks."""
    async with network(battered) as bad:
        bad.rate = 600_000.0
        async with strangers(battered, 1, bad.port) as (one,):
            for cut in range(4):
                breaking = asyncio.create_task(bad.cut_after(20_000 + 17_001 * cut))  # frames have up to 100,000 bytes
                await one.lost()
                await breaking
                await one.open()
                assert one.welcome["resumed"]
            bad.rate = float("inf")
            await whole(one)
    assert (one.gaps, one.duplicates) == (0, 0)


async def test_half_open_sockets_are_reaped(battered: Server) -> None:
    """A cable is pulled: nobody counts the silent one as here, and the server keeps nothing of the connection."""
    async with network(battered) as bad, connect(battered) as watcher, strangers(battered, 1, bad.port) as (one,):
        await one.send("introduce", name="Silent")
        while "Silent" not in await names(watcher):
            pass
        await whole(one)
        bad.frozen = True
        async with asyncio.timeout(PATIENCE):
            while "Silent" in await names(watcher):
                pass
            while await asyncio.to_thread(connected, battered) > 1:
                await watcher.quiet(0.2)


async def names(watcher: Wire) -> list[str]:
    """Who is here, when that changes."""
    while True:
        with contextlib.suppress(TimeoutError):  # nothing may be said for longer than a Wire waits
            return [each["name"] for each in (await watcher.text("people"))["items"]]


def connected(server: Server) -> float:
    """How many clients the server says are connected."""
    samples = parsed(get(server, "/metrics", **server.bearer)[1])
    return sum(value for (name, _), value in samples.items() if name == "murmuration_clients")


async def test_messages_twice_and_swapped_leave_one_state_for_all(battered: Server) -> None:
    """Strokes are whole: whatever order they come in, everybody ends with the last one's selection."""
    async with connect(battered) as wire:
        scene = await wire.text("scene")
        strokes = [
            json.dumps({"type": "stroke", "id": number, "polygon": (LEFT, RIGHT)[number % 2], "matrix": scene["model"],
                        "operation": ("replace", "add", "intersect")[number % 3]})
            for number in range(1, 13)
        ]  # fmt: skip
        await wire.frame("points")
        for message in unruly([*strokes, *[json.dumps({"type": "ack", "seq": 1})] * 5], seed=7):
            await wire.send_raw(message)
        await wire.send("stroke", id=99, polygon=LEFT, matrix=scene["model"], operation="replace")
        count = (await wire.text("selected", id=99))["count"]
        async with strangers(battered, 1) as (one,):
            await whole(one)
            (selected, *_) = [each for each in reversed(one.texts) if each["type"] == "selected"]
            assert selected["count"] == count
            await one.until(lambda: len(one.selected(selected["version"])) == count)
