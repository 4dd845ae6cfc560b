"""The wireframe over a real socket: for clients without points, and after every change of the selection."""

from collections.abc import AsyncIterator
from typing import Any

import numpy as np
import pytest
import pytest_asyncio

import murmuration as mm
from murmuration.cloud.wireframe import MOST_SEGMENTS, wireframe
from murmuration.types import UInt16s
from server.live.wireframes import MOST_SELECTED
from tests.conftest import Server
from tests.wire import Wire, connect

pytestmark = pytest.mark.asyncio

LOOK = np.eye(4).ravel().tolist()


@pytest.fixture(scope="module")
def shown(table: mm.CurveTable, traces: mm.Traces) -> mm.Cloud:
    return mm.cloud(mm.project(table, traces, "pc1,pc2,pc3"))


@pytest_asyncio.fixture
async def wire(server: Server) -> AsyncIterator[Wire]:
    async with connect(server) as one:
        yield one
        await one.send("clear", id=9)


def segments(batch: Any) -> UInt16s:
    flat: UInt16s = batch["segment"].flatten().to_numpy()
    return flat.reshape(-1, 8)


def stroke(cloud: mm.Cloud, below: float) -> dict[str, Any]:
    """Everything with x below a part of the whole range."""
    matrix = cloud.model.T.ravel().tolist()
    edge = 2 * below - 1
    return {"id": 1, "polygon": [[-2, -2], [edge, -2], [edge, 2], [-2, 2]], "matrix": matrix, "operation": "replace"}


async def test_a_client_without_points_gets_the_wireframe(wire: Wire, shown: mm.Cloud) -> None:
    await wire.text("scene")
    await wire.send("viewpoint", matrix=LOOK, budget=0)
    _, batch = await wire.frame("wireframe", of="cloud", version="0")
    if not any(text["type"] == "granted" and text["budget"] == 0 for text in wire.texts):  # either may come first
        await wire.text("granted", budget=0)
    wanted = wireframe(shown, None, MOST_SEGMENTS - MOST_SELECTED)
    assert (segments(batch) == wanted.segment).all()
    assert (batch["role"].to_numpy() == wanted.role).all()


async def test_the_selections_wireframe_follows_each_change(wire: Wire, shown: mm.Cloud) -> None:
    await wire.send("viewpoint", matrix=LOOK, budget=0)
    for below in (0.4, 0.6):
        asked = stroke(shown, below)
        await wire.send("stroke", **asked)
        answer = await wire.text("selected", id=1)
        _, batch = await wire.frame("wireframe", of="selection", version=str(answer["version"]))
        rows = shown.lasso(np.reshape(asked["matrix"], (4, 4)).T, asked["polygon"])
        wanted = wireframe(shown, np.isin(shown.row, rows), MOST_SELECTED)
        assert (segments(batch) == wanted.segment).all()


async def test_a_client_with_points_gets_no_wireframe(wire: Wire, shown: mm.Cloud) -> None:
    await wire.send("stroke", **stroke(shown, 0.5))
    await wire.frame("trace", of="selection")
    await wire.quiet()
    assert {header.kind for header, _ in wire.frames} == {"points", "mask", "trace"}


async def test_points_come_back_when_they_are_asked_for_again(wire: Wire, shown: mm.Cloud) -> None:
    await wire.frame("points")
    await wire.send("viewpoint", matrix=LOOK, budget=0)
    gone = (await wire.text("drop"))["chunks"]
    assert gone
    await wire.quiet()
    before = len(wire.frames)
    await wire.send("viewpoint", matrix=LOOK, budget=5_000_000)
    await wire.quiet()
    back = {int(header.extra["chunk"]) for header, _ in wire.frames[before:] if header.kind == "points"}
    assert back >= set(gone)
