"""The session as a connected client sees it, on a real server over a real socket."""

import asyncio
import io
import json
import urllib.request
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest
import websockets

import murmuration as mm
from murmuration.averages import mean
from session.names import COLOURS
from tests.conftest import Server, running
from tests.wire import Wire, connect

Polygon = list[list[float]]
LEFT: Polygon = [[-2, -2], [0, -2], [0, 2], [-2, 2]]
RIGHT: Polygon = [[0, -2], [2, -2], [2, 2], [0, 2]]


@pytest.fixture(scope="module")
def window(table: mm.CurveTable, traces: mm.Traces) -> mm.Cloud:
    return mm.cloud(mm.project(table, traces, "pc1,pc2,pc3", (7500, 10000)))


async def lasso(
    wire: Wire, scene: dict[str, Any], polygon: Polygon, operation: str = "replace", id: int = 7
) -> dict[str, Any]:
    await wire.send("stroke", id=id, polygon=polygon, matrix=scene["model"], operation=operation)
    return await wire.text("selected", id=id)


def held(wire: Wire, version: int) -> list[int]:
    """The rows that masks of a version flag, chunk by chunk against the points that came."""
    chunks = {h.extra["chunk"]: b for h, b in wire.frames if h.kind == "points"}
    rows: list[int] = []
    for header, batch in wire.frames:
        if header.kind == "mask" and header.extra["version"] == str(version):
            points = chunks[header.extra["chunk"]]
            bits = np.unpackbits(batch["bits"].to_numpy(), bitorder="little")[: points.num_rows].astype(bool)
            rows += points["row"].to_numpy()[bits].tolist()
    return sorted(rows)


async def test_a_client_is_told_everything(server: Server, cloud: mm.Cloud, traces: mm.Traces) -> None:
    async with connect(server) as wire:
        scene = await wire.text("scene")
        await wire.quiet()
    assert scene["rows"] == 38_042
    assert scene["classes"] == [{"value": str(r), "count": c} for r, c in enumerate((16450, 19622, 1969, 1))]
    assert scene["levels"] == [len(level.points) for level in cloud.levels]
    np.testing.assert_allclose(np.reshape(scene["model"], (4, 4)).T, cloud.model, rtol=1e-12)
    points = [(h, b) for h, b in wire.frames if h.kind == "points"]
    assert [int(h.extra["level"]) for h, _ in points] == sorted(int(h.extra["level"]) for h, _ in points)
    rows = np.concatenate([b["row"].to_numpy() for _, b in points])
    position = np.concatenate([b["position"].flatten().to_numpy().reshape(-1, 4) for _, b in points])
    order, ours = np.argsort(rows), np.argsort(cloud.row)
    np.testing.assert_array_equal(rows[order], cloud.row[ours])
    np.testing.assert_array_equal(position[order], cloud.position[ours])
    assert [h.seq for h, _ in wire.frames] == list(range(1, len(wire.frames) + 1))
    whole = {b["class"][0].as_py(): b for h, b in wire.frames if h.extra.get("of") == "cloud"}
    assert sorted(whole) == [-1, 0, 1, 2, 3]
    expected = mean(traces, cloud.row)
    np.testing.assert_allclose(whole[-1]["mean"].to_numpy(), expected.mean)
    np.testing.assert_allclose(whole[-1]["stderr"].to_numpy(), expected.stderr)


async def test_the_first_points_come_before_the_plot_and_the_plot_before_the_rest(server: Server) -> None:
    async with connect(server) as wire:
        await wire.quiet()
    kinds = [(h.kind, h.extra.get("level")) for h, _ in wire.frames]
    assert kinds[0] == ("points", "0")
    assert kinds[1:6] == [("trace", None)] * 5
    assert kinds[-1] == ("points", "1")


async def test_a_lasso_is_exact(own_server: Server, window: mm.Cloud, traces: mm.Traces, table: mm.CurveTable) -> None:
    async with connect(own_server) as wire:
        scene = await wire.text("scene")
        await wire.quiet()
        selected = await lasso(wire, scene, LEFT)
        header, trace = await wire.frame("trace", of="selection")
        await wire.quiet()
    rows = window.lasso(window.model, LEFT)
    assert selected["count"] == len(rows)
    assert selected["counts"] == np.bincount(table.category("rank")[rows], minlength=3).tolist()
    assert held(wire, selected["version"]) == rows.tolist()
    assert header.extra["version"] == str(selected["version"])
    np.testing.assert_allclose(trace["mean"].to_numpy(), traces.values[rows].mean(axis=0))
    np.testing.assert_allclose(trace["stderr"].to_numpy(), traces.values[rows].std(axis=0, ddof=1) / len(rows) ** 0.5)


async def test_strokes_combine(own_server: Server, window: mm.Cloud) -> None:
    left, right = (set(window.lasso(window.model, side).tolist()) for side in (LEFT, RIGHT))
    top: Polygon = [[-2, 0], [2, 0], [2, 2], [-2, 2]]
    upper = set(window.lasso(window.model, top).tolist())
    async with connect(own_server) as wire:
        scene = await wire.text("scene")
        counts = [
            (await lasso(wire, scene, LEFT, "replace", 1))["count"],
            (await lasso(wire, scene, RIGHT, "add", 2))["count"],
            (await lasso(wire, scene, LEFT, "subtract", 3))["count"],
            (await lasso(wire, scene, top, "intersect", 4))["count"],
        ]
        await wire.send("clear", id=5)
        counts.append((await wire.text("selected", id=5))["count"])
    assert counts == [len(left), len(left | right), len(right - left), len((right - left) & upper), 0]


async def test_two_clients_share_one_selection(quick_server: Server) -> None:
    async with connect(quick_server) as one, connect(quick_server) as two:
        scene = await one.text("scene")
        await two.quiet()
        mine = await lasso(one, scene, LEFT)
        theirs = await two.text("selected", version=mine["version"])
        assert (theirs["count"], theirs["id"]) == (mine["count"], 0)
        await two.quiet()
        assert len(held(two, mine["version"])) == mine["count"]
    async with connect(quick_server) as late:
        assert (await late.text("selected"))["count"] == mine["count"]
        await late.quiet()
        assert len(held(late, mine["version"])) == mine["count"]


async def test_another_view_keeps_the_selected_rows(own_server: Server, window: mm.Cloud) -> None:
    async with connect(own_server) as wire:
        scene = await wire.text("scene")
        selected = await lasso(wire, scene, LEFT)
        await wire.quiet()
        wire.frames.clear()
        await wire.send("view", projection="pc1,a2,logN", classes="torsion", conductor=[11, 9999])
        other = await wire.text("scene")
        assert (other["epoch"], other["rows"], other["column"]) == (scene["epoch"] + 1, 38_042, "torsion")
        await wire.quiet()
    # While the view was made, the old scene said how far it was.
    assert {h.epoch for h, _ in wire.frames if h.kind != "progress"} == {other["epoch"]}
    assert held(wire, selected["version"]) == window.lasso(window.model, LEFT).tolist()


async def test_named_selections(own_server: Server, window: mm.Cloud) -> None:
    async with connect(own_server) as wire:
        scene = await wire.text("scene")
        await wire.send("name", name="nothing")
        assert "Nothing is selected" in (await wire.text("refused"))["message"]
        count = (await lasso(wire, scene, LEFT))["count"]
        await wire.send("name", name="  left \n half ")
        assert (await wire.text("selections", items=named("left half", count)))["items"]
        async with connect(own_server) as late:
            assert (await late.text("selections"))["items"] == named("left half", count)
        await wire.send("clear", id=8)
        await wire.text("selected", id=8)
        await wire.send("recall", id=9, name="left half", operation="replace")
        assert (await wire.text("selected", id=9))["count"] == count
        await wire.send("recall", id=10, name="right half", operation="add")
        assert "expected the name of a selection (left half)" in (await wire.text("refused", id=10))["message"]
        for bad in ("", "x" * 61, "a\u0000b"):
            await wire.send("name", name=bad)
            assert "printable" in (await wire.text("refused"))["message"]
        await wire.send("forget", name="left half")
        await wire.text("selections", items=[])


async def test_cards(server: Server) -> None:
    async with connect(server) as wire:
        await wire.send("describe", row=0)
        card = await wire.text("card")
        await wire.send("describe", row=38_042)
        refused = await wire.text("refused")
    assert card == {
        "type": "card", "row": 0, "label": "11a1", "isogeny_class": "11a", "conductor": 11, "rank": 0, "root_number": 1,
        "torsion": 5, "ainvs": "[0,-1,1,-10,-20]", "equation": "y² + y = x³ − x² − 10x − 20",
        "url": "https://www.lmfdb.org/EllipticCurve/Q/11a1",
    }  # fmt: skip
    assert refused["message"] == "describe: expected a row between 0 and 38041, got 38042"


def fetch(server: Server, path: str) -> bytes:
    asked = urllib.request.Request(f"{server.base}{path}", headers=server.bearer)
    with urllib.request.urlopen(asked) as answer:
        body: bytes = answer.read()
    return body


async def test_downloads(own_server: Server, window: mm.Cloud, table: mm.CurveTable) -> None:
    rows = window.lasso(window.model, LEFT)
    async with connect(own_server) as wire:
        scene = await wire.text("scene")
        await lasso(wire, scene, LEFT)
        await wire.send("name", name="left")
        await wire.text("selections", items=named("left", len(rows)))
        await wire.send("clear", id=1)
        await wire.text("selected", id=1)
        csv = await asyncio.to_thread(fetch, own_server, "/api/selection.csv?name=left")
        parquet = await asyncio.to_thread(fetch, own_server, "/api/selection.parquet?name=left")
        empty = await asyncio.to_thread(fetch, own_server, "/api/selection.csv")
        with pytest.raises(urllib.error.HTTPError, match="404"):
            await asyncio.to_thread(fetch, own_server, "/api/selection.csv?name=other")
    labels = table.take(rows)["label"].to_pylist()
    assert pa.csv.read_csv(io.BytesIO(csv))["label"].to_pylist() == labels
    back = pa.parquet.read_table(io.BytesIO(parquet))
    assert back["label"].to_pylist() == labels
    assert back["row"].to_pylist() == rows.tolist()
    about = json.loads(back.schema.metadata[b"murmuration"])
    assert about["recipe"][0]["stroke"]["polygon"] == LEFT
    assert empty.decode().count("\n") == 1


BAD: list[tuple[str | bytes, str]] = [
    ("hello", "no JSON"),
    ('{"type":"launch"}', "expected a message of type"),
    ('{"type":"view","projection":"umap,x,y","classes":"rank","conductor":[1,9999]}', "three different axes"),
    ('{"type":"view","projection":"pc1,pc2,pc3","classes":"colour","conductor":[1,9999]}', "got 'colour'"),
    ('{"type":"view","projection":"pc1,pc2,pc3","classes":"rank","conductor":[20000,30000]}', "at least 4 curves"),
    ('{"type":"view","projection":"pc1,pc2,pc3","classes":"rank","conductor":[5]}', "lowest and the highest"),
    ('{"type":"ack","seq":999999}', "ack of 999999"),
    ('{"type":"stroke","id":1,"polygon":[[0,0],[1,NaN],[1,1]],"matrix":[],"operation":"add"}', "finite"),
    ('{"type":"stroke","id":1,"polygon":[[0,0],[1,1]],"matrix":[1,0,0,0,0,1,0,0,0,0,1,0,0,0,0,1],"operation":"add"}',
     "at least 3 vertices"),
    ('{"type":"stroke","id":1,"polygon":[[0,0],[1],[1,1]],"matrix":[1,0,0,0,0,1,0,0,0,0,1,0,0,0,0,1],"operation":"add"}',
     "vertices of two numbers"),
    ('{"type":"stroke","id":1,"polygon":[[0,0],[1,0],[1,1]],"matrix":[1,0],"operation":"add"}', "16 numbers"),
    (json.dumps({"type": "stroke", "id": 1, "polygon": [[0, 0]] * 20_000, "matrix": [0.0] * 16, "operation": "add"}),
     "3 to 10,000 vertices, got 20,000"),
    (b"\x00\x01", "binary message"),
]  # fmt: skip


async def test_bad_messages_get_one_line_and_break_nothing(quick_server: Server) -> None:
    async with connect(quick_server) as wire, connect(quick_server) as other:
        scene = await wire.text("scene")
        await wire.quiet()
        for text, expected in BAD:
            await wire.send_raw(text)
            message = (await wire.text("refused"))["message"]
            assert expected in message
            assert "\n" not in message
        # Both the sender and its neighbour go on as before.
        assert (await lasso(wire, scene, LEFT))["count"] > 0
        await other.send("describe", row=5)
        assert (await other.text("card"))["row"] == 5
        assert [text["type"] for text in other.texts if text["type"] in ("selected", "refused")][1:] == ["selected"]


async def test_another_colouring_keeps_the_components(quick_server: Server) -> None:
    """The same axes to the last digit, since only the classes changed."""
    async with connect(quick_server) as wire:
        scene = await wire.text("scene")
        await wire.send("view", projection="pc1,pc2,pc3", classes="torsion", conductor=[7500, 10000])
        other = await wire.text("scene", epoch=scene["epoch"] + 1)
    assert other["axes"] == scene["axes"]
    assert other["column"] == "torsion"


async def test_a_stroke_of_a_million_vertices_closes_only_its_own_connection(quick_server: Server) -> None:
    huge = json.dumps({"type": "stroke", "id": 1, "polygon": [[0, 0]] * 10**6, "matrix": [0] * 16, "operation": "add"})
    async with connect(quick_server) as other:
        await other.quiet()
        async with connect(quick_server) as wire:
            await wire.send_raw(huge)
            with pytest.raises(websockets.ConnectionClosed) as closed:
                await wire.quiet(5)
            assert closed.value.rcvd is not None
            assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (
                1009, "expected messages of at most 1,048,576 bytes")  # fmt: skip
        await other.send("describe", row=5)
        assert (await other.text("card"))["row"] == 5


async def test_without_acknowledgement_frames_stop_and_answers_go_on(own_server: Server) -> None:
    """Frames in flight to a silent client are not replaced; the next ones show the newest scene."""
    async with connect(own_server, acknowledge=False) as wire, connect(own_server) as other:
        scene = await wire.text("scene")
        await wire.quiet(2.0)  # until the window is full
        before = len(wire.frames)
        for epoch in range(15):
            await other.send("view", projection=("pc1,pc2,pc3", "pc1,pc3,pc2")[epoch % 2], classes="torsion",
                             conductor=[7500, 10000])  # fmt: skip
            await other.text("scene", epoch=scene["epoch"] + epoch + 1)
        await wire.send("describe", row=1)
        assert (await wire.text("card"))["row"] == 1
        assert len(wire.frames) == before
        await wire.send("ack", seq=wire.frames[-1][0].seq)
        await wire.quiet()
        last = scene["epoch"] + 15
        assert [text["epoch"] for text in wire.texts if text["type"] == "scene"] == [scene["epoch"], last]
        assert {header.epoch for header, _ in wire.frames[before:]} == {last}


def named(name: str, count: int) -> list[dict[str, Any]]:
    """The list of named selections that holds this one, not shown."""
    return [{"name": name, "count": count, "colour": COLOURS[0], "slot": 0}]


async def test_a_stroke_of_many_long_edges_delays_no_other_client() -> None:
    zigzag: Polygon = [[-2 + 4 * k / 9_999, 2 if k % 2 else -2] for k in range(10_000)]
    with running("--primes", "50") as whole:
        async with connect(whole) as one, connect(whole) as two:
            scene = await one.text("scene")
            await two.quiet()
            await one.send("stroke", id=1, polygon=zigzag, matrix=scene["model"], operation="replace")
            await asyncio.sleep(0.05)  # 380 million edges are asked, in some twenty steps
            quick = await lasso(two, scene, LEFT)
            slow = await one.text("selected", id=1)
    assert quick["version"] < slow["version"]
