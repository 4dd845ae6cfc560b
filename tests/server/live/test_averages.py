"""Average traces against p/N, for those who ask."""

import numpy as np

import murmuration as mm
from murmuration.averages import BINS, means_by_ratio
from tests.conftest import Server
from tests.server.live.test_session import LEFT, RIGHT, lasso
from tests.wire import Wire, connect


def ratios(wire: Wire, of: str, version: int) -> dict[int, dict[str, list[float]]]:
    """The averages against p/N that came of something, by class."""
    found = [(h, b) for h, b in wire.frames if h.kind == "trace" and h.extra["axis"] == "ratio"]
    return {
        batch["class"][0].as_py(): batch.to_pydict()
        for header, batch in found
        if (header.extra["of"], header.extra["version"]) == (of, str(version))
    }


async def test_against_ratio(own_server: Server, table: mm.CurveTable, traces: mm.Traces) -> None:
    window = mm.cloud(mm.project(table, traces, "pc1,pc2,pc3", (7500, 10000)))
    rows = window.lasso(window.model, LEFT)
    top = float(traces.primes[-1]) / int(table.conductor[window.row].max())
    group = np.full(len(table), -1, dtype=np.int64)
    group[window.row] = window.position[:, 3]
    whole, by_class = means_by_ratio(table, traces, group, 3, top)
    group[:] = -1
    group[rows] = 0
    selected = means_by_ratio(table, traces, group, 1, top)[0]
    async with connect(own_server) as wire, connect(own_server) as other:
        scene = await wire.text("scene")
        await wire.quiet()
        await wire.send("against", axis="ratio")
        await wire.frame("trace", of="cloud", axis="ratio")
        await wire.quiet()
        cloud = ratios(wire, "cloud", 0)
        assert sorted(cloud) == [-1, 0, 1, 2]
        for index, expected in ((-1, whole), (0, by_class[0]), (2, by_class[2])):
            np.testing.assert_allclose(cloud[index]["mean"], expected.mean)
            np.testing.assert_allclose(cloud[index]["stderr"], expected.stderr)
            assert cloud[index]["count"] == expected.count.tolist()
            assert cloud[index]["ratio"] == expected.ratio.tolist()
        assert len(cloud[-1]["ratio"]) == BINS
        version = (await lasso(wire, scene, LEFT))["version"]
        await wire.frame("trace", of="selection", axis="ratio")
        one = ratios(wire, "selection", version)
        assert list(one) == [-1]
        np.testing.assert_allclose(one[-1]["mean"], selected.mean)
        assert one[-1]["count"] == selected.count.tolist()
        # Back to p: that of this selection comes, and p/N no more.
        await wire.send("against", axis="p")
        header, _ = await wire.frame("trace", of="selection", axis="p")
        assert header.extra["version"] == str(version)
        wire.frames.clear()
        await lasso(wire, scene, RIGHT)
        await wire.frame("trace", of="selection", axis="p")
        await wire.quiet()
        assert [h for h, _ in wire.frames if h.extra.get("axis") == "ratio"] == []
        # Who did not ask got p alone.
        await other.quiet()
        assert {h.extra["axis"] for h, _ in other.frames if h.kind == "trace"} == {"p"}


async def test_another_scene_has_bins_of_its_own(own_server: Server) -> None:
    async with connect(own_server) as wire:
        await wire.text("scene")
        await wire.send("against", axis="ratio")
        header, batch = await wire.frame("trace", of="cloud", axis="ratio")
        await wire.quiet()
        await wire.send("view", projection="pc1,pc2,pc3", classes="rank", conductor=[7500, 8000])
        scene = await wire.text("scene")
        while header.epoch != scene["epoch"]:
            header, other = await wire.frame("trace", of="cloud", axis="ratio")
        assert other["ratio"][0].as_py() > batch["ratio"][0].as_py()


async def test_of_many_strokes_the_last_is_averaged(own_server: Server) -> None:
    async with connect(own_server) as wire:
        scene = await wire.text("scene")
        await wire.send("against", axis="ratio")
        for id in range(1, 9):
            await wire.send(
                "stroke", id=id, polygon=LEFT if id % 2 else RIGHT, matrix=scene["model"], operation="replace"
            )
        version = (await wire.text("selected", id=8))["version"]
        await wire.frame("trace", of="selection", axis="ratio", version=str(version))
        await wire.quiet()
        assert [h.extra["version"] for h, _ in wire.frames if h.extra.get("of") == "selection"][-1] == str(version)
