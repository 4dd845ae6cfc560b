"""Densities of murmurations that are proved, as functions of u = p/N, to be compared with data and to weight sums.

M2: Zubrilina, "Murmurations" (arXiv 2310.07681), weight 2 and squarefree level. A finite sum, computed as it stands:

    M2(u) = alpha * sum over 1 <= r <= 2 sqrt(u) of nu(r) sqrt(4u - r^2) + beta sqrt(u) - gamma u
    nu(r) = product over primes p | r of 1 + p^2 / (p^4 - 2p^2 - p + 1)

D: Sawin and Sutherland, arXiv 2504.12295, for all curves by height. Read from a table that `python -m scripts.density`
computes by :mod:`murmuration.evidence.height`; between its steps it is linear.
"""

from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from numba import njit

from murmuration import primes
from murmuration.errors import EvidenceError
from murmuration.types import Floats, Int64s, Values

ALPHA, BETA, GAMMA = 3.965411, 7.8625539, 17.0347546
"""2 pi prod (p^4-2p^2-p+1)/(p^4-2p^2+p), 2 pi prod (p^3+p^2-1)/(p(p^2+p-1)), 12 prod p(p+1)/(p^2+p-1)."""

REACH = 4.0
"""The table of D ends at this u."""

STEPS = 32_000
"""Steps of the table of D, even in sqrt(u)."""

TABLE = Path(__file__).parent / "height.npy"

_MOST = 1e6
"""Largest u of M2: some thousand terms."""


def density(name: str, u: npt.ArrayLike) -> Floats:
    """M2 (to 1e-4) or D (to 0.05 for 0.02 < u < 1) at u = p/N, float64 of the shape of u.

    Raises EvidenceError for another name, and for u below 0, above 4 for D (10^6 for M2), or not a number.
    """
    if name not in ("M2", "D"):
        raise EvidenceError(f"expected the density M2 or D, got {name[:40]!r}")
    at = np.asarray(u, dtype=np.float64)
    largest = REACH if name == "D" else _MOST
    if not ((at >= 0) & (at <= largest)).all():
        wrong = at[~((at >= 0) & (at <= largest))].flat[0]
        raise EvidenceError(f"{name}: expected u = p/N between 0 and {largest:g}, got {wrong:g}")
    flat, out = np.ravel(at), np.empty(at.size)
    if name == "M2":
        _zubrilina_each(flat, weights(float(flat.max(initial=0))), out)
    else:
        _sawin_sutherland_each(flat, table(), out)
    return out.reshape(at.shape)


def weights(largest: float) -> Floats:
    """alpha nu(r) for r from 0 (unused) up to 2 sqrt(u) at the largest u, float64."""
    nu = np.full(int(2 * np.sqrt(largest)) + 1, ALPHA)
    for p in primes.first(max(1, len(nu))):
        if p >= len(nu):
            break
        nu[p::p] *= 1 + p**2 / (p**4 - 2 * p**2 - p + 1)
    return nu


@cache
def table() -> Floats:
    """D at STEPS + 1 even steps of sqrt(u) from 0 to sqrt(REACH), float64."""
    values: Floats = np.load(TABLE).astype(np.float64)
    return values


@njit(cache=True, nogil=True)
def zubrilina(u: float, nu: Floats) -> float:
    """M2(u), with the weights of its terms up to that u at least."""
    root = np.sqrt(u)
    total: float = BETA * root - GAMMA * u
    for r in range(1, min(len(nu) - 1, int(2 * root)) + 1):
        total += nu[r] * np.sqrt(max(4 * u - r * r, 0.0))
    return total


@njit(cache=True, nogil=True)
def sawin_sutherland(u: float, values: Floats) -> float:
    """D(u) from its table; 0 beyond the end."""
    place = np.sqrt(u / REACH) * STEPS
    if place > STEPS:
        return 0.0
    step = min(int(place), STEPS - 1)
    value: float = values[step] + (place - step) * (values[step + 1] - values[step])
    return value


@njit(cache=True, nogil=True)
def _zubrilina_each(u: Floats, nu: Floats, out: Floats) -> None:
    for i in range(len(u)):
        out[i] = zubrilina(u[i], nu)


@njit(cache=True, nogil=True)
def _sawin_sutherland_each(u: Floats, values: Floats, out: Floats) -> None:
    for i in range(len(u)):
        out[i] = sawin_sutherland(u[i], values)


@njit(cache=True, nogil=True)
def weighted_sums(
    values: Values, conductor: Int64s, primes: Int64s, numbers: Floats, zubrilinas: bool, out: Floats
) -> None:
    """Sums of (a_p / p) times a density at p/N into ``out``, float64 (n,); NaN for an unknown conductor, which is 0.

    ``values`` (n, k) are traces, ``numbers`` the weights of the terms of M2 (``zubrilinas``) or the table of D. It
    stands in this file since numba's cache does not see changes of kernels in another one.
    """
    for row in range(len(values)):
        if conductor[row] <= 0:
            out[row] = np.nan
            continue
        total = 0.0
        for k in range(len(primes)):
            u = primes[k] / conductor[row]
            density = zubrilina(u, numbers) if zubrilinas else sawin_sutherland(u, numbers)
            total += values[row, k] * density / primes[k]
        out[row] = total
