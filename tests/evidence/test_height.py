"""The factors of the double sum, against values that are known otherwise."""

import math

import pytest

from murmuration.evidence.height import bessel, dual, local, terms, trace


@pytest.mark.parametrize(
    ("p", "k", "expected"),
    [(2, 12, -24), (3, 12, 252), (5, 12, 4830), (2, 16, 216), (3, 16, -3348), (2, 24, 1080), (2, 26, -48), (2, 14, 0),
     (5, 10, 0)],
)  # fmt: skip
def test_traces_of_hecke_operators(p: int, k: int, expected: int) -> None:
    """Ramanujan's tau and its successors (LMFDB 1.12.a.a, 1.16.a.a, 1.24.a.a, 1.26.a.a)."""
    assert trace(p, k) == expected


@pytest.mark.parametrize(
    ("x", "expected"), [(0, 0), (1, 0.4400505857), (3, 0.3390589585), (3.8317059702, 0), (50, -0.0975118281)]
)
def test_the_bessel_function(x: float, expected: float) -> None:
    assert bessel(float(x)) == pytest.approx(expected, abs=1e-7)


def test_factors_vanish_below_the_fifth_power() -> None:
    assert [local(p, v) != 0 for p in (2, 5, 7) for v in (2, 4, 6, 8)] == [False] * 12
    assert local(2, 10) == pytest.approx(24 / 1023)
    assert dual(7, 0) == pytest.approx((1 - 1 / 7) / (1 - 7**-10))


def test_terms_of_one_ratio_are_one_term() -> None:
    ratio, factor = terms(30)
    assert len(set(ratio.tolist())) == len(ratio)
    assert (ratio[1:] > ratio[:-1]).all()
    # m = q = 1, and all pairs that reduce to it, such as m = q = 2 with mu(2) = -1.
    assert math.isfinite(factor[ratio == 1.0].item())
