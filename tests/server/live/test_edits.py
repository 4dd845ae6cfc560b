"""Undo, redo and marks as clients see them."""

from typing import Any

import numpy as np

import murmuration as mm
from tests.conftest import Server
from tests.server.live.test_session import LEFT, RIGHT, lasso
from tests.wire import Wire, connect


def marked(wire: Wire, slot: int, version: int) -> list[int]:
    """The rows that masks of a slot and version flag."""
    chunks = {h.extra["chunk"]: b for h, b in wire.frames if h.kind == "points"}
    rows: list[int] = []
    for header, batch in wire.frames:
        if header.kind == "mask" and (header.extra["slot"], header.extra["version"]) == (str(slot), str(version)):
            points = chunks[header.extra["chunk"]]
            bits = np.unpackbits(batch["bits"].to_numpy(), bitorder="little")[: points.num_rows].astype(bool)
            rows += points["row"].to_numpy()[bits].tolist()
    return sorted(rows)


async def change(wire: Wire, type: str, id: int) -> dict[str, Any]:
    await wire.send(type, id=id)
    return await wire.text("selected", id=id)


async def test_any_editor_undoes_the_changes_of_any_other(quick_server: Server) -> None:
    async with connect(quick_server) as one, connect(quick_server) as two:
        scene = await one.text("scene")
        await two.text("selected")
        left = await lasso(one, scene, LEFT, id=1)
        assert (left["undo"], left["redo"]) == (f"lasso, {left['count']:,} curves", "")
        all_of_it = await lasso(two, scene, RIGHT, "add", id=1)
        back = await change(one, "undo", 2)
        assert (back["count"], back["redo"]) == (left["count"], f"lasso added, {all_of_it['count']:,} curves")
        assert back["version"] > all_of_it["version"]
        heard = await two.text("selected", version=back["version"])
        assert (heard["id"], heard["undo"], heard["redo"]) == (0, back["undo"], back["redo"])
        assert (await change(two, "redo", 2))["count"] == all_of_it["count"]
        await change(one, "undo", 3)
        assert (await change(one, "clear", 4))["redo"] == ""
        await one.send("redo", id=5)
        assert (await one.text("refused", to="redo", id=5))["message"] == "Nothing to redo."


async def test_a_name_that_was_forgotten_comes_back(quick_server: Server) -> None:
    async with connect(quick_server) as wire:
        scene = await wire.text("scene")
        await lasso(wire, scene, LEFT, id=1)
        await wire.send("name", name="left")
        kept = (await wire.text("selections"))["items"]
        await wire.send("forget", name="left")
        assert (await wire.text("selections"))["items"] == []
        await wire.send("undo", id=2)
        assert (await wire.text("selected", id=2))["undo"] == "name left"
        assert (await wire.text("selections"))["items"] == kept


async def test_marks_are_shown_to_all_clients_and_to_later_ones(
    own_server: Server, table: mm.CurveTable, traces: mm.Traces
) -> None:
    window = mm.cloud(mm.project(table, traces, "pc1,pc2,pc3", (7500, 10000)))
    left, right = (window.lasso(window.model, side).tolist() for side in (LEFT, RIGHT))
    async with connect(own_server) as one, connect(own_server) as two:
        scene = await one.text("scene")
        for name, side in (("left", LEFT), ("right", RIGHT)):
            await lasso(one, scene, side)
            await one.send("name", name=name)
            await one.send("mark", name=name, on=True)
        await one.quiet()
        last = [text for text in one.texts if text["type"] == "selections"][-1]
        assert [(each["name"], each["slot"]) for each in last["items"]] == [("left", 1), ("right", 2)]
        assert len({each["colour"] for each in last["items"]}) == 2
        await two.quiet()
        async with connect(own_server) as late:
            await late.quiet()
            version = [text for text in late.texts if text["type"] == "selections"][-1]["version"]
            assert version == last["version"]
            for wire in (one, two, late):
                assert marked(wire, 1, version) == left
                assert marked(wire, 2, version) == right
        await two.send("mark", name="left", on=False)
        hidden = await one.text("selections")
        assert [each["slot"] for each in hidden["items"]] == [0, 2]
        assert hidden["version"] > last["version"]
        await two.send("mark", name="nobody", on=True)
        assert "expected the name of a selection" in (await two.text("refused", to="mark"))["message"]
