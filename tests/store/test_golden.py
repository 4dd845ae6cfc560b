"""A store of format 2 stays readable: tests/golden/store, written by commit 954617e.

    devshell run murmuration --take-conductor 11:60 --take-rank 0 --limit 24 --primes 8 --verify 50

then a column ``twice``, an undo, and the tag ``draft`` on snapshot 2.
"""

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pyarrow.compute as pc
import pytest

import murmuration as mm
from murmuration import build, store
from murmuration.ingest import Engine
from murmuration.sources import Options, open_source
from tests.conftest import EMBEDDED, ROOT

ASKED = Options(conductor=(11, 60), ranks=frozenset({0}), limit=24)


@pytest.fixture
def lab(tmp_path: Path) -> store.Store:
    shutil.copytree(ROOT / "tests" / "golden" / "store", tmp_path / "lab")
    return store.open(tmp_path / "lab")


def user_version(lab: store.Store) -> int:
    with closing(sqlite3.connect(lab.path / "catalog.db")) as db:
        return int(db.execute("PRAGMA user_version").fetchone()[0])


def rebuild(lab: store.Store, options: Options, primes: int) -> store.Snapshot:
    def engine() -> Engine:
        raise AssertionError("there is nothing to ingest")

    return build.build(open_source(EMBEDDED, options), options, lab.path, primes, engine, print, print)[1]


@pytest.mark.outside  # PARI recomputes traces
def test_its_rows_traces_tags_and_certificates_are_read(lab: store.Store, table: mm.CurveTable) -> None:
    view = lab.checkout()
    assert [each.equals for each in lab.snapshots()] == [None, None, 1]
    assert all(each.inputs is None for each in lab.snapshots())
    wanted = pc.and_(pc.less_equal(table.columns["conductor"], 60), pc.equal(table.columns["rank"], 0))
    expected = table.columns.filter(wanted).slice(0, 24)
    assert view.table().columns.cast(expected.schema).equals(expected)
    assert view.traces().values.shape == (24, 8)
    assert lab.tags() == {"draft": 2}
    assert [each.wrong for each in lab.certificates(1)] == [0]
    assert lab.verify(pairs=50, seed=1).wrong == 0
    assert lab.checkout("draft").columns(["twice"])["twice"].to_pylist()[0] == 22


def test_the_same_request_is_recognised_and_another_is_refused(lab: store.Store) -> None:
    assert rebuild(lab, ASKED, 8).number == 1
    assert rebuild(lab, replace(ASKED, columns="torsion=torsion"), 8).number == 1  # format 2 recorded no columns
    for options, primes in ((replace(ASKED, limit=23), 8), (replace(ASKED, every=True), 8), (ASKED, 7)):
        with pytest.raises(mm.MurmurationError, match="name another with --store"):
            rebuild(lab, options, primes)


def test_it_can_be_continued_and_then_has_the_current_format(lab: store.Store) -> None:
    assert user_version(lab) == 2
    assert lab.redo().equals == 2
    assert user_version(lab) == 3
    assert [each.equals for each in store.open(lab.path).snapshots()] == [None, None, 1, 2]
    assert rebuild(lab, ASKED, 8).number == 1


def test_its_catalog_can_be_made_again(lab: store.Store) -> None:
    (lab.path / "catalog.db").write_bytes(b"\0" * 5000)
    assert store.repair(lab.path) == 3
    assert rebuild(store.open(lab.path), ASKED, 8).number == 1
