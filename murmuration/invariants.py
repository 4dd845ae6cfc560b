"""c4 and c6 of Weierstrass models, exactly, and their verdicts: singular, minimal, conductor plausible.

Almost every curve's c4 and c6 fit in 62 bits and live in int64 arrays; those few that do not (14,341 of Cremona's
3,064,705 curves, up to 95 bits) are Python integers beside them. Rows are never dropped or rounded.

Formulas: Silverman, The Arithmetic of Elliptic Curves, III.1. Minimality: Kraus's conditions as in Cremona,
Algorithms for Modular Elliptic Curves, section 3.2 (Laska-Kraus-Connell).
"""

import math
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numba import njit

from murmuration.types import Bools, Int64s

T = TypeVar("T", int, Int64s)

TRIAL = 10_000
"""Primes up to here are tried one by one in the question whether a model is minimal."""

LIMIT = 2**62
"""Below this magnitude an invariant is kept in int64."""


@dataclass(frozen=True)
class Invariants:
    """c4 and c6 of n models.

    c4, c6: int64 (n,), exact where both are below 2^62 in magnitude, 0 elsewhere.
    large:  the other rows, as row -> (c4, c6) in Python integers.
    """

    c4: Int64s
    c6: Int64s
    large: dict[int, tuple[int, int]]

    def at(self, row: int) -> tuple[int, int]:
        """(c4, c6) of one row, exact."""
        return self.large.get(row) or (int(self.c4[row]), int(self.c6[row]))


def invariants(ainvs: Int64s, large: dict[int, tuple[int, ...]]) -> Invariants:
    """From a-invariants (n, 5) int64, and those rows of ``large`` whose coefficients do not fit, as Python integers."""
    a1, a2, a3, a4, a6 = (ainvs[:, k] for k in range(5))
    # Integer arithmetic here wraps modulo 2^64, which is exact whenever the true result fits; the floats bound it.
    with np.errstate(over="ignore"):
        c4, c6 = _c4_c6(a1, a2, a3, a4, a6)
    x1, x2, x3, x4, x6 = (np.abs(a).astype(np.float64) for a in (a1, a2, a3, a4, a6))
    b2, b4, b6 = x1 * x1 + 4 * x2, 2 * x4 + x1 * x3, x3 * x3 + 4 * x6
    wide = np.maximum(b2 * b2 + 24 * b4, b2**3 + 36 * b2 * b4 + 216 * b6) >= LIMIT / 2
    exact = {int(row): _c4_c6(*map(int, ainvs[row])) for row in np.flatnonzero(wide)}
    exact |= {row: _c4_c6(*values) for row, values in large.items()}
    kept = {}
    for row, (four, six) in exact.items():
        fits = max(abs(four), abs(six)) < LIMIT
        c4[row], c6[row] = (four, six) if fits else (0, 0)
        if not fits:
            kept[row] = (four, six)
    return Invariants(c4, c6, kept)


def _c4_c6(a1: T, a2: T, a3: T, a4: T, a6: T) -> tuple[T, T]:
    b2, b4, b6 = a1 * a1 + 4 * a2, 2 * a4 + a1 * a3, a3 * a3 + 4 * a6
    return b2 * b2 - 24 * b4, -b2 * b2 * b2 + 36 * b2 * b4 - 216 * b6


def discriminant(c4: int, c6: int) -> int:
    """The discriminant, exact: (c4^3 - c6^2) / 1728."""
    return (c4**3 - c6**2) // 1728


def singular(inv: Invariants) -> list[int]:
    """Rows whose discriminant is zero."""
    with np.errstate(over="ignore"):
        suspects = np.flatnonzero(inv.c4**3 == inv.c6**2)  # modulo 2^64: necessary, then asked exactly
    rows = {*map(int, suspects), *inv.large}
    return sorted(row for row in rows if discriminant(*inv.at(row)) == 0)


def non_minimal(inv: Invariants, conductor: Int64s) -> list[int]:
    """Rows whose model is not minimal at some prime, or whose c4, c6 share a large prime that N does not have.

    Not minimal at u: u^4 | c4, u^6 | c6 and Kraus's conditions still hold. ``conductor`` is 0 where unknown.
    """
    rows = {*map(int, np.flatnonzero(_gcds(inv.c4, inv.c6) >= 2**4)), *inv.large}
    return sorted(row for row in rows if _scales(*inv.at(row), int(conductor[row])))


def conductor_divides(inv: Invariants, conductor: Int64s) -> Bools:
    """Per row, whether N divides the discriminant, as it must for a minimal model (Ogg: f_p <= v_p(disc))."""
    safe = conductor < 2**31 // 1728  # products of two residues stay in int64
    divides = np.ones(len(conductor), dtype=bool)
    m = 1728 * np.where(safe, conductor, 1)
    four, six = inv.c4 % m, inv.c6 % m
    divides[safe] = ((four * four % m * four - six * six) % m == 0)[safe]
    for row in {*map(int, np.flatnonzero(~safe)), *inv.large}:
        divides[row] = discriminant(*inv.at(row)) % int(conductor[row]) == 0
    return divides


@njit(cache=True, nogil=True)
def _gcds(x: Int64s, y: Int64s) -> Int64s:
    result = np.empty_like(x)
    for i in range(len(x)):
        a, b = abs(x[i]), abs(y[i])
        while b:
            a, b = b, a % b
        result[i] = a
    return result


def _scales(c4: int, c6: int, conductor: int) -> bool:
    """Whether some prime u takes (c4, c6) to the smaller integral model (c4 / u^4, c6 / u^6).

    Primes beyond TRIAL are not all tried, which would let one row of a file hang its reader: a prime p > 3 of c4 and c6
    has additive reduction on a minimal model, so p^2 | N, and a factor that N does not explain is refused.
    """
    rest, u = math.gcd(c4, c6), 2
    while u**4 <= rest and u <= TRIAL:
        if rest % u == 0:
            if _divides(c4, c6, u) and _is_model(c4 // u**4, c6 // u**6):
                return True
            while rest % u == 0:
                rest //= u
        u += 1
    if u**4 > rest or not conductor:
        return False
    foreign = rest
    while (common := math.gcd(foreign, conductor)) > 1:
        foreign //= common
    square = math.gcd(rest, conductor)
    return foreign > 1 or any(each > 1 and _divides(c4, c6, each) for each in (square, math.isqrt(square)))


def _divides(c4: int, c6: int, u: int) -> bool:
    return c4 % u**4 == 0 and c6 % u**6 == 0


def _is_model(c4: int, c6: int) -> bool:
    """Kraus: whether integers (c4, c6) with nonzero discriminant are those of an integral model."""
    if (c4**3 - c6**2) % 1728:
        return False
    if c6 % 9 == 0 and c6 % 27 != 0:  # v_3(c6) = 2
        return False
    return c6 % 4 == 3 or (c4 % 16 == 0 and c6 % 32 in (0, 8))
