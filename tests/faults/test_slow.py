"""Readers that hardly read, beside healthy clients: what they cost, seen from outside, and what the others feel.

The short form asks that everybody healthy is served and that a stalled client costs less than 6 MiB. The long form
compares round trips with and without fifty slow readers beside 450 clients, in turns, since a machine's speed drifts.
"""

import asyncio
import contextlib
import itertools
import statistics
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from tests.conftest import Server, start, stop
from tests.faults.raw import Raw, memory
from tests.stranger import Stranger, strangers, whole

SMALL = 4096
"""Bytes of a slow reader's receive buffer."""

STALLED = 6 << 20
"""Bytes that a stalled client may cost."""


@asynccontextmanager
async def readers(server: Server, count: int, pace: float = 0.0) -> AsyncIterator[list[Raw]]:
    """Clients with small buffers that read 512 bytes every ``pace`` seconds, or with a pace of 0 nothing."""
    many = [await asyncio.to_thread(Raw, server, SMALL) for _ in range(count)]
    stop_reading = asyncio.Event()

    async def read() -> None:
        while not stop_reading.is_set():
            for each in many:
                each.socket.setblocking(False)
                with contextlib.suppress(BlockingIOError, ConnectionError):
                    each.socket.recv(512)
            await asyncio.sleep(pace)

    reading = asyncio.create_task(read()) if pace else None
    try:
        yield many
    finally:
        stop_reading.set()
        if reading is not None:
            await reading
        for each in many:
            each.socket.close()


async def ask(one: Stranger, row: int) -> float:
    """Seconds until a question is answered."""
    began = time.perf_counter()
    await one.send("describe", row=row)
    await one.until(lambda: any(each["type"] == "card" and each["row"] == row for each in one.texts[-40:]))
    return time.perf_counter() - began


async def test_slow_readers_beside_healthy_clients(battered: Server) -> None:
    async with strangers(battered, 40) as healthy:
        await whole(*healthy)
        before = memory(battered)
        async with readers(battered, 10), readers(battered, 10, pace=0.1):
            await asyncio.gather(*(ask(one, row) for row, one in enumerate(healthy)))
            selected = await healthy[0].lasso([[-2.0, -2.0], [0.0, -2.0], [0.0, 2.0], [-2.0, 2.0]], 5)
            version, count = selected["version"], selected["count"]
            await asyncio.gather(*(one.until(lambda one=one: len(one.selected(version)) == count) for one in healthy))
            cost = (memory(battered) - before) / 20
            print(f"{cost / 2**20:.2f} MiB for each slow reader")
            assert cost < STALLED
    assert [(one.gaps, one.duplicates) for one in healthy] == [(0, 0)] * 40


ROUNDS = 12
"""Rounds of questions in a turn: one round on a shared machine may take ten times as long as the next."""


@pytest.mark.slow
async def test_fifty_slow_readers_beside_450() -> None:
    """p95 of the healthy within 10%, memory flat within 5%: three turns with and three without, all times together.

    Before each turn who came or went is told to all 500, and everybody asks once untimed: that is not what is asked.
    """
    server = start("--conductor", "7500:10000", "--primes", "50")
    try:
        alone, beside, held = await _turns(server)
    finally:
        ended = stop(server)
    before, after = (statistics.quantiles(times, n=20)[18] for times in (alone, beside))
    print(f"p95 alone {1000 * before:.1f} ms, beside slow readers {1000 * after:.1f}, memory {held}")
    assert after < 1.1 * before
    assert max(held) < 1.05 * held[0]
    assert ended == 0


async def _turns(server: Server) -> tuple[list[float], list[float], list[int]]:
    """Seconds that questions took without and with slow readers, and the server's bytes, turn by turn."""
    alone: list[float] = []
    beside: list[float] = []
    held = []
    rows = itertools.count()
    async with strangers(server, 450) as healthy:
        await whole(*healthy, seconds=300)
        for _ in range(3):
            await asyncio.sleep(2)
            await _round(healthy, rows)
            for _ in range(ROUNDS):
                alone += await _round(healthy, rows)
            async with readers(server, 50, pace=0.1):
                await asyncio.sleep(2)
                await _round(healthy, rows)
                for _ in range(ROUNDS):
                    beside += await _round(healthy, rows)
                held.append(memory(server))
    return alone, beside, held


async def _round(healthy: list[Stranger], rows: Iterator[int]) -> list[float]:
    """Seconds that a question of each took, a quarter of the clients asking at a time, each about another row."""
    times: list[float] = []
    for at in range(4):
        times += await asyncio.gather(*(ask(one, next(rows)) for one in healthy[at::4]))
    return times
