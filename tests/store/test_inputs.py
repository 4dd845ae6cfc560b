"""The inputs of a build as data, and those of format 2 read out of its descriptions."""

from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pytest

import murmuration as mm
from murmuration import build, store
from murmuration.fingerprint import Fingerprint
from murmuration.sources import Options, open_source
from murmuration.store import Inputs
from murmuration.store.inputs import from_description
from tests.conftest import EMBEDDED
from tests.store import made


@pytest.mark.parametrize(
    ("text", "options", "primes"),
    [
        ("curves (parquet); traces at the first 1,000 primes", {}, 1000),
        ("a (b), c (arrow-stream); traces at the first 82,025 primes", {}, 82_025),
        (
            "c (cremona, conductor 11 to 1,234,567, rank 0, 2, every curve, 20 rows); traces at the first 8 primes",
            {"conductor": [11, 1_234_567], "ranks": [0, 2], "every": True, "limit": 20},
            8,
        ),
        ("cremona (cremona, rank 1, 1,500 rows); traces at the first 8 primes", {"ranks": [1], "limit": 1500}, 8),
        ("x (ecdata, rank 10, with the LMFDB's labels); traces at the first 1 primes", {"ranks": [10]}, 1),
        (
            "height:4096 (height, with conductor and root number, 7 rows); traces at the first 10 primes",
            {"pari": True, "limit": 7},
            10,
        ),
    ],
)
def test_descriptions_of_format_2_are_read(text: str, options: dict[str, object], primes: int) -> None:
    assert from_description("ab", text) == Inputs("ab", options, primes)


@pytest.mark.parametrize("text", ["made up", "undo to snapshot 1", "x (y z); traces at the first 8 primes", ""])
def test_other_descriptions_are_no_inputs(text: str) -> None:
    assert from_description("ab", text) is None


def test_each_option_that_selects_data_is_part_of_the_identity(tmp_path: Path) -> None:
    source = open_source(EMBEDDED)
    first = build.inputs(source, Options(), 10)
    assert first == Inputs(source.fingerprint.sha256, {}, 10)
    others = [
        Options(conductor=(11, 50)),
        Options(ranks=frozenset({0})),
        Options(every=True),
        Options(limit=5),
        Options(columns="torsion=rank"),
        Options(pari=True),
    ]
    different = [build.inputs(source, each, 10) for each in others] + [build.inputs(source, Options(), 11)]
    assert all(first != each for each in different)
    assert len({repr(each) for each in different}) == len(different)
    assert build.inputs(source, Options(rows=7, labels=tmp_path, columns=" "), 10) == first


def test_a_snapshot_is_found_by_its_inputs_and_not_by_its_description(tmp_path: Path) -> None:
    """The description, the name of the file and its folder change; the inputs do not."""
    inputs = Inputs("ab", {"ranks": [0, 1], "conductor": [11, 50]}, 8)
    source = Fingerprint("curves", 1, "ab", "cd")
    lab = store.create(tmp_path / "lab")
    built = lab.append([made.batch(1, 5)], "any words at all", source, inputs=inputs)
    lab.append([made.batch(2, 5)], "curves (csv); traces at the first 8 primes", source)
    lab.undo()
    again = store.open(tmp_path / "lab")
    assert again.built_from(inputs) == built
    assert again.built_from(Inputs("ab", {"conductor": [11, 50], "ranks": [0, 1]}, 8)) == built
    assert again.built_from(Inputs("ab", {"ranks": [0], "conductor": [11, 50]}, 8)) is None
    assert again.built_from(Inputs("ac", inputs.options, 8)) is None
    assert again.built_from(Inputs("ab", inputs.options, 9)) is None


def test_a_renamed_file_is_the_same_data_set(tmp_path: Path, table: mm.CurveTable) -> None:
    pyarrow.csv.write_csv(pa.table(table.columns.slice(0, 20)), tmp_path / "one.csv")
    before = build.inputs(open_source(tmp_path / "one.csv"), Options(), 8)
    (tmp_path / "one.csv").rename(tmp_path / "two.csv")
    assert build.inputs(open_source(tmp_path / "two.csv"), Options(), 8) == before
