"""Every guard, by a batch that breaks it: rows and column are named, and nothing is committed."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from murmuration import store
from murmuration.errors import StoreError
from murmuration.store import guards, rows
from tests.store import made


def with_traces(prime: int, value: int, row: int = 3) -> pa.RecordBatch:
    one = made.batch(1, 50)
    values = one["traces"].flatten().to_numpy().reshape(50, -1).copy()
    values[row, made.PRIMES.index(prime)] = value
    return made.changed(one, "traces", pa.FixedSizeListArray.from_arrays(pa.array(values.ravel()), len(made.PRIMES)))


def with_value(column: str, value: object, row: int = 3) -> pa.RecordBatch:
    one = made.batch(1, 50)
    values = one[column].to_pylist()
    values[row] = value
    return made.changed(one, column, pa.array(values, made.SCHEMA.field(column).type))


BROKEN = [
    (with_traces(7, 6), r"traces: expected \|a_7\| <= 5 \(Hasse\), got a_7 = 6 \(row 103"),
    (with_traces(19, -9), r"traces: expected \|a_19\| <= 8 \(Hasse\), got a_19 = -9"),
    (with_traces(2, -128), r"got a_2 = -128"),
    (with_value("ainvs", "[0,0,0,-3,2]"), r"ainvs: expected a nonzero discriminant, got \[0,0,0,-3,2\] \(row 103"),
    (with_value("ainvs", f"[0,0,0,{-3 * 10**40},{2 * 10**60}]"), "nonzero discriminant"),
    (with_value("ainvs", "[0,0,0,1]"), "ainvs: expected"),
    (with_value("ainvs", "[0,0,0,1,2,3]"), "ainvs: expected"),
    (with_value("ainvs", "[0,0,0,1,--2]"), "ainvs: expected"),
    (with_value("ainvs", "=cmd()"), "ainvs: expected"),
    (with_value("ainvs", ""), "ainvs: expected"),
    (with_value("x", float("nan")), r"x: expected finite numbers, got nan \(row 103"),
    (with_value("x", float("inf")), "x: expected finite numbers, got inf"),
    (with_value("x", float("-inf")), "x: expected finite numbers, got -inf"),
    (with_value("rank", 31), r"rank: expected 0 to 30, got 31 \(row 103"),
    (with_value("rank", -1), "rank: expected 0 to 30, got -1"),
    (with_value("conductor", 10), "conductor: expected 11 to"),
    (with_value("label", None), r"label: expected a value, got null \(row 103"),
    (with_value("label", None), "label: expected a value"),
    (with_value("traces", None), "traces: expected a value"),
]


@pytest.mark.parametrize(("batch", "message"), BROKEN)
def test_a_violation_names_rows_and_column_and_commits_nothing(
    tmp_path: Path, batch: pa.RecordBatch, message: str
) -> None:
    lab = store.create(tmp_path / "lab")
    lab.append([made.batch(0, 60)])
    with pytest.raises(StoreError, match=message):
        lab.append([made.batch(2, 40), batch])
    replaced = message.replace("103", "13")
    with pytest.raises(StoreError, match=replaced):
        lab.replace_rows(10, [batch])
    assert [each.rows for each in store.open(tmp_path / "lab").snapshots()] == [60]
    assert lab.checkout().columns().equals(pa.Table.from_batches([made.batch(0, 60)]))


def test_a_computed_column_passes_the_guards(tmp_path: Path) -> None:
    lab = store.create(tmp_path / "lab", rows_a_file=25)
    lab.append([made.batch(0, 60)])

    def log(batch: pa.RecordBatch) -> pa.Array:
        with np.errstate(invalid="ignore"):
            return pa.array(np.log(batch["x"].to_numpy()))

    with pytest.raises(StoreError, match=r"log: expected finite numbers, got nan \(\d+ rows from"):
        lab.add_column(pa.field("log", pa.float64()), log, ["x"])
    assert len(lab.snapshots()) == 1


def test_a_list_of_floats_is_looked_through(tmp_path: Path) -> None:
    values = np.zeros((50, 3), dtype=np.float32)
    values[7, 1] = np.inf
    column = pa.FixedSizeListArray.from_arrays(pa.array(values.ravel()), 3)
    with pytest.raises(StoreError, match=r"position: expected finite numbers, got inf \(row 7"):
        guards.check(pa.record_batch({"position": column}), 0)


def test_root_numbers_and_torsion() -> None:
    for column, value in (("root_number", 0), ("torsion", 17), ("torsion", 0)):
        with pytest.raises(StoreError, match=f"{column}: expected"):
            guards.check(pa.record_batch({column: pa.array([1, value], pa.int8())}), 0)
    guards.check(pa.record_batch({"root_number": pa.array([1, -1], pa.int8()), "torsion": pa.array([16, 1])}), 0)


def test_the_bounds_are_those_of_each_columns_own_primes() -> None:
    low, high = rows.trace_fields(1000)
    assert (low.type.list_size, high.type.list_size) == (557, 443)
    assert guards.bounds(low)[:4].tolist() == [2, 3, 4, 5]
    assert (guards.bounds(low)[-1], guards.bounds(high)[0], guards.bounds(high)[-1]) == (126, 127, 177)
    values = np.zeros((2, 443), dtype=np.int16)
    values[1, 442] = 178
    with pytest.raises(StoreError, match=r"\|a_7919\| <= 177"):
        guards.check(pa.record_batch([rows.as_lists(values, high)], schema=pa.schema([high])), 0)


def test_primes_that_do_not_fit_together_are_refused(tmp_path: Path) -> None:
    lab = store.create(tmp_path / "lab")
    one = made.batch(1, 5)
    for text in ("1:9", "0:7", "x", "0:-8"):
        fields = [*list(made.SCHEMA)[:-1], made.SCHEMA.field("traces").with_metadata({"primes": text})]
        with pytest.raises(StoreError, match="primes"):
            lab.append([pa.record_batch(one.columns, schema=pa.schema(fields))])


def test_numbers_of_any_size_are_read_as_they_are() -> None:
    big = 123456789012345678901234567890123456789
    texts = [f"[1,-1,0,{big},{-big}]", "[0,-1,1,-10,-20]", "[0,0,0,999999999999999999,-1]", "[0,0,0,00001,1]"]
    guards.check(pa.record_batch({"ainvs": texts}), 0)
    guards.check(pa.record_batch({"ainvs": texts}).slice(1, 2), 0)


def test_a_slice_is_guarded_by_its_own_rows() -> None:
    one = with_traces(7, 6, row=3)
    guards.check(one.slice(4), 0)
    guards.check(one.slice(0, 3), 0)
    with pytest.raises(StoreError, match="row 1,"):
        guards.check(one.slice(2, 5), 0)
