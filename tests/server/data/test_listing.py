"""Lists of curves as Sage, PARI/GP and Magma read them: PARI itself, Python's own parser, and Magma's grammar."""

import ast
import json
import re
from pathlib import Path

import cypari
import pytest

import murmuration as mm
from murmuration.selection.selection import Selection
from server.data import datasets, download
from server.data.download import Part
from server.data.listing import COLUMNS

NAME = 'rank "0" of 37\\ {a}\n*/ // # x'


def listing(kind: str, table: mm.CurveTable, chosen: list[int], folder: Path) -> str:
    found = datasets.of_selection(table, Selection().combine(list(chosen), "replace", {}), NAME, "table")  # type: ignore[arg-type]
    path = folder / f"list.{kind}"
    with path.open("wb") as file:
        assert list(download.write(kind, Part(found, COLUMNS, 0, len(chosen), None), file))[-1] == 1.0
    return path.read_text()


def expected(table: mm.CurveTable, chosen: list[int]) -> list[tuple[str, list[int]]]:
    labels, models = (table.columns[name].to_pylist() for name in COLUMNS)
    return [(labels[row], json.loads(models[row])) for row in chosen]


@pytest.mark.parametrize("chosen", [[], [0], list(range(38_042))], ids=["none", "one", "all"])
def test_sage_reads_a_python_literal(table: mm.CurveTable, tmp_path: Path, chosen: list[int]) -> None:
    (statement,) = ast.parse(listing("sage", table, chosen, tmp_path)).body
    assert isinstance(statement, ast.Assign)
    assert ast.unparse(statement.targets[0]) == "curves"
    assert ast.literal_eval(statement.value) == expected(table, chosen)


@pytest.mark.parametrize("chosen", [[], [0], list(range(38_042))], ids=["none", "one", "all"])
def test_pari_reads_its_list(table: mm.CurveTable, tmp_path: Path, chosen: list[int]) -> None:
    text = listing("gp", table, chosen, tmp_path)
    assert text.isascii()
    pari = cypari.pari
    pari(f'read("{tmp_path / "list.gp"}")')
    assert pari("#curves") == len(chosen)
    for index in [0, len(chosen) // 2, len(chosen) - 1] if chosen else []:
        ((label, model),) = expected(table, [chosen[index]])
        assert str(pari(f"curves[{index + 1}][1]")).strip('"') == label
        assert list(map(int, pari(f"curves[{index + 1}][2]"))) == model
    if chosen:  # the hint in the first line is how curves are made of it
        assert pari("ellglobalred(apply(e -> ellinit(e[2]), List([curves[1]]))[1])[1]") == 11


ENTRY = r'<"[0-9A-Za-z._:/-]+", \[-?\d+(?:,-?\d+){4}\]>'


@pytest.mark.parametrize("chosen", [[], [0], list(range(500))], ids=["none", "one", "many"])
def test_magma_s_grammar_holds(table: mm.CurveTable, tmp_path: Path, chosen: list[int]) -> None:
    """One comment line, one assignment of a list of pairs. Magma itself is not free, and was not run."""
    comment, statement = listing("m", table, chosen, tmp_path).split("\n", 1)
    assert comment.startswith("// ")
    assert re.fullmatch(rf"curves := \[\*\n(?:{ENTRY}(?:,\n{ENTRY})*)?\n\*\];\n", statement)
    pairs = re.findall(r'<"(.*?)", (\[.*?\])>', statement)
    assert [(label, json.loads(model)) for label, model in pairs] == expected(table, chosen)


def test_labels_alone(table: mm.CurveTable, tmp_path: Path) -> None:
    assert listing("txt", table, [0, 3], tmp_path) == "11a1\n17a1\n"
    assert listing("txt", table, [], tmp_path) == ""
