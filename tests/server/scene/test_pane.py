"""Panes side by side: views of their own, one selection."""

import numpy as np
import pytest

import murmuration as mm
from murmuration.errors import AccessError
from server.scene.pane import first_view
from session.state import SessionState
from session.view import View
from tests.conftest import Server
from tests.server.live.test_session import LEFT, held, lasso
from tests.wire import connect


async def test_a_second_pane_shows_the_next_components_and_the_same_selection(
    own_server: Server, table: mm.CurveTable, traces: mm.Traces
) -> None:
    other = mm.cloud(mm.project(table, traces, "pc4,pc5,pc6", (7500, 10000)))
    async with connect(own_server) as one, connect(own_server, pane="1") as two:
        first, second = await one.text("scene"), await two.text("scene")
        assert (first["pane"], first["projection"]) == (0, "pc1,pc2,pc3")
        assert (second["pane"], second["projection"], second["rows"]) == (1, "pc4,pc5,pc6", first["rows"])
        assert second["epoch"] > first["epoch"]
        await one.quiet()
        await two.quiet()
        # A stroke is of the pane in which it is drawn, and its rows are selected in both.
        mine = await lasso(two, second, LEFT)
        rows = other.lasso(other.model, LEFT)
        assert mine["count"] == len(rows)
        await one.text("selected", version=mine["version"])
        await one.quiet()
        await two.quiet()
        assert held(one, mine["version"]) == held(two, mine["version"]) == rows.tolist()
        assert {h.epoch for h, _ in one.frames} == {first["epoch"]}
        await two.send("view", projection="pc1,pc2,pc3", classes="torsion", conductor=[7500, 9000])
        changed = await two.text("scene")
        assert changed["epoch"] > second["epoch"]
        torsion = table.category("torsion")[rows]
        told = await two.text("selected")
        values = [int(each["value"]) for each in changed["classes"]]
        inside = table.conductor[rows] <= 9000
        assert told["counts"] == [int(np.sum(torsion[inside] == value)) for value in values]
        assert told["count"] == len(rows)
        await one.quiet()
        assert [text["epoch"] for text in one.texts if text["type"] == "scene"] == [first["epoch"]]


async def test_a_pane_that_is_not_there_is_refused(server: Server) -> None:
    for bad in ("4", "-1", "x"):
        with pytest.raises(AccessError, match="refused the connection: expected a pane from 0 to 3"):
            async with connect(server, pane=bad):
                pass


def test_the_first_view_of_a_pane() -> None:
    def of(projection: str, pane: int, components: int = 1000) -> str:
        state = SessionState().looked(0, View(projection, "rank", (11, 99)))
        return first_view(pane, state, components).projection

    assert of("pc1,pc2,pc3", 1) == "pc4,pc5,pc6"
    assert of("pc1,pc2,pc3", 3) == "pc10,pc11,pc12"
    assert of("pc7,pc2,pc3", 1) == "pc8,pc9,pc10"
    assert of("pc1,pc2,pc3", 1, components=5) == "pc1,pc2,pc3"
    assert of("pc1,a2,logN", 1) == "pc1,pc2,pc3"
    assert of("mn,m2,pc1", 2) == "pc4,pc5,pc6"
    state = SessionState().looked(0, View("a2,a3,a5", "rank", (1, 2))).looked(1, View("pc2,a3,a5", "rank", (1, 2)))
    assert first_view(1, state, 99).projection == "pc2,a3,a5"


async def test_named_selections_are_told_before_their_masks(quick_server: Server) -> None:
    """Also to whoever opens a pane first, for whom its picture is made only then."""
    async with connect(quick_server) as wire:
        await lasso(wire, await wire.text("scene"), LEFT)
        await wire.send("name", name="left")
        await wire.send("mark", name="left", on=True)
        await wire.text("selections", version=2)
        async with connect(quick_server, pane="1") as other:
            told = False
            while True:
                message = await other.next()
                if isinstance(message, dict):
                    told = told or (message["type"] == "selections" and message["items"][0]["slot"] == 1)
                elif message[0].kind == "mask" and message[0].extra["slot"] == "1":
                    assert told
                    return
