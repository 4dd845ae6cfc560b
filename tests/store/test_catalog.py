"""The catalog: complete or absent, one of two creations at once, readable where nothing can be written."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from cProfile import Profile
from dataclasses import replace
from pathlib import Path

import pytest

from murmuration import store
from murmuration.errors import StoreError
from murmuration.store import catalog
from tests.conftest import ROOT
from tests.store import child, made
from tests.store.faults import attempt, supported


def test_of_creations_at_once_one_succeeds_and_the_others_are_told(tmp_path: Path) -> None:
    def create(path: Path) -> str:
        try:
            store.create(path)
        except StoreError as error:
            return str(error)
        return "created"

    with ThreadPoolExecutor(4) as pool:
        for k in range(20):
            path = tmp_path / str(k)
            results = list(pool.map(create, [path] * 4))
            assert results.count("created") == 1
            assert all("expected no store there, found one" in each for each in results if each != "created")
            assert os.listdir(path) == ["catalog.db"]


def test_processes_that_begin_at_once_all_write(tmp_path: Path) -> None:
    """Each creates or opens the store and appends; one waits for the other."""
    code = (
        "import sys; from murmuration import store; from tests.store import made; "
        "store.ensure(sys.argv[1]).append([made.batch(int(sys.argv[2]), 10)])"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "lab"), str(seed)], cwd=ROOT) for seed in range(2)
    ]
    assert [each.wait(60) for each in running] == [0, 0]
    assert [each.rows for each in store.open(tmp_path / "lab").snapshots()] == [10, 20]


def test_a_creation_that_was_killed_leaves_nothing_that_hinders_the_next(tmp_path: Path) -> None:
    for suffix in ("", "-journal", "-wal"):
        (tmp_path / f"catalog.db.0123.new{suffix}").write_bytes(b"half")
    lab = store.create(tmp_path)
    assert not (tmp_path / "catalog.db.0123.new").exists()
    assert lab.append([made.batch(1, 5)]).rows == 5


def test_without_hard_links_a_store_is_created_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)
    assert store.create(tmp_path / "lab").snapshots() == []
    with pytest.raises(StoreError, match="found one"):
        store.create(tmp_path / "lab")


@pytest.mark.skipif(not supported(), reason="needs seccomp user notification: Linux 5.9 on x86-64")
@pytest.mark.parametrize("full", [True, False], ids=["disk full", "one error"])
def test_a_creation_that_fails_at_any_call_leaves_no_file(tmp_path: Path, full: bool) -> None:
    for nth in range(1, 40):
        folder = tmp_path / str(nth)
        disk, (kind, text) = attempt(child.make, folder, nth, full)
        if not disk.failed:
            assert kind == "done"
            break
        whole = (folder / "catalog.db").exists()
        assert kind == "refused" or whole  # without hard links the file is renamed
        assert "\n" not in text
        if not whole:
            assert not folder.exists() or os.listdir(folder) == []
        assert store.ensure(folder).append([made.batch(1, 5)]).number == 1
    else:
        raise AssertionError("it never succeeded")


@pytest.fixture
def interrupted(tmp_path: Path) -> Path:
    """A copy of a store in use: its second snapshot is in the write-ahead log only."""
    lab = store.create(tmp_path / "lab")
    lab.append([made.batch(1, 5)])
    with closing(sqlite3.connect(lab.path / "catalog.db")) as reader:
        reader.execute("SELECT count(*) FROM snapshot").fetchone()
        lab.append([made.batch(2, 5)])
        shutil.copytree(lab.path, tmp_path / "copy")
    (tmp_path / "copy" / "catalog.db-shm").unlink()
    assert (tmp_path / "copy" / "catalog.db-wal").stat().st_size > 0
    return tmp_path / "copy"


def test_a_store_on_a_share_without_shared_memory_is_read_with_its_last_commit(interrupted: Path) -> None:
    (interrupted / "catalog.db-shm").mkdir()  # a shared-memory file can then not be opened
    lab = store.open(interrupted)
    assert [each.rows for each in lab.snapshots()] == [5, 10]
    assert lab.checkout().columns().num_rows == 10
    with pytest.raises(StoreError, match="expected to read and write"):
        lab.undo()


_READ_ONLY = """
import sys
from murmuration import store
from murmuration.errors import StoreError
lab = store.open(sys.argv[1])
print(len(lab.snapshots()), lab.checkout().columns().num_rows, lab.source())
for write in (lab.undo, lambda: lab.tag("x"), lambda: store.create(sys.argv[1] + "/new")):
    try:
        write()
    except StoreError as error:
        print(error)
"""


def _mounts_read_only() -> bool:
    try:
        found = subprocess.run(["unshare", "--user", "--map-root-user", "--mount", "true"], check=False, timeout=20)
    except OSError:
        return False
    return found.returncode == 0


@pytest.mark.skipif(not _mounts_read_only(), reason="needs user namespaces to mount a folder read-only")
@pytest.mark.parametrize("closed", [True, False], ids=["closed", "in use"])
def test_a_store_on_a_read_only_mount_is_read(interrupted: Path, closed: bool) -> None:
    if closed:
        store.open(interrupted)
        assert not (interrupted / "catalog.db-wal").exists()
    mount = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && exec "$2" -c "$3" "$1"'
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mount, "sh"]
    done = subprocess.run(
        [*command, str(interrupted), sys.executable, _READ_ONLY], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    read, *refusals = done.stdout.splitlines()
    assert read == "2 10 None"
    assert ["the store is read-only" in each for each in refusals] == [True, True, False]
    assert "expected a folder to write to" in refusals[2]


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], int]:
    """Counts the instructions of SQLite's virtual machine that some work runs."""
    connect = catalog._connect
    count = 0

    def step() -> None:
        nonlocal count
        count += 1

    def observed(folder: Path, wait: float) -> sqlite3.Connection:
        db = connect(folder, wait)
        db.set_progress_handler(step, 1)
        return db

    def work(of: Callable[[], object]) -> int:
        nonlocal count
        count = 0
        of()
        return count

    monkeypatch.setattr(catalog, "_connect", observed)
    return work


def grown(lab: store.Store, to: int) -> None:
    """Repeat the newest snapshot of a store, each the child of the one before, until there are this many."""
    newest = lab.snapshot()
    with catalog.writing(lab.path) as db:
        for number in range(newest.number + 1, to + 1):
            one = replace(newest, number=number, parent=number - 1)
            catalog.add(db, one, [catalog.File(f"data/{number}", 1, "0" * 64)])
        catalog.commit(db)


def test_undo_among_10_000_snapshots_costs_at_most_twice_that_among_10(
    tmp_path: Path, counted: Callable[[Callable[[], object]], int]
) -> None:
    """SQLite's instructions and Python's calls; the Lance version below is a real one."""
    instructions, calls = [], []
    for size in (10, 10_000):
        lab = store.create(tmp_path / str(size))
        lab.append([made.batch(1, 10)])
        lab.append([made.batch(2, 10)])
        grown(lab, size)
        instructions.append(counted(lab.undo))
        profile = Profile()
        profile.runcall(lab.redo)
        profile.create_stats()
        calls.append(sum(each[0] for each in profile.stats.values()))
        assert [each.equals for each in store.open(lab.path).snapshots()[-2:]] == [size - 1, size]
    assert instructions[0] > 100
    assert instructions[1] <= 2 * instructions[0]
    assert calls[1] <= 2 * calls[0]
