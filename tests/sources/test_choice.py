"""The files of a folder that make a data set: a clone of ecdata, and its tables one by one."""

from pathlib import Path

import pytest

import murmuration as mm
from murmuration.sources import Options, open_source
from tests.conftest import ROOT

REAL = ROOT / "tests" / "data" / "ecdata"

SISTERS = {
    "allisog": "11 a 1 [0,-1,1,-10,-20] [[0,-1,1,-10,-20],[0,-1,1,-7820,-263580]] [[1,5],[5,1]]",
    "alldegphi": "11 a 1 [0,-1,1,-10,-20] 1",
    "2adic": "11 a 1 [0,-1,1,-10,-20] 1 1 [] X1",
    "degphi": "11 a 1 1 {} [0,-1,1,-10,-20]",
    "intpts": "11a1 [0,-1,1,-10,-20] [5,16]",
    "aplist": "11 a -2 -1 1 -2 - 4 -2 0 -1 0 7 3 -8 -6 8 -6 5 12 -7 -3 4 -10 -6 15 -7",
    "count": "11 1",
}
CURVES = {
    "curves": "11 a 1 [0,-1,1,-10,-20] 0 5",
    "allbsd": "11 a 1 [0,-1,1,-10,-20] 0 5 5 1.26920930427955 0.253841860855911 1.00000000000000 1.00000000000000",
    "allgens": "11 a 1 [0,-1,1,-10,-20] 0 [5] [5:5:1]",
    "galrep": "11 a 1 [0,-1,1,-10,-20] 0 5 5Cs.1.1",
}


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone: the curves of conductor 40,001 to 40,005, tables of other curves, and files that are no tables."""
    for name in ("allcurves", "allbsd", "alllabels"):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.40000-49999").write_text((REAL / name).read_text())
    for name, line in {**SISTERS, **CURVES}.items():
        (tmp_path / name).mkdir(exist_ok=True)
        (tmp_path / name / f"{name}.00000-09999").write_text(line + "\n")
    (tmp_path / "allbsd" / "allbsd.00000-09999").unlink()
    (tmp_path / ".git" / "objects").mkdir(parents=True)
    (tmp_path / ".git" / "objects" / "ab").write_text(SISTERS["count"])
    (tmp_path / "README.md").write_text("ecdata\n")
    return tmp_path


def test_a_clone_of_ecdata(clone: Path) -> None:
    """allcurves, allbsd and curves, which has the form of allcurves, give each curve once; alllabels is joined."""
    table = mm.read(clone)
    assert len(table) == 58
    labels = dict(zip(table.columns["label"].to_pylist(), table.columns["lmfdb_label"].to_pylist(), strict=True))
    assert (labels["40005k1"], labels["11a1"]) == ("40005.z1", None)
    for said in ("README.md: skipped", "left out of ecdata", "aplist", "galrep", "(9 files)"):
        assert said in table.note
    assert "1 curves have no label in alllabels: is it of another release? (first 11a1)" in table.note


def test_labels_of_another_release_are_named(tmp_path: Path) -> None:
    """A file's own LMFDB labels stay; alllabels fills in the missing ones, and each difference is counted."""
    rows = ["40001a1,40001.b1", "40001a2,", "40002a2,40002.a1", "11a1,"]
    models = ['"[1,1,0,-11546,-482329]"', '"[1,1,0,-10701,-554830]"', '"[1,1,0,-79829,8616045]"', '"[0,-1,1,-10,-20]"']
    lines = [f"{row},{model}" for row, model in zip(rows, models, strict=True)]
    (tmp_path / "x").write_text("\n".join(["label,lmfdb_label,ainvs", *lines, ""]))
    table = mm.read(tmp_path / "x", Options(every=True, labels=REAL / "alllabels"))
    assert table.columns["lmfdb_label"].to_pylist() == ["40001.b1", "40001.a2", "40002.a1", None]
    assert "1 curves have another LMFDB label in alllabels" in table.note
    assert "(first 40001a1)" in table.note
    assert "1 curves have no label in alllabels: is it of another release? (first 11a1)" in table.note


def test_only_the_files_in_use_are_hashed(clone: Path) -> None:
    used = {file.parent.name for file in open_source(clone).files}
    assert used == {"allcurves", "allbsd", "alllabels", "curves"}


@pytest.mark.parametrize("name", SISTERS)
def test_a_table_without_curves_names_the_one_to_give(tmp_path: Path, name: str) -> None:
    (tmp_path / "x").write_text(SISTERS[name] + "\n")
    with pytest.raises(mm.DatasetError, match=rf"got ecdata's {name} \(.*\): give allcurves or allbsd"):
        mm.read(tmp_path / "x")


@pytest.mark.parametrize("name", CURVES)
def test_each_table_with_curves_is_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "x").write_text(CURVES[name] + "\n" + CURVES[name].replace("11 a 1", "11 a 4") + "\n")
    table = mm.read(tmp_path / "x").columns
    assert table["label"].to_pylist() == ["11a1", "11a4"]
    assert (table["torsion"].to_pylist(), table["rank"].to_pylist()) == ([5, 5], [0, 0])


def test_galrep_whose_first_curves_have_no_images(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("37 a 1 [0,0,1,-1,0] 1 1\n" + CURVES["galrep"] + "\n")
    assert len(mm.read(tmp_path / "x")) == 2
