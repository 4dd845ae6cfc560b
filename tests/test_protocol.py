"""docs/protocol.md is enough to write a client: tests/stranger.py, written from it alone, against a real server."""

import ast

import numpy as np
import pytest
import websockets

import murmuration as mm
from murmuration.averages import mean
from tests.conftest import ROOT, Server
from tests.stranger import strangers, whole

LEFT = [[-2.0, -2.0], [0.0, -2.0], [0.0, 2.0], [-2.0, 2.0]]


def test_the_stranger_knows_nothing_of_ours() -> None:
    tree = ast.parse((ROOT / "tests" / "stranger.py").read_text())
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {each for each in modules if each and each.startswith(("murmuration", "streaming", "server", "tests"))} == {
        "tests.conftest"
    }


async def test_a_stranger_receives_selects_and_comes_back(
    own_server: Server, table: mm.CurveTable, traces: mm.Traces
) -> None:
    cloud = mm.cloud(mm.project(table, traces, "pc1,pc2,pc3", (7500, 10000)))
    rows = cloud.lasso(cloud.model, LEFT)
    async with strangers(own_server, 2) as (one, other):
        await whole(one, other)
        assert one.last
        assert one.rows == sorted(cloud.row.tolist())
        drawn: dict[int, list[int]] = {}
        for batch in one.points.values():
            drawn |= dict(zip(batch["row"].to_pylist(), batch["position"].to_pylist(), strict=True))
        assert [drawn[row] for row in cloud.row.tolist()] == cloud.position.tolist()
        selected = await one.lasso(LEFT, 1)
        assert (selected["count"], sum(selected["counts"])) == (len(rows), len(rows))
        for each in (one, other):
            await each.until(lambda each=each: each.selected(selected["version"]) == rows.tolist())
        await one.until(lambda: ("selection", -1) in one.traces)
        np.testing.assert_allclose(one.traces["selection", -1]["mean"].to_numpy(), mean(traces, rows).mean)
        assert [text["id"] for text in other.texts if text["type"] == "selected"][-1] == 0
        before = one.seq
        await one.close()
        await other.send("clear", id=5)
        await other.until(lambda: other.texts[-1]["type"] == "selected" and other.texts[-1]["id"] == 5)
        await one.open()
        assert one.welcome["resumed"]
        await one.until(lambda: one.texts[-1]["type"] == "selected" and one.texts[-1]["count"] == 0)
        assert one.seq >= before
        assert one.rows == sorted(cloud.row.tolist())
    assert [(each.gaps, each.duplicates) for each in (one, other)] == [(0, 0), (0, 0)]


async def test_a_second_connection_takes_over(quick_server: Server) -> None:
    async with strangers(quick_server, 1) as (one,), strangers(quick_server, 1) as (two,):
        await whole(one, two)
        two.welcome, two.scene, two.seq = one.welcome, one.scene, one.seq
        await two.close()
        await two.open()
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await one.until(lambda: False)
        assert closed.value.rcvd is not None
        assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (4001, "this member went on in another connection")
