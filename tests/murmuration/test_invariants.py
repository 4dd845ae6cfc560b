import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from murmuration import invariants

small = st.integers(-(10**4), 10**4)
wide = st.integers(-(10**30), 10**30)


def exact(a: tuple[int, ...]) -> tuple[int, int]:
    a1, a2, a3, a4, a6 = a
    b2, b4, b6 = a1 * a1 + 4 * a2, 2 * a4 + a1 * a3, a3 * a3 + 4 * a6
    return b2 * b2 - 24 * b4, -(b2**3) + 36 * b2 * b4 - 216 * b6


def of(*curves: tuple[int, ...]) -> invariants.Invariants:
    fits = [max(map(abs, a)) < 2**62 for a in curves]
    array = np.array([a if ok else (0,) * 5 for a, ok in zip(curves, fits, strict=True)], dtype=np.int64)
    return invariants.invariants(array, {i: a for i, (a, ok) in enumerate(zip(curves, fits, strict=True)) if not ok})


@given(st.lists(st.tuples(*[small | wide | st.integers(-(2**61), 2**61)] * 5), min_size=1, max_size=8))
def test_c4_and_c6_are_exact_at_any_size(curves: list[tuple[int, ...]]) -> None:
    inv = of(*curves)
    assert [inv.at(row) for row in range(len(curves))] == [exact(a) for a in curves]
    assert all(max(map(abs, values)) >= invariants.LIMIT for values in inv.large.values())


def test_singular_models_are_found_and_no_others() -> None:
    cusp, node = (0, 0, 0, 0, 0), (0, 1, 0, 0, 0)
    huge_node = (0, 0, 0, -3 * 10**24, 2 * 10**36)  # y^2 = (x - t)^2 (x + 2 t), t = 10^12
    assert invariants.singular(of(cusp, (0, -1, 1, -10, -20), node, huge_node, (0, 0, 0, 0, 1))) == [0, 2, 3]


def scaled(a: tuple[int, ...], u: int) -> tuple[int, ...]:
    return tuple(value * u**weight for value, weight in zip(a, (1, 2, 3, 4, 6), strict=True))


@pytest.mark.parametrize("u", [2, 3, 5, 6, 1009])
def test_scaled_models_are_not_minimal(u: int) -> None:
    curves = [(0, -1, 1, -10, -20), (1, 0, 1, 4, -6), (0, 0, 0, 0, 1), (0, 0, 0, 1, 0)]
    assert invariants.non_minimal(of(*curves, *(scaled(a, u) for a in curves)), np.zeros(8, np.int64)) == [4, 5, 6, 7]


def test_large_primes_are_judged_by_the_conductor() -> None:
    p = 1_000_003
    scaled_by_p = scaled((0, 0, 1, -1, 0), p)
    twisted = (0, 0, 0, -16 * p**2, 16 * p**3)  # a twist of 37a: minimal at p, with p^2 | N
    conductors = np.array([37, 37 * p * p, 37 * p * p * 16], dtype=np.int64)
    assert invariants.non_minimal(of(scaled_by_p, scaled_by_p, twisted), conductors) == [0, 1]


def test_kraus_tells_minimal_from_divisible() -> None:
    """y^2 = x^3 + 16 has 2^4 | c4, 2^6 | c6 and is y^2 + y = x^3; y^2 = x^3 + 4 divides alike and is y^2 = x^3 + 4."""
    assert invariants.non_minimal(of((0, 0, 0, 0, 16), (0, 0, 1, 0, 0), (0, 0, 0, 0, 4)), np.zeros(3, np.int64)) == [0]


def test_the_conductor_divides_the_discriminant() -> None:
    inv = of((0, -1, 1, -10, -20), (0, -1, 1, -10, -20), (0, 0, 0, 0, 1))
    assert invariants.conductor_divides(inv, np.array([11, 13, 36])).tolist() == [True, False, True]
    # Beyond the fast path too.
    assert invariants.conductor_divides(inv, np.array([11 * 10**9, 11**5, 36])).tolist() == [False, True, True]
