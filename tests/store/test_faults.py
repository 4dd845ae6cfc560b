"""Disk full and I/O errors at the n-th call, for every n: the last snapshot stays readable, the error is clear."""

import shutil
from pathlib import Path

import pyarrow as pa
import pytest

from murmuration import store
from tests.store import child
from tests.store.faults import SYNCS, attempt, context, supported


@pytest.fixture
def ready(tmp_path: Path) -> tuple[Path, list[pa.Table]]:
    """A store of two snapshots, to be copied for each trial."""
    lab = store.create(tmp_path / "ready", rows_a_file=32)
    states: list[pa.Table] = []
    for number in (1, 2):
        child.operate(lab, number)
        states.append(child.apply(states, number))
    return tmp_path / "ready", states


@pytest.mark.skipif(not supported(), reason="needs seccomp user notification: Linux 5.9 on x86-64")
@pytest.mark.parametrize("full", [True, False], ids=["disk full", "one error"])
@pytest.mark.parametrize("step", [4, pytest.param(1, marks=pytest.mark.slow)], ids=["some calls", "every call"])
def test_calls_that_fail(ready: tuple[Path, list[pa.Table]], tmp_path: Path, full: bool, step: int) -> None:
    base, states = ready
    states = [*states, child.apply(states, 3)]
    nth, tried, refused, came_back = 1, 0, 0, 0
    while True:
        folder = tmp_path / f"try{nth}"
        shutil.copytree(base, folder)
        disk, (kind, text) = attempt(child.fail, folder, nth, full)
        assert kind in ("done", "refused"), f"call {nth}, {disk.failed}: {kind}: {text}"
        lab = store.open(folder, rows_a_file=32)
        have = len(lab.snapshots())
        if kind == "done":
            assert have == 3  # nothing that had to succeed had failed
        else:
            refused += 1
            assert "\n" not in text
            assert "expected" in text
            # Where the very last fsync failed, the commit may be whole on the disk all the same: whole, never torn.
            assert have in (2, 3)
            came_back += have == 3
            assert have == 2 or not full
        assert all(child.same(lab.checkout(number), states[number - 1]) for number in range(1, have + 1))
        assert child.operate(lab, have + 1) == have + 1
        shutil.rmtree(folder)
        if not disk.failed:
            break
        nth, tried = nth + step, tried + 1
    print(f"{tried} calls, {refused} refused, {came_back} of them whole after all")
    assert tried * step > 25
    assert refused * step > 15
    assert came_back <= 2


@pytest.mark.skipif(not supported(), reason="needs seccomp user notification: Linux 5.9 on x86-64")
def test_every_file_and_folder_is_on_the_disk_before_the_row(ready: tuple[Path, list[pa.Table]]) -> None:
    """The order of the fsyncs, as the kernel saw them: a power cut can then lose nothing."""
    base, _ = ready
    before = {path for path in base.rglob("*") if path.is_file()}
    disk, (kind, *_) = attempt(child.fail, base, 10**6, full=False)
    assert kind == "done"
    new = {str(path) for path in base.rglob("*") if path.is_file()} - set(map(str, before))
    new = {path for path in new if "/data.lance/" in path}
    assert len(new) >= 3  # data files and a manifest
    last_write = max(k for k, (call, path) in enumerate(disk.seen) if call == "write" and "/data.lance/" in path)
    row = next(k for k, (_, path) in enumerate(disk.seen) if k > last_write and path.endswith("catalog.db-wal"))
    synced = {path for call, path in disk.seen[last_write:row] if call == "fsync"}
    folders = {str(base), *(f"{base}/data.lance{below}" for below in ("", "/data", "/_versions"))}
    assert new | folders <= synced
    # And the row itself before the commit was acknowledged.
    assert any(call in SYNCS.values() and path.endswith("-wal") for call, path in disk.seen[row:])


def test_a_file_that_may_not_grow(ready: tuple[Path, list[pa.Table]], tmp_path: Path) -> None:
    """The same by RLIMIT_FSIZE, which every Unix has: the catalog's log and the data files run into it."""
    base, states = ready
    outcomes = []
    for size in (0, 100, 1000, 3000, 8000, 20_000, 100_000_000):
        folder = tmp_path / f"try{size}"
        shutil.copytree(base, folder)
        here, there = context.Pipe()
        process = context.Process(target=child.limited, args=(folder, there, size), daemon=True)
        process.start()
        assert here.poll(30)
        kind, text = here.recv()
        process.join(10)
        outcomes.append(kind)
        lab = store.open(folder)
        assert len(lab.snapshots()) == 2 + (kind == "done")
        assert child.same(lab.checkout(2), states[1])
        assert "\n" not in text
    assert outcomes[0] == "refused"
    assert outcomes[-1] == "done"
