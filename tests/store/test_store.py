"""A store on a small scale: every operation, streaming, locks, tags, trust, and the detection of damage."""

import os
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

import murmuration as mm
from murmuration import store
from murmuration.errors import StoreError
from murmuration.fingerprint import fingerprint
from tests.store import made


@pytest.fixture
def lab(tmp_path: Path) -> store.Store:
    return store.create(tmp_path / "lab", rows_a_file=100)


def rows(lab: store.Store, which: int | str | None = None) -> pa.Table:
    return lab.checkout(which).columns().combine_chunks()


def test_the_embedded_curves_come_back_as_they_went_in(tmp_path: Path, table: mm.CurveTable, traces: mm.Traces) -> None:
    lab = store.create(tmp_path / "lab", rows_a_file=10_000)
    lab.append(store.batches(table, traces), "the embedded curves")
    view = store.open(tmp_path / "lab").checkout()
    assert view.schema.names[-2:] == ["traces", "traces_above"]
    assert len(view) == len(table)
    back = view.traces(9_000, 21_000)
    assert (back.values == traces.values[9_000:21_000]).all()
    assert (back.primes == traces.primes).all()
    assert view.table(9_990, 10_010).columns.equals(table.columns.slice(9_990, 20))
    some = np.array([38_041, 0, 17_000, 9_999])
    assert view.take(some, ["label"]).column(0).to_pylist() == table.take(some)["label"].to_pylist()


def test_a_batch_is_asked_for_when_the_one_before_is_on_its_way(lab: store.Store) -> None:
    """Streams: of 400 batches only a few are alive at once."""
    alive = most = 0

    class Kept:
        def __del__(self) -> None:
            nonlocal alive
            alive -= 1

    def batches() -> Iterator[pa.RecordBatch]:
        nonlocal alive, most
        for seed in range(400):
            alive += 1
            most = max(most, alive)
            kept = Kept()
            yield made.batch(seed, 20)
            del kept

    assert lab.append(batches()).rows == 8000
    assert most <= 2


def test_append_replace_and_a_computed_column(lab: store.Store) -> None:
    lab.append([made.batch(1, 250), made.batch(2, 3)], "first")
    lab.append([made.batch(3, 70)])
    new = lab.replace_rows(90, [made.batch(4, 60), made.batch(5, 60)], "mend")
    assert (new.rows, new.first, new.written) == (323, 90, 120)
    before = pa.Table.from_batches([made.batch(1, 250), made.batch(2, 3), made.batch(3, 70)])
    parts = [before.slice(0, 90), pa.Table.from_batches([made.batch(4, 60), made.batch(5, 60)]), before.slice(210)]
    wanted = pa.concat_tables(parts)
    assert rows(lab).equals(wanted)
    assert rows(lab, 2).equals(before)

    def double(batch: pa.RecordBatch) -> pa.Array:
        return pa.array(2 * batch["x"].to_numpy())

    lab.add_column(pa.field("twice", pa.float64()), double, ["x"])
    assert rows(lab).equals(wanted.append_column("twice", pa.chunked_array([2 * wanted["x"].to_numpy()])))
    assert rows(lab, 3).equals(wanted)
    assert [each.parent for each in lab.snapshots()] == [None, 1, 2, 3]


def test_diff_names_rows_and_columns(lab: store.Store) -> None:
    lab.append([made.batch(1, 250)])
    other = made.batch(1, 250)
    values = other["x"].to_numpy().copy()
    values[[120, 121, 199]] += 1
    values[130] = -values[130]
    ranks = other["rank"].to_numpy().copy()
    ranks[121:123] = 9
    other = made.changed(made.changed(other, "x", pa.array(values)), "rank", pa.array(ranks))
    lab.replace_rows(110, [other.slice(110, 100)])
    lab.append([made.batch(2, 5)])
    lab.add_column(pa.field("one", pa.int8()), lambda b: pa.array(np.ones(len(b), np.int8)), ["x"])
    found = lab.diff(1, 4)
    assert (found.rows, found.added, found.removed) == ((250, 255), ("one",), ())
    assert [(each.start, each.stop, each.columns) for each in found.changed] == [
        (120, 121, ("x",)), (121, 122, ("rank", "x")), (122, 123, ("rank",)), (130, 131, ("x",)), (199, 200, ("x",)),
    ]  # fmt: skip
    assert lab.diff(4, 1).removed == ("one",)
    assert not lab.diff(2, 2)


def test_a_negative_zero_is_another_value(lab: store.Store) -> None:
    one = made.changed(made.batch(1, 10), "x", pa.array(np.zeros(10)))
    lab.append([one])
    lab.replace_rows(4, [made.changed(one, "x", pa.array(-np.zeros(10))).slice(4, 2)])
    assert [(each.start, each.stop) for each in lab.diff(1, 2).changed] == [(4, 6)]


def test_undo_and_redo_say_what_they_do(lab: store.Store) -> None:
    for seed in range(1, 5):
        lab.append([made.batch(seed, 100)], seconds=60 * seed)
    back = lab.undo(2)
    assert (back.number, back.equals, back.undone) == (5, 2, (4, 3))
    assert back.what == "undo to snapshot 2: takes back snapshots 3, 4: 200 rows written, 7.0 minutes of work"
    assert rows(lab).equals(rows(lab, 2))
    assert not lab.diff(2, 5)
    assert lab.undo().equals == 1
    assert [lab.redo().equals for _ in range(3)] == [2, 3, 4]
    with pytest.raises(StoreError, match=r"Nothing to redo"):
        lab.redo()
    lab.undo(2)
    lab.append([made.batch(9, 1)])
    with pytest.raises(StoreError, match=r"Nothing to redo"):
        lab.redo()
    assert lab.undo().equals == 2
    with pytest.raises(StoreError, match="expected between 1 and 1 steps to undo, got 2"):
        lab.undo(2)


def test_an_undo_shares_the_files_it_goes_back_to(lab: store.Store) -> None:
    lab.append([made.batch(1, 250)])
    lab.append([made.batch(2, 250)])
    before = {path.name for path in lab.data.glob("data/*")}
    lab.undo()
    assert {path.name for path in lab.data.glob("data/*")} == before


def test_tags(lab: store.Store) -> None:
    lab.append([made.batch(1, 5)])
    lab.append([made.batch(2, 5)])
    lab.tag("draft", 1)
    lab.tag("final")
    assert lab.tags() == {"draft": 1, "final": 2}
    assert len(lab.checkout("draft")) == 5
    lab.tag("draft", "final")
    assert lab.snapshot("draft").number == 2
    for name in ("", "12", "a\nb", "x" * 65):
        with pytest.raises(StoreError, match="expected a tag"):
            lab.tag(name)
    for which in (3, 0, "other", "9" * 30):
        with pytest.raises(StoreError, match="expected a snapshot"):
            lab.checkout(which)


def test_data_from_outside_and_data_derived_from_them_are_untrusted(lab: store.Store, tmp_path: Path) -> None:
    (tmp_path / "curves.csv").write_bytes(b"label\n")
    source = fingerprint([tmp_path / "curves.csv"], "curves.csv")
    assert not lab.append([made.batch(1, 5)]).untrusted
    seen = []

    def batches() -> Iterator[pa.RecordBatch]:
        with sqlite3.connect(lab.path / "catalog.db") as db:
            seen.extend(db.execute("SELECT sha256 FROM source").fetchall())
        yield made.batch(2, 5)

    assert lab.append(batches(), source=source).untrusted
    assert seen == [(source.sha256,)]  # before the first of its rows was asked for
    assert lab.add_column(pa.field("y", pa.float64()), lambda b: b["x"], ["x"]).untrusted
    assert not lab.undo(2).untrusted
    assert lab.redo().untrusted
    assert lab.snapshot(2).source == source
    assert lab.source() == source, "what a column was added to, undone and redone, was made from that"
    assert lab.source(1) is None


def test_one_writer_at_a_time_and_readers_never_wait(lab: store.Store) -> None:
    lab.append([made.batch(1, 5)])
    under_way, go_on = threading.Event(), threading.Event()

    def slow() -> Iterator[pa.RecordBatch]:
        under_way.set()
        assert go_on.wait(20)
        yield made.batch(2, 5)

    writer = threading.Thread(target=lab.append, args=(slow(),))
    writer.start()
    assert under_way.wait(20)
    other = store.Store(lab.path, wait=0.1)
    with pytest.raises(StoreError, match=r"process \d+ on .* is writing to this store"):
        other.append([made.batch(3, 5)])
    assert store.open(lab.path).checkout().columns().num_rows == 5
    go_on.set()
    writer.join(20)
    assert other.append([made.batch(3, 5)]).rows == 15


def test_an_error_of_the_reader_comes_through_and_leaves_nothing(lab: store.Store) -> None:
    class OddError(Exception):
        pass

    def batches() -> Iterator[pa.RecordBatch]:
        yield made.batch(1, 1000)
        raise OddError("as it was")

    with pytest.raises(OddError, match="as it was"):
        lab.append(batches())
    assert not list(lab.data.glob("**/*.lance"))
    lab.append([made.batch(1, 10)])
    held = set(lab.data.glob("**/*"))
    with pytest.raises(OddError):
        lab.append(batches())

    def compute(batch: pa.RecordBatch) -> pa.Array:
        raise OddError

    with pytest.raises(OddError):
        lab.add_column(pa.field("y", pa.float64()), compute, ["x"])
    assert {path for path in lab.data.glob("**/*") if path.suffix != ".json"} == {
        path for path in held if path.suffix != ".json"
    }


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (lambda lab: lab.append([]), "at least one batch"),
        (lambda lab: lab.append([made.batch(1, 5).drop_columns(["x"])]), "expected the column x of double, got none"),
        (lambda lab: lab.append([made.batch(1, 5).select(made.SCHEMA.names[::-1])]), "in this order"),
        (lambda lab: lab.replace_rows(6, [made.batch(1, 5)]), "got 5 rows"),
        (lambda lab: lab.replace_rows(11, [made.batch(1, 5)]), "expected rows between 0 and 10"),
        (lambda lab: lab.replace_rows(3, []), "got 0 rows"),
        (lambda lab: lab.add_column(made.SCHEMA.field("x"), lambda b: b["x"], ["x"]), "name of a new column"),
        (lambda lab: lab.add_column(pa.field("y", pa.int8()), lambda b: b["x"], ["x"]), "of int8"),
        (lambda lab: lab.add_column(pa.field("y", pa.float64()), lambda b: b["x"][1:], ["x"]), "values of double"),
        (lambda lab: lab.add_column(pa.field("y", pa.float64()), lambda b: b["x"], ["z"]), "got 'z'"),
        (lambda lab: store.create(lab.path), "expected no store there"),
        (lambda lab: store.open(lab.path / "other"), "expected a store"),
    ],
)
def test_invalid_operations_are_refused_and_change_nothing(lab: store.Store, action: object, message: str) -> None:
    lab.append([made.batch(7, 10)])
    with pytest.raises(StoreError, match=message) as caught:
        action(lab)  # type: ignore[operator]
    assert "\n" not in str(caught.value)
    assert len(store.open(lab.path).snapshots()) == 1
    assert rows(lab).equals(pa.Table.from_batches([made.batch(7, 10)]))


def test_an_empty_store_has_nothing_to_take_back(lab: store.Store) -> None:
    assert lab.snapshots() == []
    for action in (lab.undo, lab.redo, lab.checkout):
        with pytest.raises(StoreError, match="expected a snapshot"):
            action()


def test_every_flipped_byte_of_the_data_is_noticed(lab: store.Store) -> None:
    """One bit in every 97th byte of the data file and the manifest, one at a time."""
    lab.append([made.batch(1, 90)])
    for path in [*lab.data.glob("data/*.lance"), *lab.data.glob("_versions/*.manifest")]:
        whole = path.read_bytes()
        for where in range(0, len(whole), 97):
            damaged = bytearray(whole)
            damaged[where] ^= 1 << (where % 8)
            path.write_bytes(damaged)
            with pytest.raises(StoreError, match="another SHA-256"):
                store.Store(lab.path).checkout().columns(["label"])
        path.write_bytes(whole[:-1])
        with pytest.raises(StoreError, match="another SHA-256"):
            store.Store(lab.path).checkout().columns(["label"])
        os.unlink(path)
        with pytest.raises(StoreError, match="No such file"):
            store.Store(lab.path).checkout().columns(["label"])
        path.write_bytes(whole)
    assert store.Store(lab.path).checkout().columns().num_rows == 90


def test_a_catalog_that_was_changed_is_refused(lab: store.Store) -> None:
    for seed in (1, 2):
        lab.append([made.batch(seed, 10)])
    for change in (
        "UPDATE snapshot SET record = replace(record, '\"rows\": 10', '\"rows\": 11') WHERE number = 1",
        "UPDATE file SET sha256 = replace(sha256, 'a', 'b') WHERE snapshot = 2",
        "DELETE FROM snapshot WHERE number = 1",
    ):
        db = sqlite3.connect(lab.path / "catalog.db")
        saved = db.serialize()
        db.execute(change)
        db.commit()
        db.close()
        with pytest.raises(StoreError, match="expected a sound catalog"):
            store.open(lab.path)
        for left in lab.path.glob("catalog.db*"):
            left.unlink()
        (lab.path / "catalog.db").write_bytes(saved)
        store.open(lab.path)


def test_a_damaged_catalog_is_refused_in_one_line(lab: store.Store) -> None:
    lab.append([made.batch(1, 10)])
    path = lab.path / "catalog.db"
    whole = bytearray(path.read_bytes())
    for where in range(0, len(whole), 512):
        damaged = whole[:where] + b"\xff" * 512 + whole[where + 512 :]
        path.write_bytes(damaged)
        try:
            one = store.open(lab.path)
            assert one.checkout().columns().num_rows == 10  # it hit a page that nothing uses
        except StoreError as error:
            assert "\n" not in str(error)  # noqa: PT017 - either outcome is right
        for left in lab.path.glob("catalog.db-*"):
            left.unlink()
