"""A store that is moved while it is served: readiness fails, every client is told, and both recover when it is back."""

import asyncio
import json
from pathlib import Path

import pytest

import murmuration as mm
from murmuration import store
from server.door.health import Health
from server.live import datawatch
from tests.conftest import running
from tests.web import get
from tests.wire import connect


async def test_a_moved_store_fails_readiness_and_every_client_is_told(tmp_path: Path, table: mm.CurveTable) -> None:
    part = table.part(0, 3000)
    store.create(tmp_path / "lab").append(store.batches(part, mm.trace(part, 20)))
    with running("--store", str(tmp_path / "lab")) as server:
        async with connect(server) as first:
            assert (await first.text("state"))["compute"] == "cpu"
            (tmp_path / "lab").rename(tmp_path / "moved")
            told = await first.text("state")
            assert told["compute"] == "failed"
            assert f"{tmp_path / 'lab'}: the files of snapshot 1 are missing" in told["text"]
            async with connect(server) as newcomer:
                assert await newcomer.text("state") == told
            assert get(server, "/readyz")[:2] == (503, '{"state": "failed"}')
            assert json.loads(get(server, "/readyz", **server.bearer)[1])["reason"] == told["text"]
            assert get(server, "/healthz")[0] == 200
            (tmp_path / "moved").rename(tmp_path / "lab")
            assert (await first.text("state"))["compute"] == "cpu"
            assert get(server, "/readyz")[:2] == (200, '{"state": "ready"}')


def test_changed_files_are_not_taken_for_those_that_were_checked(tmp_path: Path, table: mm.CurveTable) -> None:
    lab = store.create(tmp_path / "lab")
    lab.append(store.batches(table.part(0, 10), mm.trace(table.part(0, 10), 5)))
    view = lab.checkout()
    view.present()
    lab.tag("another")
    view.present()
    (file,) = lab.data.glob("data/*")
    file.write_bytes(file.read_bytes())
    with pytest.raises(mm.MurmurationError, match="were changed: start the server again"):
        view.present()
    file.unlink()
    with pytest.raises(mm.MurmurationError, match="are missing"):
        view.present()
    with pytest.raises(mm.MurmurationError, match=r"^expected to read|expected a file"):
        list(view.batches())


async def test_only_changes_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datawatch, "EVERY", 0.0)
    results = iter(["", "", "gone", "gone", "changed", "", ""])
    told: list[str | None] = []
    through, loop = asyncio.Event(), asyncio.get_running_loop()

    def check() -> None:
        reason = next(results, None)
        if reason is None:
            loop.call_soon_threadsafe(through.set)
        if reason:
            raise mm.MurmurationError(reason)

    watching = asyncio.create_task(datawatch.watch(check, told.append))
    await asyncio.wait_for(through.wait(), 20)
    watching.cancel()
    assert told == ["gone", "changed", None]


def test_a_log_that_works_does_not_hide_missing_data() -> None:
    well = Health()
    well.ready()
    well.fail("The store is missing.", "data")
    well.fail("The disk is full.")
    assert (well.word, well.reason) == ("failed", "The store is missing. The disk is full.")
    well.ready()
    assert (well.word, well.reason) == ("failed", "The store is missing.")
    well.ready("data")
    assert (well.word, well.reason) == ("ready", "")
