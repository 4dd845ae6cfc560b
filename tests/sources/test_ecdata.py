from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from murmuration.errors import DatasetError
from murmuration.sources import Options, open_source
from murmuration.sources.cremona import MINI
from murmuration.sources.ecdata import _code, _lmfdb, keys
from murmuration.table import make
from tests.sources.reading import whole

REAL = Path(__file__).parent.parent / "data" / "ecdata"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Cremona's curves of N < 10,000 as files of allcurves, a thousand conductors each."""
    folder = tmp_path_factory.mktemp("ecdata")
    table = whole(open_source(MINI, Options(every=True)))
    lines: dict[int, list[str]] = {}
    for row in table.to_pylist():
        code, number = row["class"].lstrip("0123456789"), row["label"][len(row["class"]) :]
        line = f"{row['conductor']} {code} {number} {row['ainvs']} {row['rank']} {row['torsion']}\n"
        lines.setdefault(row["conductor"] // 1000, []).append(line)
    for thousand, text in lines.items():
        (folder / f"allcurves.{thousand:02}000-{thousand:02}999").write_text("".join(text))
    (folder / "README").write_text("Tables of elliptic curves.\n")
    return folder


@pytest.mark.parametrize("every", [False, True])
def test_text_and_database_agree(folder: Path, every: bool) -> None:
    source = open_source(folder, Options(every=every))
    text, database = whole(source), whole(open_source(MINI, Options(every=every)))
    for column in ("class", "label", "conductor", "rank", "torsion", "ainvs"):
        assert text[column].cast(database[column].type) == database[column], column
    assert "README: skipped" in source.note
    assert source.untrusted


def test_window_and_ranks(folder: Path) -> None:
    options = Options(conductor=(7500, 9999), ranks=frozenset({2}))
    assert make(whole(open_source(folder, options)), "x").category("rank").tolist() == [2] * 771


def test_allbsd_goes_before_allcurves_and_says_more() -> None:
    """Both files hold the same 57 curves: each is there once, with what allbsd knows."""
    table = whole(open_source(REAL, Options(every=True)))
    assert table.num_rows == 57
    assert table["label"].to_pylist()[:2] == ["40001a1", "40001a2"]
    assert table["real_period"].to_pylist()[0] == "0.460563167829921"
    assert len(make(table, "x")) == 57


def test_lmfdb_labels_are_joined() -> None:
    """40005k1 is 40005.z1 and 40005z1 is 40005.o1: the letters and the numbers differ, and nothing is edited."""
    table = whole(open_source(REAL, Options(every=True)))
    joined = dict(zip(table["label"].to_pylist(), table["lmfdb_label"].to_pylist(), strict=True))
    assert (joined["40005k1"], joined["40005z1"], joined["40002c3"]) == ("40005.z1", "40005.o1", "40002.d4")
    assert None not in joined.values()
    assert len(set(joined.values())) == 57


def test_lmfdb_labels_for_another_source() -> None:
    single = whole(open_source(REAL / "allcurves", Options(every=True, labels=REAL / "alllabels")))
    assert single["lmfdb_label"] == whole(open_source(REAL, Options(every=True)))["lmfdb_label"]
    mini = open_source(MINI, Options(limit=3, labels=REAL / "alllabels"))
    assert whole(mini)["lmfdb_label"].to_pylist() == [None] * 3
    # Labels from outside make a system's database untrusted, and are part of what was hashed.
    assert mini.untrusted
    assert mini.files == (MINI, REAL / "alllabels")
    assert not open_source(MINI).untrusted
    with pytest.raises(DatasetError, match="expected ecdata's alllabels"):
        open_source(MINI, Options(labels=REAL / "allcurves"))


def test_labels_alone_are_no_data_set() -> None:
    with pytest.raises(DatasetError, match="got ecdata's alllabels alone: give allcurves"):
        open_source(REAL / "alllabels")


@given(st.integers(1, 10**10), st.integers(0, 26**4 - 1), st.integers(1, 99))
def test_keys_are_exact(conductor: int, value: int, number: int) -> None:
    label = _lmfdb((conductor << 27) | (value << 7) | number)
    code = label.partition(".")[2].rstrip("0123456789")
    assert _code(code) == value
    columns = {"conductor": pa.array([str(conductor)]), "code": pa.array([code]), "number": pa.array([str(number)])}
    assert keys(columns).tolist() == [(conductor << 27) | (value << 7) | number]


@pytest.mark.parametrize("code", ["", "A", "aa", "ab", "a1", "abcde", None])
def test_malformed_class_codes_have_no_key(code: str | None) -> None:
    columns = {"conductor": pa.array(["11"]), "code": pa.array([code], pa.string()), "number": pa.array(["1"])}
    assert keys(columns).tolist() == [-1]


def test_a_broken_line_is_a_row_that_validation_names(tmp_path: Path) -> None:
    lines = (REAL / "allcurves").read_bytes().splitlines(keepends=True)
    lines[3] = b"40002 b 1 [1,1,0,-6\n"
    lines[5] = b"\xff\xfe broken\n"
    (tmp_path / "x").write_bytes(b"".join(lines))
    for options in (Options(every=True), Options(every=True, conductor=(1, 2), ranks=frozenset({0}))):
        table = whole(open_source(tmp_path / "x", options))
        bad = table.filter(table["ainvs"].is_null())
        assert bad["label"].to_pylist() == ["40002 b 1 [1,1,0,-6", "\ufffd\ufffd broken"]
        with pytest.raises(DatasetError, match="line 4: expected 6 fields, got 4: '40002 b 1"):
            make(bad, "x")
    assert np.all(table["ainvs"].is_null().to_numpy())
    assert whole(open_source(tmp_path / "x", Options(every=True))).num_rows == 57


def test_windows_line_ends(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes((REAL / "allcurves").read_bytes().replace(b"\n", b"\r\n"))
    assert whole(open_source(tmp_path / "x")) == whole(open_source(REAL / "allcurves"))
