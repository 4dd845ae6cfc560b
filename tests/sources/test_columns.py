from pathlib import Path

import pytest

from murmuration.errors import DatasetError
from murmuration.sources import Options, open_source
from murmuration.table import make
from tests.sources.reading import whole

LINK = "https://www.lmfdb.org/knowledge/show/ec"

CSV = (
    f'"=HYPERLINK(""{LINK}"", ""lmfdb_label"")","=HYPERLINK(""{LINK}"", ""lmfdb_iso"")",Clabel,ainvs,conductor,rank,'
    "torsion_structure,regulator,jinv\n"
    '11.a1,11.a,11a2,"[0, -1, 1, -7820, -263580]",11,0,[],1,"[-52893159101157376, 11]"\n'
    '11.a2,11.a,11a1,"[0, -1, 1, -10, -20]",11,0,[5],1,"[-122023936, 161051]"\n'
    '15.a5,15.a,15a1,"[1, 1, 1, -10, -10]",15,0,"[2, 4]",1,"[111284641, 50625]"\n'
    '37.a1,37.a,37a1,"[0, 0, 1, -1, 0]",37,1,[],0.0511114,"[110592, 37]"\n'
)
TEXT = (
    "#\n# Elliptic curves downloaded from the LMFDB on 01 March 2025.\n#\n"
    "# Each entry in the following data list has the form:\n"
    "#    [Label, Class, Conductor, Rank, Torsion, Weierstrass coefficients]\n#\n\n"
    '"11.a1"\t"11.a"\t11\t0\t1\t[0, -1, 1, -7820, -263580]\n"37.a1"\t"37.a"\t37\t1\t1\t[0, 0, 1, -1, 0]\n'
    "\n\n# Label -- the label of a curve\n"
)
DUMP = (
    "lmfdb_label|lmfdb_iso|conductor|rank|torsion|ainvs\n"
    "11.a1|11.a|11|0|1|{0,-1,1,-7820,-263580}\n37.a1|37.a|37|1|1|{0,0,1,-1,0}\n"
)


def at(folder: Path, content: str) -> Path:
    path = folder / "curves"
    path.write_text(content)
    return path


def test_lmfdb_csv(tmp_path: Path) -> None:
    source = open_source(at(tmp_path, CSV), Options(every=True))
    table = whole(source)
    assert table["label"].to_pylist() == ["11.a1", "11.a2", "15.a5", "37.a1"]
    assert table["class"].to_pylist() == ["11.a", "11.a", "15.a", "37.a"]
    assert table["clabel"].to_pylist() == ["11a2", "11a1", "15a1", "37a1"]
    assert table["torsion"].to_pylist() == ["1", "5", "8", "1"]
    assert len(make(table, "x")) == 4
    assert (source.provenance["rank"], source.provenance["regulator"]) == ("conditional", "numerical")


@pytest.mark.parametrize("content", [TEXT, DUMP, CSV.replace('"[', "[").replace(']"', "]").replace(", ", ";")])
def test_lmfdb_text_and_dump(tmp_path: Path, content: str) -> None:
    if content.startswith('"=HYP'):
        content = DUMP.replace("|", "\t").replace("{", '"').replace("}", '"')
    table = whole(open_source(at(tmp_path, content)))
    assert table["label"].to_pylist() == ["11.a1", "37.a1"]
    assert make(table, "x").columns["ainvs"].to_pylist() == ["[0,-1,1,-7820,-263580]", "[0,0,1,-1,0]"]


def test_one_curve_of_each_class(tmp_path: Path) -> None:
    assert whole(open_source(at(tmp_path, CSV)))["label"].to_pylist() == ["11.a1", "15.a5", "37.a1"]


def test_columns_by_name(tmp_path: Path) -> None:
    content = "a6,a4,a3,a2,a1,Name,N,rank,torsion\n0,-1,1,0,0,37a1,37,1,1\n"
    table = whole(open_source(at(tmp_path, content), Options(columns="label=Name")))
    assert (table["label"][0].as_py(), table["ainvs"][0].as_py()) == ("37a1", "[0,0,1,-1,0]")
    assert len(make(table, "x")) == 1
    with pytest.raises(DatasetError, match="expected a column 'Nom' for label"):
        open_source(at(tmp_path, content), Options(columns="label=Nom"))
    with pytest.raises(DatasetError, match="expected columns as"):
        open_source(at(tmp_path, content), Options(columns="label"))
    guessed = open_source(at(tmp_path, content))
    assert guessed.note == "column 'Name' taken as label"
    assert whole(guessed)["label"].to_pylist() == ["37a1"]


def test_cremona_labels_do_not_go_with_lmfdb_classes(tmp_path: Path) -> None:
    content = 'lmfdb_label,Clabel,Ciso,conductor,rank,torsion,ainvs\n11.a2,11a1,11a,11,0,5,"[0,-1,1,-10,-20]"\n'
    table = whole(open_source(at(tmp_path, content)))
    assert (table["label"][0].as_py(), table["class"][0].as_py()) == ("11.a2", "11.a")
    table = whole(open_source(at(tmp_path, content), Options(columns="label=Clabel")))
    assert (table["label"][0].as_py(), table["class"][0].as_py()) == ("11a1", "11a")


def test_broken_lines_and_values_are_rows(tmp_path: Path) -> None:
    content = CSV + "37.a9,37.a\n" + '43.a1,43.a,43a1,"[0,1,1,0,0]",43,one,[],1,x\n' + '53.a1,"53.a\n'
    source = open_source(at(tmp_path, content), Options(ranks=frozenset({1})))
    labels = whole(source)["label"].to_pylist()
    assert labels == ["37.a1", "43.a1", "37.a9,37.a", '53.a1,"53.a']
