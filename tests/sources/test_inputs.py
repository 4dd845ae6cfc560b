"""Small files in the shape that public ones have, `tests/data/inputs`, and the curves that each must give."""

import json
from pathlib import Path

import pytest

import murmuration as mm
from murmuration.faults import commonest
from murmuration.reading import collect
from murmuration.sources import Options, finish, open_source
from tests.conftest import ROOT

INPUTS = ROOT / "tests" / "data" / "inputs"
SEVEN = ["11.a1", "11.a2", "11.a3", "15.a5", "27.a4", "37.a1", "389.a1"]
MODELS = ["[0,-1,1,-7820,-263580]", "[0,-1,1,-10,-20]", "[0,-1,1,0,0]", "[1,1,1,-10,-10]", "[0,0,1,0,0]",
          "[0,0,1,-1,0]", "[0,1,1,-2,0]"]  # fmt: skip
TORSION = [1, 5, 5, 8, 3, 1, 1]
RANKS = [0, 0, 0, 0, 0, 1, 2]
REDUCED = ["not_minimal.csv", "short_pairs.csv"]
"""Those that PARI reduces, in a process of its own."""

CONDUCTORS = [11, 11, 11, 15, 27, 37, 389]


def values(table: mm.CurveTable, name: str) -> list[object]:
    column: list[object] = table.columns[name].to_pylist()
    return column


def classes(path: Path, options: Options = Options()) -> list[object]:  # noqa: B008 - frozen
    """The labels of one curve of each class."""
    found = collect(open_source(path, options), str(path))
    assert found is not None
    return values(found.table, "label")


@pytest.mark.parametrize(
    "name",
    ["lmfdb_default.txt", "lmfdb_default.csv", "lmfdb_default.gp", "lmfdb_default.sage", "lmfdb_default.m",
     *(pytest.param(name, marks=pytest.mark.outside) for name in REDUCED)],
)  # fmt: skip
def test_seven_curves_in_every_form(name: str) -> None:
    table = mm.read(INPUTS / name)
    assert values(table, "label") == values(table, "lmfdb_label") == SEVEN
    assert values(table, "ainvs") == MODELS
    assert (values(table, "torsion"), values(table, "rank")) == (TORSION, RANKS)
    assert values(table, "conductor") == CONDUCTORS
    assert classes(INPUTS / name) == ["11.a1", "15.a5", "27.a4", "37.a1", "389.a1"]


@pytest.mark.outside
@pytest.mark.parametrize("name", REDUCED)
def test_reduced_models_are_counted(name: str) -> None:
    assert mm.read(INPUTS / name).note == "7 models were not minimal and are reduced by PARI (first 11.a1)"


@pytest.mark.parametrize("name", REDUCED)
def test_without_pari_such_models_are_refused_with_the_command_that_helps(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finish, "installed", lambda: False)
    with pytest.raises(mm.DatasetError, match=r"11.a1: expected a global minimal model.*pip install cypari"):
        mm.read(INPUTS / name)


def test_two_lists_of_2023() -> None:
    table = mm.read(INPUTS / "lmfdb_2023.gp")
    assert values(table, "label") == [
        "7501.a1",
        *(f"7502.{each}" for each in ("a1", "a2", "a3", "b1", "b2", "b3", "b4")),
    ]
    assert values(table, "ainvs")[1] == "[1,0,1,-242366,52024674]"
    assert set(values(table, "rank")) == {None}
    assert values(table, "conductor") == [7501, *[7502] * 7]
    assert table.note == "no column of conductors: they are read off the labels"
    assert classes(INPUTS / "lmfdb_2023.gp") == ["7501.a1", "7502.a1", "7502.b1"]


@pytest.mark.outside
def test_arithmetic_computes_conductors_and_root_numbers() -> None:
    options = Options(every=True, pari=True)
    table = mm.read(INPUTS / "labels_and_models.csv", options)
    assert values(table, "conductor") == CONDUCTORS
    assert values(table, "root_number") == [1, 1, 1, 1, 1, -1, 1]
    source = open_source(INPUTS / "labels_and_models.csv", options)
    assert source.provenance["root_number"] == "proved"
    assert source.note == ""


@pytest.mark.outside
def test_arithmetic_names_a_conductor_that_is_not_the_curves(tmp_path: Path) -> None:
    """The discriminant of 15.a5 is 15^4, which 45 divides, too."""
    (tmp_path / "x.csv").write_text('label,conductor,ainvs\n15.a5,45,"[1,1,1,-10,-10]"\n')
    with pytest.raises(mm.DatasetError, match=r"15\.a5: expected conductor 15 as PARI computes it, got 45"):
        mm.read(tmp_path / "x.csv", Options(every=True, pari=True))


def test_arithmetic_without_pari_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("murmuration.sources.pari.installed", lambda: False)
    with pytest.raises(mm.DatasetError, match="pip install cypari"):
        open_source(INPUTS / "labels_and_models.csv", Options(pari=True))


def test_one_curve_of_a_class_is_chosen_among_the_sound_ones() -> None:
    found = collect(open_source(INPUTS / "first_of_class_bad.csv"), "x")
    assert found is not None
    assert values(found.table, "label") == ["11a1", "37a1"]
    assert list(found.faults.values()) == ["11a2: expected rank to be a whole number, got '?'"]


def test_whole_numbers_as_pandas_writes_them() -> None:
    table = mm.read(INPUTS / "pandas_float_ranks.csv")
    assert values(table, "rank") == [0, 0, 0, None, 0, 1, 2]
    assert values(table, "torsion") == TORSION
    assert len(classes(INPUTS / "pandas_float_ranks.csv")) == 5


def test_words_for_an_unknown_value() -> None:
    with pytest.raises(mm.DatasetError, match=r"15.a5: expected rank to be a whole number, got '\?'"):
        mm.read(INPUTS / "missing_as_words.csv")
    table = mm.read(INPUTS / "missing_as_words.csv", skip=True)
    assert values(table, "rank") == [None, None, None, 0, 1, 2]


def test_labels_are_made_from_the_rows() -> None:
    table = mm.read(INPUTS / "no_label.csv")
    assert values(table, "label") == [f"row.{number}" for number in range(1, 8)]
    assert values(table, "ainvs") == MODELS
    assert "lmfdb_label" not in table.columns.column_names
    assert "labels are made from the rows" in table.note


@pytest.mark.parametrize(
    ("name", "labels"),
    [("elldata_pari.txt", ["11a1", "11a2", "11a3", "37a1"]), ("paricurves.txt", ["11a1", "11a2", "37a1"])],
)
def test_ranks_of_pari_are_the_numbers_of_generators(name: str, labels: list[str]) -> None:
    table = mm.read(INPUTS / name)
    assert values(table, "label") == labels
    assert values(table, "rank") == [0] * (len(labels) - 1) + [1]
    assert values(table, "conductor") == [11] * (len(labels) - 1) + [37]


def test_galrep_of_ecdata() -> None:
    table = mm.read(INPUTS / "galrep.txt")
    assert values(table, "label") == ["11a1", "11a2", "37a1"]
    assert (values(table, "rank"), values(table, "torsion")) == ([0, 0, 1], [5, 1, 1])


def test_stein_watkins() -> None:
    table = mm.read(INPUTS / "stein_watkins.txt")
    assert values(table, "label") == ["sw.11.1.1", "sw.11.1.2", "sw.11.1.3"]
    assert values(table, "class") == ["sw.11.1"] * 3
    assert (values(table, "torsion"), values(table, "rank")) == ([5, 5, 1], [0, 0, 0])
    assert values(table, "special_value") == [0.253842] * 3


def test_the_commonest_fault_comes_with_its_first_row() -> None:
    faults = ["a: expected rank to be a whole number, got '?'", "b: expected torsion between 1 and 16, got 0",
              "c: expected torsion between 1 and 16, got 99"]  # fmt: skip
    assert commonest(faults) == "b: expected torsion between 1 and 16, got 0 (and 1 more like it)"
    assert commonest([]) == ""


@pytest.mark.outside
def test_every_input_is_strict_json() -> None:
    for path in INPUTS.iterdir():
        table = mm.read(path, skip=True)
        json.dumps(table.columns.to_pylist(), allow_nan=False)
