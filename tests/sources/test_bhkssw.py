from pathlib import Path

import pyarrow as pa
import pytest

import murmuration as mm
from murmuration import store
from murmuration.ingest import PebbleEngine, ingest, merge
from murmuration.sources import Options, open_source
from murmuration.sources.bhkssw import LONG, SHORT, shape
from murmuration.table import UNKNOWN, make
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
def test_the_layout_follows_from_the_line(line: str, found: object) -> None:
    assert shape(line) is found


def test_ranks_that_are_known_in_part(tmp_path: Path) -> None:
    """A rank that was not computed is null to the end: no root number is made of it, and averages call it unknown."""
    path = tmp_path / "0.txt"
    lines = [
        "108|0|0|0|-3|0|-3|0|576|2|1|2|1|1|0|0|0|0.1|2.0||0|0",
        "500|0|0|0|5|0|5|0|8000|2|1|2|1|||||||||0",
        "864|0|0|0|6|0|6|0|2304|2|1|2|1|-1||||||||0",
        "2048|0|0|0|-8|0|-8|0|256|2|1|2|1|||||||||0",
    ]
    path.write_text("\n".join(lines) + "\n")
    with PebbleEngine(1) as engine:
        last = list(ingest(open_source(path), tmp_path / "run", engine))[-1]
    assert (last.rows_done, last.rows_quarantined) == (4, 0)
    table = make(pa.concat_tables(merge(tmp_path / "run")), "bhkssw", unknown=True)
    assert table.columns["rank"].to_pylist() == [0, None, None, None]
    assert table.columns["root_number"].to_pylist() == [1, None, -1, None]
    lab = store.create(tmp_path / "lab")
    lab.append(store.batches(table, mm.trace(table, 20)))
    back = lab.checkout().table()
    assert back.columns.equals(table.columns)
    means = mm.average(back, lab.checkout().traces(), "rank")
    assert sorted(set(zip(means["value"].to_pylist(), means["count"].to_pylist(), strict=True))) == [
        (UNKNOWN, 3),
        (0, 1),
    ]
    assert whole(open_source(path, Options(ranks=frozenset({0}))))["label"].to_pylist() == ["b.-3.0"]
