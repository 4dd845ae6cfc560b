"""Compute: views that differ in one thing make that thing alone, and strokes have threads of their own."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator

import numpy as np
import pytest
import pytest_asyncio

import murmuration as mm
from murmuration.averages import means
from murmuration.selection.stroke import stroke
from murmuration.types import Int64s, Values
from server.compute.compute import Compute
from session.view import View

WINDOW = (11, 800)


class Gated:
    """Traces that count their readings, and that can be held back."""

    def __init__(self, traces: mm.Traces) -> None:
        self._traces = traces
        self.primes, self.dtype, self.readings, self.gate = traces.primes, traces.dtype, 0, threading.Event()
        self.gate.set()

    def parts(self, rows: Int64s) -> Iterator[tuple[slice, Values]]:
        self.readings += 1
        assert self.gate.wait(60)
        yield from self._traces.parts(rows)


@pytest.fixture(scope="module")
def few(table: mm.CurveTable) -> mm.CurveTable:
    return table.part(0, 3000)


@pytest.fixture
def gated(few: mm.CurveTable) -> Gated:
    return Gated(mm.trace(few, primes=30))


@pytest_asyncio.fixture
async def compute(few: mm.CurveTable, gated: Gated) -> AsyncIterator[Compute]:
    one = Compute(few, gated)
    yield one
    gated.gate.set()
    one.close()


async def test_another_colouring_keeps_the_coordinates(few: mm.CurveTable, gated: Gated, compute: Compute) -> None:
    by_rank = await compute.scene_data(View("pc1,pc2,pc3", "rank", WINDOW))
    readings = gated.readings
    by_torsion = await compute.scene_data(View("pc1,pc2,pc3", "torsion", WINDOW))
    assert by_torsion.cloud.projection is by_rank.cloud.projection
    assert gated.readings <= readings + 1  # the means of the rows in no whole block
    group = np.full(len(few), -1, dtype=np.int64)
    group[by_torsion.cloud.row] = by_torsion.cloud.position[:, 3]
    whole, by_class = means(mm.trace(few, primes=30), group, len(by_torsion.cloud.classes))
    assert np.array_equal(by_torsion.whole.mean, whole.mean)
    assert [each.count for each in by_torsion.by_class] == [each.count for each in by_class]
    assert all(np.array_equal(a.mean, b.mean) for a, b in zip(by_torsion.by_class, by_class, strict=True))


async def test_a_view_seen_before_is_there_at_once(gated: Gated, compute: Compute) -> None:
    first = await compute.scene_data(View("pc1,pc2,pc3", "rank", WINDOW))
    await compute.scene_data(View("a2,a3,logN", "rank", (100, 900)))
    readings = gated.readings
    assert await compute.scene_data(View("pc1,pc2,pc3", "rank", WINDOW)) is first
    await compute.scene_data(View("pc2,pc3,pc4", "rank", WINDOW))
    assert gated.readings == readings + 2  # scores and means, no second Gram matrix


async def test_a_stroke_is_answered_while_views_are_made(gated: Gated, compute: Compute) -> None:
    shown = await compute.scene_data(View("a2,a3,logN", "rank", WINDOW))
    gated.gate.clear()
    views = [asyncio.create_task(compute.scene_data(View(f"a{p},a3,logN", "rank", WINDOW))) for p in (5, 7, 11, 13)]
    averages = [asyncio.create_task(compute.mean(shown.cloud.row[:10])) for _ in range(3)]
    await asyncio.sleep(0)
    drawn = stroke([(-2, -2), (2, -2), (2, 2), (-2, 2)], shown.cloud.model, "replace")
    rows = await asyncio.wait_for(compute.lasso(drawn, shown.cloud), 60)
    assert len(rows) == len(shown.cloud)
    assert not any(each.done() for each in (*views, *averages))
    gated.gate.set()
    await asyncio.gather(*views, *averages)
