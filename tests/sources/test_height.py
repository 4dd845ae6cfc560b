from fractions import Fraction
from math import isqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import murmuration as mm
from murmuration.errors import DatasetError
from murmuration.sources import Options, open_source
from murmuration.sources.height import _minimal, _power, bound, count
from murmuration.table import make
from tests.sources.reading import whole


@pytest.mark.parametrize(
    ("height", "curves"),
    [("2^18", 15_936), ("2^28", 5_122_428), ("2^29.5", 12_173_188), ("2^30", 16_267_150), ("262144", 15_936)],
)
def test_published_counts(height: str, curves: int) -> None:
    assert count(bound(height)) == curves


def test_the_count_by_height_is_right() -> None:
    source = open_source("height:2^20")
    table = whole(source)
    assert table.num_rows == source.total == count(2**20)
    pairs = [tuple(map(int, label.split(".")[1:])) for label in table["label"].to_pylist()]
    assert len(set(pairs)) == len(pairs)
    heights = [max(4 * abs(a) ** 3, 27 * b * b) for a, b in pairs]
    assert heights == sorted(heights)
    assert heights[-1] <= 2**20
    a_most, b_most = 64, isqrt(2**20 // 27)
    brute = {
        (a, b)
        for a in range(-a_most, a_most + 1)
        for b in range(-b_most, b_most + 1)
        if 4 * a**3 + 27 * b * b and not any(a % p**4 == 0 and b % p**6 == 0 for p in (2, 3, 5, 7))
    }
    assert set(pairs) == brute


def test_the_family_is_noted_as_a_null_data_set() -> None:
    source = open_source("height:2^10")
    assert source.note == "throughput and null data set: p/N is far too small for a murmuration"
    assert set(source.provenance.values()) == {"generated"}
    assert (source.untrusted, source.files) == (False, ())
    assert source.fingerprint.sha256 != open_source("height:2^11").fingerprint.sha256
    assert source.fingerprint.sha256 == open_source("height:1024").fingerprint.sha256


@pytest.mark.outside
def test_the_models_are_minimal_and_the_arithmetic_is_paris() -> None:
    """make() proves minimality and that conductors divide the discriminants. 32a, 36a, 27a and 37a are known."""
    source = open_source("height:2^18", Options(pari=True))
    table = whole(source)
    assert table["rank"].null_count == table["torsion"].null_count == table.num_rows == 15_936
    answers = zip(table["conductor"].to_pylist(), table["root_number"].to_pylist(), strict=True)
    known = dict(zip(table["label"].to_pylist(), answers, strict=True))
    assert (known["h.-1.0"], known["h.0.1"], known["h.0.16"]) == ((32, 1), (36, 1), (27, 1))
    assert known["h.-16.16"] == (37, -1)
    assert set(table["root_number"].to_pylist()) == {1, -1}
    filled = table.set_column(3, "rank", [[0] * table.num_rows]).set_column(4, "torsion", [[1] * table.num_rows])
    assert len(make(filled, "x")) == 15_936
    small = open_source("height:2^18", Options(pari=True, conductor=(1, 100)))
    assert max(whole(small)["conductor"].to_pylist()) <= 100


def test_the_model_comes_back_from_its_short_form(table: mm.CurveTable) -> None:
    """y^2 = x^3 - 27 c4 x - 54 c6 is a curve scaled by u = 6: its minimal model is the one in the table."""
    rows = np.flatnonzero(np.abs(table.invariants.c6) < 2**40)[:5000]
    texts = table.columns["ainvs"].to_pylist()
    for row in rows.tolist():
        c4, c6 = table.invariants.at(row)
        assert "[" + ",".join(map(str, _minimal(6**4 * c4, 6**6 * c6))) + "]" == texts[row]


def test_a_limit_takes_the_smallest() -> None:
    assert whole(open_source("height:2^18", Options(limit=3)))["label"].to_pylist() == ["h.-1.0", "h.1.0", "h.-1.-1"]


@given(st.integers(2, 40), st.integers(0, 300), st.integers(1, 20))
def test_powers_are_exact(base: int, p: int, q: int) -> None:
    n = _power(base, Fraction(p, 10 * q))
    exponent = Fraction(p, 10 * q)
    assert n**exponent.denominator <= base**exponent.numerator < (n + 1) ** exponent.denominator


@pytest.mark.parametrize("text", ["", "2^", "2^99", "x", "-5", "0", "1e99", "2^1/0", "9^9^9", "2^-3", "nan", "inf"])
def test_malformed_heights_are_refused(text: str) -> None:
    with pytest.raises(DatasetError, match="expected a height such as"):
        open_source(f"height:{text}")


def test_windows_and_ranks_are_refused() -> None:
    with pytest.raises(DatasetError, match="without conductors and ranks"):
        open_source("height:2^10", Options(conductor=(1, 2)))
    with pytest.raises(DatasetError, match="without conductors and ranks"):
        open_source("height:2^10", Options(ranks=frozenset({0}), pari=True))
