from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
import pytest

import murmuration as mm
from murmuration.table import SCHEMA
from tests.conftest import ROOT

DATA = ROOT / "tests" / "data"

CSV = 'label,conductor,rank,torsion,ainvs\n11a1,11,0,5,"[0,-1,1,-10,-20]"\n37a1,37,1,1,"[0,0,1,-1,0]"\n'


def test_the_embedded_curves(table: mm.CurveTable) -> None:
    """The counts of arXiv 2204.10140, figure 1, and of Cremona's tables."""
    assert len(table) == 38_042
    ranks = table.category("rank")[table.window(7500, 10000)]
    assert [int((ranks == r).sum()) for r in (0, 1, 2)] == [4328, 5194, 771]


def test_csv_parquet_and_arrow_agree(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(CSV)
    table = mm.read(tmp_path / "a.csv")
    pa.parquet.write_table(table.columns.select([6, 3, 2, 5, 1]), tmp_path / "renamed.dat")  # any order, any name
    pa.feather.write_feather(table.columns, tmp_path / "a.arrow", compression="uncompressed")
    assert mm.read(tmp_path / "renamed.dat").columns == table.columns
    assert mm.read(tmp_path / "a.arrow").columns == table.columns
    assert table.columns.schema.names == SCHEMA.names
    assert (table.name, len(table)) == ("a", 2)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "found no such file"),
        (b"", "got an empty file"),
        (b"PAR1 but no more", "expected a readable data set"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\0", "got a picture"),
        (b"\0\0\0\0", "got binary data"),
        (b"PK\x03\x04 xl/workbook.xml", "an Excel workbook: save the sheet as CSV UTF-8"),
        (b"<!DOCTYPE html><html>", "a web page: use the page's own download button"),
        (b'{"label": ["11a1"]}', "got JSON"),
        (b"label,conductor\n11a1\n", "expected a column of models, found label, conductor"),
        (b"label,conductor,rank,torsion,ainvs\n", "at least one curve"),
        (b"hello\nworld\n", "text that begins 'hello': a table needs a header line"),
        (b'11a1,11,0,5,"[0,-1,1,-10,-20]"\n', "curves without a header line"),
        (b"\xff\xfe\xfa\xfb\n\xff\n", "UTF-16"),
        (CSV.replace("37a1,37,1", "37a1,37,x").encode(), "37a1: expected rank to be a whole number, got 'x'"),
        (CSV.replace("37a1", "11a1").encode(), "11a1: expected each label once"),
    ],
)
def test_bad_files_are_refused_in_one_line_that_names_them(tmp_path: Path, content: bytes | None, message: str) -> None:
    path = tmp_path / "curves.data"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(mm.DatasetError, match=message) as refused:
        mm.read(path)
    assert str(refused.value).startswith(f"{path}: ")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("writer", ["pyarrow", "polars"])
def test_damaged_arrow_files_are_refused_without_a_crash(tmp_path: Path, table: mm.CurveTable, writer: str) -> None:
    """Flipped bits in offsets would send pyarrow out of bounds: every file is checked in full before it is used."""
    if writer == "polars":  # whose files only the footer leads through
        pl.DataFrame(table.columns.slice(0, 200)).write_ipc(tmp_path / "good.arrow", compression="uncompressed")
    else:
        pa.feather.write_feather(table.columns.slice(0, 200), tmp_path / "good.arrow", compression="uncompressed")
    assert len(mm.read(tmp_path / "good.arrow")) == 200
    good = (tmp_path / "good.arrow").read_bytes()
    rng, refused = np.random.default_rng(3), 0
    for _ in range(150):
        bad = bytearray(good)
        for place in rng.integers(8, len(good), 4):
            bad[place] ^= 1 << int(rng.integers(8))
        (tmp_path / "bad.arrow").write_bytes(bad)
        try:
            mm.read(tmp_path / "bad.arrow")
        except mm.DatasetError:
            refused += 1
    assert refused > 50


def test_a_folder_is_read() -> None:
    """ecdata with alllabels beside it: the LMFDB's labels are known."""
    table = mm.read(DATA / "ecdata")
    assert len(table) == 57
    assert table.columns["lmfdb_label"].to_pylist()[:2] == ["40001.a1", "40001.a2"]


def test_a_bad_row_is_named_and_left_out_only_when_that_is_asked(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(CSV + '43a1,43,?,1,"[0,1,1,0,0]"\n53a1,53,?,1,"[1,-1,1,0,0]"\n')
    message = r"43a1: expected rank to be a whole number, got '\?' \(and 1 more like it\); read\(..., skip=True\)"
    with pytest.raises(mm.DatasetError, match=message):
        mm.read(tmp_path / "x.csv")
    table = mm.read(tmp_path / "x.csv", skip=True)
    assert table.columns["label"].to_pylist() == ["11a1", "37a1"]
    assert table.note.startswith("2 of 4 rows left out: 43a1: expected rank to be a whole number")
    (tmp_path / "none.csv").write_text(CSV.replace(",11,0", ",11,?").replace(",37,1", ",37,?"))
    with pytest.raises(mm.DatasetError, match=r"11a1: expected rank .* \(and 1 more like it\)$"):
        mm.read(tmp_path / "none.csv", skip=True)


def test_a_label_that_comes_again_is_a_fault_of_the_later_row(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(CSV + CSV.splitlines()[1] + "\n")
    with pytest.raises(mm.DatasetError, match="11a1: expected each label once, got it again; first in row 0"):
        mm.read(tmp_path / "x.csv")
    assert len(mm.read(tmp_path / "x.csv", skip=True)) == 2


def test_an_unknown_conductor_stays_unknown() -> None:
    table = mm.read(DATA / "inputs" / "unknown_conductor.csv")
    assert table.columns["conductor"].to_pylist() == [None, 11, 11, 15, 27, 37, 389]
