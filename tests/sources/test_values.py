import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from murmuration.equation import equation
from murmuration.sources.values import known, models, orders, whole


@pytest.mark.parametrize(
    "text",
    [
        "[0, -1, 1, -10, -20]",
        "{0,-1,1,-10,-20}",
        "(0;-1;1;-10;-20)",
        "[ 0 -1  1 -10 -20]",
        "0,-1,1,-10,-20",
        "[0.0, -1.0, 1.0, -10.0, -20.0]",
        "c(0, -1, 1, -10, -20)",
        "EllipticCurve([0,-1,1,-10,-20])",
        "['0','-1','1','-10','-20']",
        "y^2+y=x^3-x^2-10x-20",
        r"\\(y^2+y=x^3-x^2-10x-20\\)",
        "y**2 + y = x**3 - x**2 - 10*x - 20",
        "Elliptic Curve defined by y^2 + y = x^3 - x^2 - 10*x - 20 over Rational Field",
    ],
)
def test_models_as_programs_write_them(text: str) -> None:
    assert models(pa.array([text])).to_pylist() == ["[0,-1,1,-10,-20]"]


@given(st.tuples(*[st.integers(-(10**30), 10**30)] * 5))
def test_an_equation_gives_its_model_back(ainvs: tuple[int, ...]) -> None:
    assert models(pa.array([equation(ainvs)])).to_pylist() == [f"[{','.join(map(str, ainvs))}]"]


@pytest.mark.parametrize(
    "text", ["y^2 = x^4 + 1", "y = x^3", "2y^2 = x^3 + 1", "y^2 = x^3 + 1/2x", "why", "y^2 = x^3 +"]
)
def test_other_equations_stay_unchanged(text: str) -> None:
    assert not models(pa.array([text])).to_pylist()[0].startswith("[0,0")


def test_short_models_get_their_zeros() -> None:
    assert models(pa.array(["[-432, 8208]", None])).to_pylist() == ["[0,0,0,-432,8208]", None]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5", "5"),
        ("5.0", "5"),
        ("5.", "5"),
        ("+5", "5"),
        ("1e+05", "100000"),
        ("1.5e1", "15"),
        ("-0.0", "-0"),
        ("NaN", None),
        ("NA", None),
        ("nan", None),
        ("", None),
        ("NULL", None),
        ("[]", None),
        ("?", "?"),
        ("1.5", "1.5"),
        ("1e400", "1e400"),
        ("1e-3", "1e-3"),
        ("0x1", "0x1"),
        ("१", "१"),
        ("1_000", "1_000"),
    ],
)
def test_whole_numbers(text: str, value: str | None) -> None:
    assert whole(pa.array([text, "7"])).to_pylist() == [value, "7"]


def test_whole_numbers_of_number_columns() -> None:
    assert whole(pa.array([1.0, None, float("nan")])).to_pylist() == [1, None, None]
    assert whole(pa.array([1.5, 2.0])).to_pylist() == ["1.5", "2"]
    assert whole(pa.array([2**64 - 1], pa.uint64())).to_pylist() == [str(2**64 - 1)]
    assert whole(pa.array([1, None], pa.decimal128(38, 0))).to_pylist() == [1, None]


def test_orders_of_torsion_groups() -> None:
    given_ = ["[2, 4]", "{2,2}", "[]", "5", "[7]", None, "[x]", "[2,4,8]", "8.0"]
    assert orders(pa.array(given_)).to_pylist() == ["8", "4", "1", "5", "7", None, "[x]", "[2,4,8]", "8"]


def test_known_takes_quotes_and_blanks_off() -> None:
    assert known(pa.array([' "11.a1" ', "<NA>", "NAN"])).to_pylist() == ["11.a1", None, "NAN"]
