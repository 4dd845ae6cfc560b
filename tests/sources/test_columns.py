from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from murmuration.errors import DatasetError
from murmuration.reading import collect
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


@pytest.mark.parametrize(
    ("content", "notes"),
    [
        (
            "Name\tCond\tMW rank\tNtors\tModel\n37a1\t37\t1\t1\ty^2+y=x^3-x\n",
            [
                "'Name' taken as label",
                "'Cond' taken as conductor",
                "'MW rank' taken as rank",
                "'Ntors' taken as torsion",
                "'Model' taken as ainvs",
            ],
        ),
        (
            'x,curve,y,conductor,rank,torsion\n1,"[0,0,1,-1,0]",37a1,37,1,1\n',
            ["'y' taken as label", "'curve' taken as ainvs"],
        ),
        (
            "label,rank,torsion,conductor,a_1,a_2,a_3,a_4,a_6\n37a1,1,1,37,0,0,1,-1,0\n",
            ["a_1, a_2, a_3, a_4, a_6 taken as the"],
        ),
        (
            "conductor,class,number,ainvs,rank,torsion\n37,a,1,[0;0;1;-1;0],1,1\n",
            ["labels put together from conductor"],
        ),
        (
            "label,rank,torsion,ainvs\n37a1,1,1,{0;0;1;-1;0}\n",
            ["no column of conductors: they are read off the labels"],
        ),
    ],
)
def test_guesses_are_right_and_noted(tmp_path: Path, content: str, notes: list[str]) -> None:
    source = open_source(at(tmp_path, content))
    row = make(whole(source), "x").columns.to_pylist()[0]
    values = [row[name] for name in ("label", "class", "conductor", "rank", "torsion", "ainvs")]
    assert values == ["37a1", "37a", 37, 1, 1, "[0,0,1,-1,0]"]
    for note in notes:
        assert note in source.note


def test_usual_names_are_not_guesses(tmp_path: Path) -> None:
    assert open_source(at(tmp_path, CSV)).note == ""
    assert open_source(at(tmp_path, TEXT)).note == ""


def test_lists_without_quotes_between_commas(tmp_path: Path) -> None:
    rows = "15.a5,15,0,[2,4],[1,1,1,-10,-10]\n37.a1,37,1,[],[0, 0, 1, -1, 0]\n"
    content = f"label,conductor,rank,torsion_structure,ainvs\n{rows}"
    table = make(whole(open_source(at(tmp_path, content))), "x", unknown=True).columns
    assert table["torsion"].to_pylist() == [8, 1]
    assert table["ainvs"].to_pylist() == ["[1,1,1,-10,-10]", "[0,0,1,-1,0]"]


def test_an_odd_value_in_a_later_part_does_not_spoil_the_file(tmp_path: Path) -> None:
    """A column of numbers in Parquet with a fraction: its part of the rows becomes text, and one row is refused."""
    rows = 20_000
    ranks = [0.0] * (rows - 1) + [0.5]
    table = pa.table({"label": [f"x{k}" for k in range(rows)], "rank": ranks, "ainvs": ["[0,0,1,-1,0]"] * rows})
    pq.write_table(table, tmp_path / "x")
    found = collect(open_source(tmp_path / "x", Options(every=True)), "x")
    assert found is not None
    assert (len(found.table), list(found.faults)) == (rows - 1, [rows - 1])
