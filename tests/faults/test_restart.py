"""A server that dies in mid-frame, and everybody who comes back at once."""

import asyncio
import contextlib
import time
from pathlib import Path

import pytest
import websockets

from murmuration.errors import AccessError
from tests.conftest import PATIENCE, Server, start, stop
from tests.faults.proxy import network
from tests.stranger import Stranger, strangers, whole

LEFT = [[-2.0, -2.0], [0.0, -2.0], [0.0, 2.0], [-2.0, 2.0]]


async def back(one: Stranger, seconds: float = PATIENCE) -> None:
    """Come back as a client does, again and again."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        with contextlib.suppress(AccessError, websockets.ConnectionClosed, TimeoutError):
            await one.open(open_timeout=PATIENCE)
            return
        await asyncio.sleep(0.1)
    raise TimeoutError


async def test_the_server_is_killed_in_mid_frame(tmp_path: Path) -> None:
    """Killed while points travel: the next one has the selection, and everybody has each point once."""
    options = ("--conductor", "7500:10000", "--primes", "50", "--session", str(tmp_path))
    first = start(*options)
    async with network(first) as slow, strangers(first, 1, slow.port) as (one,):
        await one.until(lambda: bool(one.scene))
        count = (await one.lasso(LEFT, 1))["count"]
        await one.send("name", name="kept")
        await one.until(lambda: one.texts[-1]["type"] == "selections" and bool(one.texts[-1]["items"]))
        slow.rate = 100_000.0
        await one.send("view", projection="pc1,pc2,a2", classes="torsion", conductor=[7500, 10000])
        await one.until(lambda: one.scene["column"] == "torsion")
        first.process.kill()
        first.process.wait()
        assert first.process.stdout is not None
        first.process.stdout.close()
        await one.lost()
        again = start(*options, "--port", str(first.port))
        try:
            slow.rate, began = float("inf"), time.monotonic()
            await back(one)
            await whole(one)
            print(f"whole again {time.monotonic() - began:.1f} s after the next server was ready")
            assert one.scene["column"] == "torsion"
            assert len(set(one.rows)) == one.count
            assert (one.gaps, one.duplicates) == (0, 0)
            selected = [each for each in one.texts if each["type"] == "selected"][-1]
            assert selected["count"] == count
            await one.until(lambda: len(one.selected(selected["version"])) == count)
            await one.send("recall", id=9, name="kept", operation="replace")
            await one.until(lambda: one.texts[-1]["type"] == "selected" and one.texts[-1]["count"] == count)
        finally:
            stop(again)


async def storm(server: Server, count: int) -> float:
    """Cut everybody at once; seconds until the last one is welcome again with every point."""
    async with network(server) as bad, strangers(server, count, bad.port) as many:
        await whole(*many, seconds=300)
        bad.cut()
        began = time.monotonic()
        await asyncio.gather(*map(back, many))
        await whole(*many, seconds=300)
        took = time.monotonic() - began
        assert all(one.welcome["resumed"] for one in many)
        assert [(one.gaps, one.duplicates) for one in many] == [(0, 0)] * count
    return took


async def test_a_reconnect_storm(battered: Server) -> None:
    print(f"60 clients back after {await storm(battered, 60):.1f} s")


@pytest.mark.slow
async def test_a_reconnect_storm_of_500(battered: Server) -> None:
    took = await storm(battered, 500)
    print(f"500 clients back after {took:.1f} s")
