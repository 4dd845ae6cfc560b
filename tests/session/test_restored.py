"""The session that a server restores after it was killed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet
import pytest

from session.log import lines
from tests.conftest import ROOT, Server, start, stop
from tests.server.live.test_edits import change, marked
from tests.server.live.test_session import LEFT, RIGHT, held, lasso
from tests.wire import connect

WINDOW = ("--conductor", "7500:10000", "--primes", "50")


def kill(server: Server) -> None:
    """As the kernel does when memory is short: nothing is written, nothing is closed."""
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait()
    assert server.process.stdout is not None
    server.process.stdout.close()


async def test_a_killed_server_comes_back_as_it_was(tmp_path: Path) -> None:
    folder = ("--session", str(tmp_path / "s"))
    server = start(*WINDOW, *folder)
    async with connect(server, name="Ada") as wire, connect(server, pane="2") as other:
        scene = await wire.text("scene")
        await other.text("scene")
        left = await lasso(wire, scene, LEFT, id=1)
        await wire.send("name", name="left")
        await wire.send("mark", name="left", on=True)
        await lasso(wire, scene, RIGHT, "add", id=2)
        before = await change(wire, "undo", 3)
        await wire.quiet()
        await wire.send("view", projection="pc1,pc3,pc2", classes="torsion", conductor=[7500, 10000])
        await other.send("view", projection="a2,a3,logN", classes="rank", conductor=[7500, 10000])
        asked = [await wire.text("scene"), await other.text("scene")]
        names = [text for text in wire.texts if text["type"] == "selections"][-1]
        epoch, person = max(each["epoch"] for each in asked), (await wire_id(server))
        kill(server)
    server = start(*WINDOW, *folder)
    try:
        async with connect(server) as wire, connect(server, pane="2") as other:
            welcome = await wire.text("welcome")
            selections = await wire.text("selections")
            scene = await wire.text("scene")
            selected = await wire.text("selected")
            there = await other.text("scene")
            assert (scene["projection"], scene["column"]) == ("pc1,pc3,pc2", "torsion")
            assert there["projection"] == "a2,a3,logN"
            assert min(scene["epoch"], there["epoch"]) > epoch
            assert welcome["id"] > person
            assert (selected["count"], selected["undo"], selected["redo"]) == (
                left["count"], before["undo"], before["redo"])  # fmt: skip
            assert selected["version"] > before["version"]
            assert selections["items"] == names["items"]
            assert selections["version"] > names["version"]
            await wire.quiet()
            assert len(held(wire, selected["version"])) == left["count"]
            assert marked(wire, 1, selections["version"]) == held(wire, selected["version"])
            assert (await change(wire, "redo", 1))["count"] > left["count"]
    finally:
        stop(server)


async def wire_id(server: Server) -> int:
    async with connect(server) as wire:
        number: int = (await wire.text("welcome"))["id"]
        return number


async def test_another_view_asked_for_at_the_start_is_shown(tmp_path: Path) -> None:
    folder = ("--session", str(tmp_path))
    server = start(*WINDOW, *folder)
    async with connect(server) as wire:
        left = await lasso(wire, await wire.text("scene"), LEFT)
    stop(server)
    server = start("--conductor", "9000:10000", "--primes", "50", *folder)
    try:
        async with connect(server) as wire:
            assert (await wire.text("scene"))["conductor"] == [9000, 10000]
            assert (await wire.text("selected"))["count"] == left["count"]
    finally:
        stop(server)


async def test_a_recording_is_a_file_of_its_own(tmp_path: Path) -> None:
    server = start(*WINDOW, "--session", str(tmp_path))
    try:
        async with connect(server, name="Ada") as ada, connect(server) as bo:
            scene = await ada.text("scene")
            assert [text["on"] for text in ada.texts if text["type"] == "recording"] == [False]
            await bo.quiet()
            await bo.send("here", seq=1, kind="vr", head=[0, 0, 0, 0, 0, 0, 1], hands=[])
            await ada.send("record", on=True)
            assert await bo.text("recording", on=True) == {"type": "recording", "on": True, "by": "Ada"}
            async with connect(server) as late:
                assert (await late.text("recording"))["on"] is True
            await bo.send("here", seq=2, kind="vr", head=[0.5, 0, 0, 0, 0, 0, 1], hands=[])
            await bo.send("viewpoint", matrix=scene["model"], budget=20_000)
            await lasso(ada, scene, LEFT)
            await ada.send("record", on=False)
            await bo.text("recording", on=False)
            await lasso(ada, scene, RIGHT)
    finally:
        stop(server)
    (film,) = tmp_path.glob("*-recording.jsonl")
    recorded = list(lines(film))
    doing = [line["message"]["type"] if line["do"] == "change" else line["do"] for line in recorded]
    assert doing[:2] == ["state", "record"]
    assert doing[-1] == "record"
    assert [line["head"][0] for line in recorded if line["do"] == "here"] == [0.5]
    assert [line["matrix"] for line in recorded if line["do"] == "viewpoint"] == [scene["model"]]
    assert doing.count("stroke") == 1


async def test_without_a_log_nothing_is_recorded() -> None:
    server = start(*WINDOW, "--session", "none")
    try:
        async with connect(server) as wire:
            await wire.send("record", on=True)
            assert "without --session none" in (await wire.text("refused", to="record"))["message"]
    finally:
        stop(server)


def attempt(*options: str) -> str:
    """The errors of a server that cannot start."""
    command = [sys.executable, "-m", "devshell.main", "vr", "up", "--port", "0", *WINDOW, *options]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=120, check=False)
    assert done.returncode != 0
    assert done.stdout == ""
    return done.stderr


def test_a_damaged_log_and_one_in_use_are_refused_in_a_line(tmp_path: Path) -> None:
    server = start(*WINDOW, "--session", str(tmp_path))
    try:
        assert "another server has this session open" in (said := attempt("--session", str(tmp_path)))
        assert "Traceback" not in said
    finally:
        kill(server)
    (log,) = tmp_path.glob("*.jsonl")
    data = bytearray(log.read_bytes())
    data[40] ^= 1
    log.write_bytes(data)
    said = attempt("--session", str(tmp_path))
    assert "line 1: expected a line as it was written" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("ending", [signal.SIGKILL, pytest.param(signal.SIGINT, marks=pytest.mark.slow)])
async def test_a_session_of_other_curves_is_refused(tmp_path: Path, ending: signal.Signals) -> None:
    server = start("--session", str(tmp_path / "s"))
    server.process.send_signal(ending)
    server.process.wait()
    assert server.process.stdout is not None
    server.process.stdout.close()
    some = tmp_path / "some.parquet"
    pyarrow.parquet.write_table(
        pyarrow.parquet.read_table(ROOT / "assets" / "cremona-10000.parquet").slice(0, 99), some
    )
    said = attempt("--dataset", str(some), "--conductor", "11:10000", "--session", str(tmp_path / "s"))
    assert "got that of other curves" in said
    assert "Traceback" not in said
