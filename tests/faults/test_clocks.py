"""Clocks that are wrong, and clocks that jump: order comes from numbers, and time from a clock that only runs."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT, Server, start, stop
from tests.stranger import strangers, whole

# Put before everything the server imports: its wall clock is off by an hour, then jumps to two hours off and back.
OFF = """
import time
_real, _begun = time.time, time.monotonic()
time.time = lambda: _real() + {hours} * 3600 * (1 + (int(time.monotonic() - _begun) % 2))
time.time_ns = lambda: int(time.time() * 1e9)
"""


@pytest.fixture(params=[1, -1], ids=["ahead", "behind"])
def wrong(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    (tmp_path / "sitecustomize.py").write_text(OFF.format(hours=request.param))
    one = start("--conductor", "7500:8000", "--primes", "50", PYTHONPATH=f"{tmp_path}:{ROOT}")
    yield one
    stop(one)


async def test_an_hour_off_and_jumping_changes_nothing(wrong: Server) -> None:
    async with strangers(wrong, 2) as (one, two):
        await whole(one, two)
        selected = await one.lasso([[-2.0, -2.0], [0.0, -2.0], [0.0, 2.0], [-2.0, 2.0]], 1)
        assert 0 <= selected["milliseconds"] < 10_000
        for number in range(1, 31):
            await one.send("here", seq=number, kind="script", head=[0, 0, 0, 0, 0, 0, 1], hands=[])
            await asyncio.sleep(0.1)  # three seconds, in which the clock jumps three times
        author = one.welcome["id"]

        def moved() -> list[int]:
            items = [item for each in two.texts if each["type"] == "moved" for item in each["items"]]
            return [item["seq"] for item in items if item["id"] == author]

        await two.until(lambda: moved()[-1:] == [30])
        assert moved() == sorted(set(moved()))
        assert [len(each["items"]) for each in two.texts if each["type"] == "people"][-1] == 2
        await one.close()
        await one.open()
        assert one.welcome["resumed"]
    assert (one.gaps, one.duplicates, two.gaps, two.duplicates) == (0, 0, 0, 0)
