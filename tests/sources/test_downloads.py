"""The LMFDB's downloads as programs, of every year and language."""

from pathlib import Path

import pytest

import murmuration as mm

ROWS = '["11.a1", 11, {none}, [], [0, -1, 1, -7820, -263580]]', '["37.a1", 37, 1, [2, 4], [0, 0, 1, -1, 0]]'
NAMES = '"lmfdb_label", "conductor", "rank", "torsion_structure", "ainvs"'


def file(folder: Path, text: str) -> Path:
    (folder / "x").write_text(text)
    return folder / "x"


@pytest.mark.parametrize(
    ("comment", "assign", "open_", "close", "none", "after"),
    [
        ("\\\\", "=", "{[", "]};", "null", "make_data() =\n{\n[create_record(row)|row<-data];\n}\n"),
        ("#", "=", "[", "]", "None", "def make_data():\n    return [create_record(row) for row in data]\n"),
        ("//", ":=", "[", "];", "[]", "function make_data()\n    return [create_record(row) : row in data];\n"),
        ("#", ":=", "[", "];", "[]", "make_data := function()\nreturn List(data, create_record);\nend;\n"),
        ("#", "=", "[", "]", "nothing", "function make_data()\n    return [create_record(row) for row in data]\nend\n"),
    ],
    ids=["GP", "Sage", "Magma", "GAP", "Oscar"],
)
@pytest.mark.parametrize("stars", [False, True])
def test_columns_and_data(
    tmp_path: Path, comment: str, assign: str, open_: str, close: str, none: str, after: str, stars: bool
) -> None:
    rows = [each.replace("{none}", none) for each in ROWS]
    if stars:
        rows = [f"[*{each[1:-1]}*]" for each in rows]
    lines = [
        f"{comment} Elliptic curves downloaded from the LMFDB",
        f'{comment}    [Label, Conductor, "Rank"]',
        f"columns {assign} [{NAMES}];",
        f"data {assign} {open_}",
        f"{rows[0]},",
        rows[1],
        f"{close}\n\n{after}",
    ]
    text = "\n".join(lines)
    table = mm.read(file(tmp_path, text)).columns
    assert table["label"].to_pylist() == ["11.a1", "37.a1"]
    assert table["rank"].to_pylist() == [None, 1]
    assert table["torsion"].to_pylist() == [1, 8]
    assert table["ainvs"].to_pylist() == ["[0,-1,1,-7820,-263580]", "[0,0,1,-1,0]"]


@pytest.mark.parametrize(
    "text",
    [
        'labels := [*\\\n"11.a1",\n"37.a1"*];\n\ndata := [*\\\n[*0, -1, 1, -7820, -263580*],\n[*0, 0, 1, -1, 0*]*];\n',
        'labels  =  [\n"11.a1",\n"37.a1"]\n\ndata  =  [\n[0, -1, 1, -7820, -263580],\n[0, 0, 1, -1, 0]]\n',
        'data = {[[0,-1,1,-7820,-263580],[0,0,1,-1,0]]};\nlabels = {["11.a1","37.a1"]};\n',
    ],
)
def test_labels_and_data_in_matching_order(tmp_path: Path, text: str) -> None:
    table = mm.read(file(tmp_path, text)).columns
    assert table["label"].to_pylist() == ["11.a1", "37.a1"]
    assert table["conductor"].to_pylist() == [11, 37]


def test_lists_of_different_length_are_refused(tmp_path: Path) -> None:
    text = 'labels = ["11.a1"]\ndata = [\n[0, -1, 1, -7820, -263580],\n[0, 0, 1, -1, 0]]\n'
    with pytest.raises(mm.DatasetError, match="expected as many labels as models, got fewer labels"):
        mm.read(file(tmp_path, text))


def test_data_alone_as_in_2016(tmp_path: Path) -> None:
    table = mm.read(file(tmp_path, "# x\n\ndata = [\\\n[0, -1, 1, -7820, -263580],\\\n[0, 0, 1, -1, 0]]\n"))
    assert table.columns["label"].to_pylist() == ["row.1", "row.2"]


def test_a_row_of_another_length_costs_itself(tmp_path: Path) -> None:
    text = f'columns = [{NAMES}]\ndata = [\n{ROWS[1]},\n["43.a1", 43],\n{ROWS[1].replace("37.a1", "37.a2")}\n]\n'
    table = mm.read(file(tmp_path, text), skip=True)
    assert len(table) == 2
    assert "1 of 3 rows left out: expected a list of 5, got '[\"43.a1\", 43]'" in table.note


def test_code_is_never_run(tmp_path: Path) -> None:
    """A model that would be a call is text like any other, and refused."""
    text = f'columns = [{NAMES}]\ndata = [\n["37.a1", 37, 1, [], __import__("os").abort()]\n]\n'
    with pytest.raises(mm.DatasetError, match="expected ainvs"):
        mm.read(file(tmp_path, text))
