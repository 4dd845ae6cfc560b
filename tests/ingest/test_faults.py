"""Disk full and I/O errors at the n-th call of an ingest: one clear line, nothing lost, and the next run goes on."""

import shutil
from pathlib import Path

import pytest

from murmuration.ingest import merge
from murmuration.ingest.ledger import opened
from tests.ingest import inline
from tests.store.faults import attempt, context, supported

pytestmark = pytest.mark.skipif(not supported(), reason="needs seccomp user notification: Linux 5.9 on x86-64")


def again(folder: Path) -> tuple[int, int]:
    """Rows done and in quarantine when the same is run again."""
    here, there = context.Pipe()
    process = context.Process(target=inline.finish, args=(folder, there), daemon=True)
    process.start()
    there.close()
    assert here.poll(60)
    result: tuple[int, int] = here.recv()
    process.join()
    here.close()
    return result


def survive(base: Path, full: bool, step: int) -> tuple[int, int]:
    """How many calls there are, tried every ``step``, and how many runs were refused."""
    nth, refused, wanted = 1, 0, inline.TABLE["label"].to_pylist()
    while True:
        folder = base / str(nth)
        disk, (kind, text) = attempt(inline.fail, folder, nth, full)
        assert kind in ("done", "refused"), f"call {nth}, {disk.failed}: {kind}: {text}"
        if kind == "refused":
            refused += 1
            assert "\n" not in text
            assert "expected" in text
            kept = set()
            if (folder / "ledger.db").exists():
                with opened(folder) as ledger:
                    tables = ledger.db.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
                    kept = {file.name for _, file in ledger.settled()} if tables else set()
            assert kept <= {path.name for path in (folder / "chunks").glob("*")}, "what is settled is on the disk"
        assert again(folder) == (inline.ROWS, 0), f"call {nth}, {disk.failed}: {text}"
        assert [label for table in merge(folder) for label in table["label"].to_pylist()] == wanted
        shutil.rmtree(folder)
        if not disk.failed:
            return nth, refused
        nth += step


@pytest.mark.parametrize("full", [True, False], ids=["disk full", "one error"])
def test_calls_that_fail(tmp_path: Path, full: bool) -> None:
    calls, refused = survive(tmp_path, full, step=13)
    assert calls > 20
    assert refused >= 2


@pytest.mark.slow
@pytest.mark.parametrize("full", [True, False], ids=["disk full", "one error"])
def test_every_call_fails_once(tmp_path: Path, full: bool) -> None:
    calls, refused = survive(tmp_path, full, step=1)
    print(f"{calls - 1} calls, {refused} refused")
    assert refused > 15
