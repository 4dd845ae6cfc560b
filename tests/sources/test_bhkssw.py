from pathlib import Path

import pytest

from murmuration.sources import Options, open_source
from murmuration.sources.bhkssw import LONG, SHORT, shape
from murmuration.table import make
from tests.sources.reading import whole

EXAMPLE = "19003704300|1|-1|0|-102|-389|-1635|-26530|5940675|1|1|1|2"
"""The example of the LMFDB's description of the format."""


def test_the_example(tmp_path: Path) -> None:
    path = tmp_path / "k.txt"
    path.write_text(EXAMPLE + "\n108|0|0|0|-3|0|-3|0|576|2|1|2|1\n")
    source = open_source(path)
    table = whole(source)
    assert table["label"].to_pylist() == ["b.-1635.-26530", "b.-3.0"]
    assert table["ainvs"].to_pylist()[0] == "[1,-1,0,-102,-389]"
    assert (table["rank"].to_pylist(), table["torsion"].to_pylist()) == ([None, None], ["1", "2"])
    assert "too small for a murmuration" in source.note
    known = table.set_column(3, "rank", table["torsion"])  # its ranks are unknown: any will do to check the rest
    assert len(make(known, "x")) == 2


def test_the_long_layout(tmp_path: Path) -> None:
    path = tmp_path / "0.txt"
    path.write_text(
        EXAMPLE + "|1|2|2|2|0.052|2.0||2|0\n" + EXAMPLE.replace("-1635", "-1636") + "|-1||||||||0\nbroken\n"
    )
    table = whole(open_source(path))
    assert table["rank"].to_pylist() == ["2", None, None]
    assert table["root_number"].to_pylist() == ["1", "-1", None]
    assert table["label"].to_pylist()[2] == "broken"
    assert whole(open_source(path, Options(ranks=frozenset({2}))))["label"].to_pylist() == ["b.-1635.-26530", "broken"]


@pytest.mark.parametrize(
    ("line", "found"),
    [(EXAMPLE, SHORT), (EXAMPLE + "|" * 9, LONG), (EXAMPLE + "|", None), ("a|" * 12 + "a", None), ("", None)],
)
def test_the_layout_is_told_by_the_line(line: str, found: object) -> None:
    assert shape(line) is found
