"""Inputs with random damage: a table, or one line that names the file, and never any other exception."""

import math
import random
from pathlib import Path

import pytest

import murmuration as mm
from murmuration.sources import Options, finish
from murmuration.sources.kinds import recognise, seen
from tests.conftest import ROOT

INPUTS = sorted((ROOT / "tests" / "data" / "inputs").iterdir())
PIECES = [
    *(
        b"\0",
        b"\xff",
        b'"',
        b"[",
        b"]",
        b"[" * 3000,
        b",",
        b"\n",
        b"\r",
        b"{",
        b"*]",
        b"\\",
        b"//",
        b"/*",
        b"#",
        b"9" * 50,
    ),
    *(b"-", b"1e999", b"NaN", b"inf", b"5e-324", b"=HYPERLINK(", b"\xef\xbb\xbf", b"   ", b"\t", b"|", b";", b"'''"),
    *(b"'); DROP TABLE curves; --", b"<script>", "२".encode()),
]


@pytest.fixture(autouse=True)
def without_pari(monkeypatch: pytest.MonkeyPatch) -> None:
    """In this process alone."""
    monkeypatch.setattr(finish, "installed", lambda: False)


def damaged(data: bytes, rng: random.Random) -> bytes:
    """Some bytes overwritten, cut out, doubled or inserted."""
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(len(data) + 1)
        length = rng.choice([0, 1, 3, 40])
        piece = rng.choice([*PIECES, data[at : at + 200], b""])
        data = data[:at] + piece + data[at + length :]
    return data


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: path.name)
def test_damaged_inputs(path: Path, tmp_path: Path) -> None:
    rng = random.Random(path.name)
    good = path.read_bytes()
    read = 0
    for number in range(25):
        target = tmp_path / f"{number}"
        target.write_bytes(damaged(good, rng))
        table = outcome(target, Options(every=number % 2 == 0))
        if isinstance(table, str):
            assert table.startswith(f"{target}: ")
            assert "\n" not in table
        else:
            read += 1
            assert all(label.isascii() for label in table.columns["label"].to_pylist())
            assert table.columns["conductor"].to_pylist().count(0) == 0
    assert read or path.name in ("not_minimal.csv", "short_pairs.csv"), "none of the damaged files gave a curve"


def outcome(path: Path, options: Options) -> mm.CurveTable | str:
    """The table, or the error's text."""
    try:
        return mm.read(path, options, skip=True)
    except mm.DatasetError as error:
        return str(error)


@pytest.mark.parametrize(
    "value",
    ["NaN", "inf", "-inf", "1e308", "1e999", "5e-324", "-0.0", "0", "1e18", "9" * 400, "0x10", "1_1", "१", "11.5"],
)
@pytest.mark.parametrize("column", ["conductor", "rank", "torsion", "root_number", "regulator", "cm"])
def test_odd_numbers_are_unknown_or_named(column: str, value: str, tmp_path: Path) -> None:
    """Undefined, infinite, huge and denormal values in each numeric column: refused, or finite, or null."""
    names = ["label", "conductor", "rank", "torsion", "ainvs", "root_number", "regulator", "cm"]
    row = dict(zip(names, ["11a1", "11", "0", "5", '"[0,-1,1,-10,-20]"', "1", "0.5", "0"], strict=True))
    (tmp_path / "x").write_text(f"{','.join(names)}\n{','.join((row | {column: value}).values())}\n")
    found = outcome(tmp_path / "x", Options(every=True))
    if isinstance(found, str):
        assert "11a1: expected" in found
    else:
        number = found.columns[column][0].as_py()
        assert number is None or math.isfinite(number)


def test_words_for_any_bytes() -> None:
    rng = random.Random(1)
    for _ in range(500):
        head = bytes(rng.randrange(256) for _ in range(rng.randrange(60)))
        recognise(head)
        assert "\n" not in seen(head)
