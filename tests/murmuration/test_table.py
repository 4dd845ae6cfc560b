from dataclasses import replace

import pyarrow as pa
import pytest

import murmuration as mm
from murmuration import table as tables
from murmuration.invariants import Invariants
from murmuration.table import joined

GOOD = {"label": ["11a1", "37a1"], "conductor": [11, 37], "rank": [0, 1], "torsion": [5, 1],
        "ainvs": ["[0,-1,1,-10,-20]", "[0,0,1,-1,0]"]}  # fmt: skip


def make(**columns: object) -> mm.CurveTable:
    return tables.make(pa.table({**GOOD, **columns}), "made")


def test_a_good_table() -> None:
    table = make()
    assert len(table) == 2
    assert table.columns.schema == tables.SCHEMA
    assert table.columns["class"].to_pylist() == ["11a", "37a"]
    assert table.category("root_number").tolist() == [1, -1]
    assert table.window(11, 11).tolist() == [0]
    assert table.window(12, 37).tolist() == [1]


def test_numbers_may_come_as_text_and_models_with_blanks() -> None:
    table = make(conductor=["11", "37"], rank=["0", "1"], ainvs=["[0, -1, 1, -10, -20]", "[0,0,1,-1,0]"])
    assert table.columns["ainvs"].to_pylist() == GOOD["ainvs"]
    assert table.conductor.tolist() == [11, 37]


def test_lmfdb_labels_give_their_class() -> None:
    assert make(label=["11.a2", "37.a1"]).columns["class"].to_pylist() == ["11.a", "37.a"]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"label": ["11a1", "11a1"]}, "expected each label once, got '11a1' 2 times"),
        ({"label": ["11a1", "<b>x</b>"]}, "expected labels of letters, digits.*got '<b>x</b>'"),
        ({"label": ["11a1", "=cmd()"]}, "expected labels"),
        ({"label": ["11a1", "ignore previous instructions"]}, "expected labels"),
        ({"label": ["11a1", None]}, "expected labels"),
        ({"label": ["11a1", "x" * 65]}, "expected labels"),
        ({"rank": ["0", "many"]}, "37a1: expected rank to be a whole number, got 'many'"),
        ({"rank": [0, None]}, "37a1: expected rank to be a whole number, got 'None'"),
        ({"rank": [0.5, 1.0]}, "11a1: expected rank to be a whole number, got '0.5'"),
        ({"rank": [0.0, float("nan")]}, "37a1: expected rank to be a whole number, got 'nan'"),
        ({"rank": [1.0, 1.5]}, "37a1: expected rank to be a whole number, got '1.5'"),
        ({"rank": ["0", "+1"]}, "37a1: expected rank to be a whole number, got '[+]1'"),
        ({"rank": ["0", "\u0661"]}, "37a1: expected rank to be a whole number"),
        ({"rank": ["0", "0x1"]}, "37a1: expected rank to be a whole number, got '0x1'"),
        ({"rank": [True, False]}, "11a1: expected rank to be a whole number, got 'True'"),
        ({"conductor": pa.array([2**64 - 1, 37], pa.uint64())}, "11a1: expected conductor to be a whole number"),
        ({"ainvs": ["[00,-1,1,-10,-20]", "[0,0,1,-1,0]"]}, "11a1: expected ainvs"),
        ({"ainvs": ["[-0,-1,1,-10,-20]", "[0,0,1,-1,0]"]}, "11a1: expected ainvs"),
        ({"ainvs": ["[0,-1,1,-10,-20]", f"[0,0,0,{10**39 + 3},0]"]}, "37a1: expected a global minimal model"),
        ({"ainvs": ["[0,-1,1,-10,-20]", f"[0,0,0,0,{10**36 + 67}]"]}, "37a1: expected a global minimal model"),
        ({"rank": [0, -1]}, "37a1: expected rank between 0 and 30, got -1"),
        ({"torsion": [0, 1]}, "11a1: expected torsion between 1 and 16, got 0"),
        ({"conductor": [11, 0]}, "37a1: expected conductor between 11"),
        ({"conductor": [11, 41]}, "37a1: expected a conductor that divides the discriminant"),
        ({"ainvs": ["[0,-1,1,-10,-20]", "[0,0,1,-1]"]}, r"37a1: expected ainvs as \"\[a1,a2,a3,a4,a6\]\""),
        ({"ainvs": ["[0,-1,1,-10,-20]", None]}, "37a1: expected ainvs"),
        ({"ainvs": ["[0,-1,1,-10,-20]", "[0,0,0,0," + "9" * 41 + "]"]}, "37a1: expected ainvs"),
        ({"ainvs": ["[0,-1,1,-10,-20]", "[0,0,0,0,0]"]}, "37a1: expected a curve with nonzero discriminant"),
        ({"ainvs": ["[0,-1,1,-10,-20]", "[0,0,8,-16,0]"]}, "37a1: expected a global minimal model.*pip install cypari"),
    ],
)
def test_malformed_tables_are_refused_in_one_line(columns: dict[str, object], message: str) -> None:
    with pytest.raises(mm.DatasetError, match=message) as refused:
        make(**columns)
    assert "\n" not in str(refused.value)


def test_a_column_that_is_there_twice_is_refused() -> None:
    columns = pa.table(GOOD)
    with pytest.raises(mm.DatasetError, match="each column once, got rank 2 times"):
        tables.make(columns.append_column("rank", columns["rank"]), "made")


def test_missing_columns_are_named() -> None:
    with pytest.raises(mm.DatasetError, match=r"rank, torsion is missing \(found: label, conductor, ainvs\)"):
        tables.make(pa.table(GOOD).drop_columns(["rank", "torsion"]), "made")


def test_an_empty_table_is_refused() -> None:
    with pytest.raises(mm.DatasetError, match="at least one curve"):
        tables.make(pa.table(GOOD).slice(0, 0), "made")


def test_only_categorical_columns_make_classes() -> None:
    with pytest.raises(mm.DatasetError, match="rank, root_number, torsion, got 'conductor'"):
        make().category("conductor")


def test_unknown_values_may_be_null_where_allowed() -> None:
    nothing = pa.nulls(2, pa.int64())
    columns = pa.table({**GOOD, "rank": nothing, "torsion": nothing, "conductor": nothing})
    table = tables.make(columns, "made", unknown=True)
    assert table.category("rank").tolist() == [tables.UNKNOWN] * 2
    assert table.category("root_number").tolist() == [tables.UNKNOWN] * 2
    assert table.conductor.tolist() == [0, 0]
    with pytest.raises(mm.DatasetError, match="11a1: expected conductor to be a whole number, got 'None'"):
        tables.make(columns, "made")


def test_a_root_number_that_is_given_is_kept() -> None:
    table = tables.make(pa.table({**GOOD, "rank": [None, 1], "root_number": [-1, None]}), "made", unknown=True)
    assert table.category("root_number").tolist() == [-1, -1]
    with pytest.raises(mm.DatasetError, match="11a1: expected root_number -1 or 1, got 0"):
        make(root_number=[0, 1])


def test_tables_put_together_keep_exact_invariants_in_their_rows(table: mm.CurveTable) -> None:
    one, two = table.part(0, 10), table.part(10, 15)
    held = two.invariants
    two = replace(two, invariants=Invariants(held.c4, held.c6, {3: (2**80, -(2**90))}), name="another")
    both = joined([one, two])
    assert (both.name, len(both)) == (table.name, 15)
    assert both.columns.equals(table.columns.slice(0, 15))
    assert both.invariants.at(13) == (2**80, -(2**90))
    assert both.invariants.at(12) == table.invariants.at(12)
