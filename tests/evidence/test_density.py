"""The densities against the published numbers, and the table of D against its double sum."""

import numpy as np
import pytest

import murmuration as mm
from murmuration.evidence.density import ALPHA, BETA, GAMMA, REACH
from murmuration.evidence.height import evaluate, terms
from murmuration.primes import first


def test_zubrilinas_density() -> None:
    found = mm.evidence.density("M2", [0.05, 0.1, 0.5, 1, 2])
    np.testing.assert_allclose(found, [0.90638, 0.78288, 1.0077, -2.3039, 0.00403], atol=1e-4)


def test_the_constants_are_their_products() -> None:
    p = first(80_000).astype(np.float64)
    products = (
        2 * np.pi * np.prod((p**4 - 2 * p**2 - p + 1) / (p**4 - 2 * p**2 + p)),
        2 * np.pi * np.prod((p**3 + p**2 - 1) / (p * (p**2 + p - 1))),
        12 * np.prod(p * (p + 1) / (p**2 + p - 1)),
    )
    np.testing.assert_allclose((ALPHA, BETA, GAMMA), products, rtol=1e-6)


def test_sawin_and_sutherlands_density() -> None:
    np.testing.assert_allclose(mm.evidence.density("D", [0.465, 0.6707, 0.870]), [4.798, 0.0, -4.172], atol=0.02)
    u = np.linspace(0.02, 1, 2000)
    found = mm.evidence.density("D", u)
    assert u[found.argmax()] == pytest.approx(0.465, abs=0.005)
    changes = u[np.flatnonzero(np.diff(np.sign(found)))]
    assert 0.09 < changes[0] < 0.11
    assert changes[changes > 0.465][0] == pytest.approx(0.6707, abs=0.003)


def test_the_table_is_the_double_sum() -> None:
    """Between its steps, and from a tenth of the terms: these differ by up to 0.04."""
    u = np.random.default_rng(5).uniform(0.02, 1, 40)
    np.testing.assert_allclose(mm.evidence.density("D", u), evaluate(u, *terms(1500)), atol=0.05)


def test_densities_keep_the_shape_of_u() -> None:
    assert mm.evidence.density("D", 0.5).shape == ()
    assert mm.evidence.density("M2", np.full((2, 3), 0.5)).shape == (2, 3)
    assert mm.evidence.density("D", [0.0, REACH]).shape == (2,)


@pytest.mark.parametrize(
    ("name", "u", "said"),
    [
        ("M3", 0.5, "expected the density M2 or D, got 'M3'"),
        ("D", 4.1, "D: expected u = p/N between 0 and 4, got 4.1"),
        ("M2", [0.5, -1.0], "M2: expected u = p/N between 0 and 1e\\+06, got -1"),
        ("D", float("nan"), "got nan"),
    ],
)
def test_a_density_that_is_not_known_is_refused(name: str, u: object, said: str) -> None:
    with pytest.raises(mm.EvidenceError, match=said):
        mm.evidence.density(name, u)  # type: ignore[arg-type]
