"""Serving a snapshot of a store, as a process and over a real socket."""

from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest

import murmuration as mm
from devshell import load
from murmuration import store
from murmuration.fingerprint import fingerprint
from murmuration.sources import Options
from tests.conftest import start, stop
from tests.devshell.test_commands import INPUTS, devshell
from tests.server.live.test_session import LEFT, lasso
from tests.wire import connect


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, table: mm.CurveTable, traces: mm.Traces) -> Path:
    """Three snapshots: half of the curves of a small window, all of them, and half again."""
    folder = tmp_path_factory.mktemp("served") / "lab"
    held = store.create(folder, rows_a_file=300)
    rows = table.window(7500, 7700)
    middle = int(rows[len(rows) // 2])
    for first, last in ((int(rows[0]), middle), (middle, int(rows[-1]) + 1)):
        some = mm.Traces(traces.primes[:700], traces.values[first:last, :700])
        held.append(store.batches(table.part(first, last), some), source=fingerprint([], "curves"))
    held.undo()
    return folder


async def test_a_snapshot_is_served(lab: Path, table: mm.CurveTable, traces: mm.Traces) -> None:
    rows = table.window(7500, 7700)
    server = start("--store", str(lab), "--snapshot", "2")
    try:
        async with connect(server) as wire:
            scene = await wire.text("scene")
            chosen = await lasso(wire, scene, LEFT)
            header, average = await wire.frame("trace", of="selection")
            await wire.send("describe", row=5)
            card = await wire.text("card")
    finally:
        stop(server)
    assert (scene["snapshot"], scene["dataset"], scene["rows"]) == ("2", "curves", len(rows))
    assert (header.snapshot, average.num_rows) == ("2", 700)
    assert card["label"] == table.columns["label"][int(rows[5])].as_py()
    own = table.part(int(rows[0]), int(rows[-1]) + 1)
    held = mm.Traces(traces.primes[:700], traces.values[rows, :700])
    cloud = mm.cloud(mm.project(own, held, "pc1,pc2,pc3"))
    inside = cloud.lasso(cloud.model, LEFT)
    assert chosen["count"] == len(inside)
    np.testing.assert_allclose(average["mean"].to_numpy(), held.values[inside].mean(axis=0), atol=1e-5)


async def test_a_folder_as_the_data_set_is_its_newest_snapshot(lab: Path) -> None:
    server = start("--dataset", str(lab), "--primes", "50")
    try:
        async with connect(server) as wire:
            scene = await wire.text("scene")
            _, average = await wire.frame("trace", of="cloud")
    finally:
        stop(server)
    assert (scene["snapshot"], scene["dataset"], average.num_rows) == ("3", "curves", 50)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("--snapshot", "9"), "expected a snapshot (1 to 3, or a tag), got 9"),
        (("--primes", "1000"), "expected between 1 and the 700 primes of snapshot 3, got 1,000"),
        (("--dataset", "x.csv"), "found no such file"),
        (("--dataset", "x.csv", "--snapshot", "1"), "leave one out"),
    ],
)
def test_impossible_options_give_one_line(lab: Path, arguments: tuple[str, ...], line: str) -> None:
    done = devshell("vr", "up", "--store", str(lab), "--port", "0", *arguments)
    assert done.returncode == 2
    assert line in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_an_empty_folder_gives_one_line(tmp_path: Path) -> None:
    done = devshell("vr", "up", "--dataset", str(tmp_path), "--port", "0")
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert "expected a folder with files of curves, or a store with its catalog.db" in done.stderr.splitlines()[-1]


@pytest.mark.parametrize("name", ["lmfdb_default.gp", "unknown_conductor.csv"])
async def test_a_file_of_any_format_is_served(name: str) -> None:
    server = start(str(INPUTS / name), "--primes", "20")
    try:
        async with connect(server) as wire:
            scene = await wire.text("scene")
            await wire.send("describe", row=0)
            card = await wire.text("card")
    finally:
        stop(server)
    assert (scene["rows"], scene["dataset"]) == (5, name.partition(".")[0])
    assert (card["label"], card["conductor"]) == ("11.a1", None if name.startswith("unknown") else 11)


async def test_a_file_is_ingested_into_a_store_that_is_named(tmp_path: Path) -> None:
    for _ in range(2):  # made, then found
        server = start(str(INPUTS / "lmfdb_default.csv"), "--store", str(tmp_path / "lab"), "--primes", "20")
        try:
            async with connect(server) as wire:
                scene = await wire.text("scene")
        finally:
            stop(server)
        assert (scene["rows"], scene["snapshot"]) == (5, "1")


@pytest.mark.outside  # ingests with workers
def test_more_rows_than_memory_is_meant_for_go_to_a_temporary_store(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "MOST", 3)
    with ExitStack() as held:
        loaded = load.load(str(INPUTS / "lmfdb_default.csv"), Options(every=True), 20, None, held)
        assert loaded.view is not None
        assert loaded.table.columns["label"].to_pylist()[-1] == "389.a1"
        assert len(loaded.table) == 7
