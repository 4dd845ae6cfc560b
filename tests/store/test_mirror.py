"""A catalog that was damaged, or is gone, comes back from its mirror with everything that was acknowledged."""

from pathlib import Path

import pytest

from murmuration import store
from murmuration.errors import StoreError
from tests.store import made


@pytest.fixture
def lab(tmp_path: Path) -> store.Store:
    one = store.create(tmp_path / "lab", rows_a_file=20)
    one.append([made.batch(1, 50)], "first — ünïcode")
    one.append([made.batch(2, 50)])
    one.undo()
    one.verify(1, pairs=10)
    one.tag("a", 1)
    one.tag("b", 3)
    one.tag("a", 2)
    return one


def wreck(lab: store.Store) -> None:
    for left in lab.path.glob("catalog.db-*"):
        left.unlink()
    (lab.path / "catalog.db").write_bytes(b"\xff" * 20_000)


def test_a_wrecked_catalog_comes_back(lab: store.Store) -> None:
    before = lab.snapshots(), lab.tags(), lab.certificates(1), [lab.checkout(k).columns() for k in (1, 2, 3)]
    wreck(lab)
    with pytest.raises(StoreError, match="devshell repair"):
        store.open(lab.path)
    assert store.repair(lab.path) == 3
    again = store.open(lab.path)
    assert (again.snapshots(), again.tags(), again.certificates(1)) == before[:3]
    assert [again.checkout(k).columns() for k in (1, 2, 3)] == before[3]
    assert again.redo().equals == 2
    assert (lab.path / "catalog.db.damaged1").exists()


def test_a_mirror_that_was_damaged_or_left_behind_is_made_good_at_the_next_opening(lab: store.Store) -> None:
    path = lab.path / "catalog.log"
    whole = path.read_bytes()
    for damaged in (whole[:-40], whole[:300] + b"X" + whole[301:], b"", whole[: whole.rindex(b"\n", 0, -1) + 1]):
        path.write_bytes(damaged)
        before = store.open(lab.path).snapshots()
        wreck(lab)
        assert store.repair(lab.path) == 3
        assert store.open(lab.path).snapshots() == before
        assert store.open(lab.path).tags() == {"a": 2, "b": 3}
    path.unlink()
    store.open(lab.path)
    assert path.exists()


def test_a_missing_or_damaged_mirror_repairs_nothing(lab: store.Store) -> None:
    path = lab.path / "catalog.log"
    whole = path.read_bytes()
    path.write_bytes(whole[:100] + b"X" + whole[101:])
    with pytest.raises(StoreError, match="expected every snapshot"):
        store.repair(lab.path)
    path.unlink()
    with pytest.raises(StoreError, match=r"expected catalog\.log"):
        store.repair(lab.path)


def test_a_mirror_that_cannot_be_written_stops_nobody(lab: store.Store) -> None:
    (lab.path / "catalog.log").unlink()
    (lab.path / "catalog.log").mkdir()
    assert lab.append([made.batch(3, 5)]).number == 4
    lab.tag("c")
    store.open(lab.path)
    (lab.path / "catalog.log").rmdir()
    store.open(lab.path)
    wreck(lab)
    assert store.repair(lab.path) == 4
