"""Tables of a_p for every short Weierstrass curve mod p, folded by twisting.

For p > 3 a curve is y^2 = x^3 + a x + b with a = -27 c4, b = -54 c6, and its trace of Frobenius is
-sum over x of chi(x^3 + a x + b), chi the Legendre symbol. Twisting by d maps (a, b) to (d^2 a, d^3 b) and multiplies
a_p by chi(d), so three tables of length p hold everything: a = 1, a = g (a fixed non-residue) and a = 0. The sum
for all b at once is a cyclic correlation of chi with the histogram of x^3 + a x, made by real FFTs.

A residue r = c4 mod p then needs only (table, multiplier): a_p = table[c6 * multiplier mod p]. The same formula
gives +1, -1, 0 at split, non-split and additive bad primes, provided the model is minimal at p.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit
from scipy import fft

from murmuration.types import Int16s, Int64s

ROUNDING = 0.1
"""A correlation must lie this close to an integer, or the FFT is not to be trusted."""


@dataclass(frozen=True)
class Twists:
    """All a_p at one prime p > 3.

    traces: int16 (6 p): the tables T1, -T1, Tg, -Tg, T0, -T0, each of length p.
    step:   int64 (p): for r = c4 mod p, ``offset << 32 | multiplier``, so that
            a_p = traces[offset + (c6 * multiplier mod p)].
    """

    p: int
    traces: Int16s
    step: Int64s


def twists(p: int) -> Twists:
    """The tables of one prime p > 3. Source: quadratic twists, Silverman, Arithmetic of Elliptic Curves, X.5."""
    x = np.arange(p, dtype=np.int64)
    chi = np.full(p, -1, dtype=np.int64)
    chi[x * x % p] = 1
    chi[0] = 0
    g = int(np.flatnonzero(chi == -1)[0])
    t1, tg, t0 = _correlations(p, x, chi, (1, g, 0))
    traces = np.concatenate([t1, -t1, tg, -tg, t0, -t0]).astype(np.int16)
    return Twists(p, traces, _steps(p, x, chi, g))


def _correlations(p: int, x: Int64s, chi: Int64s, coefficients: tuple[int, ...]) -> Int64s:
    """T_a[b] = -sum_v chi(v + b) #{x : x^3 + a x = v}, for each a of ``coefficients``; int64 (len, p)."""
    length = fft.next_fast_len(2 * p, real=True)  # linear, not cyclic: p itself is a slow length
    cubes = x * x % p * x % p
    counts = np.stack([np.bincount((cubes + a * x) % p, minlength=p) for a in coefficients]).astype(np.float64)
    spectrum = fft.rfft(chi.astype(np.float64), length) * np.conj(fft.rfft(counts, length))
    linear = fft.irfft(spectrum, length)
    # Lags b >= 0 stand at b, lags b - p at length + b - p; the cyclic sum adds the two.
    cyclic = linear[:, :p].copy()
    cyclic[:, 1:] += linear[:, length - p + 1 :]
    rounded = np.rint(cyclic)
    error = float(np.abs(cyclic - rounded).max())
    if error >= ROUNDING:
        raise ArithmeticError(f"the correlation at p = {p} is {error:.3f} off an integer")
    traces: Int64s = -rounded.astype(np.int64)
    return traces


def _steps(p: int, x: Int64s, chi: Int64s, g: int) -> Int64s:
    """For each r = c4 mod p: which signed table, and what multiplies c6."""
    a = -27 * x % p
    residue = chi == 1
    inverse_g = pow(g, -1, p)
    # d with d^2 = a, or g d^2 = a: one square root of every square.
    root = np.zeros(p, dtype=np.int64)
    half = np.arange(1, (p + 1) // 2, dtype=np.int64)
    root[half * half % p] = half
    d = np.where(residue[a], root[a], root[a * inverse_g % p])
    inverse = _inverses(p)
    cube = inverse[d] * inverse[d] % p * inverse[d] % p
    multiplier = -54 * cube % p
    table = np.where(residue[a], 0, 2) + (chi[d] == -1)
    # a = 0: b itself indexes the third table.
    multiplier[0], table[0] = -54 % p, 4
    steps: Int64s = (table * p) << 32 | multiplier
    return steps


@njit(cache=True)
def _inverses(p: int) -> Int64s:
    """1/x mod p for x = 0..p-1 (0 at 0), by p = (p // x) x + p % x."""
    inverse = np.zeros(p, dtype=np.int64)
    inverse[1] = 1
    for x in range(2, p):
        inverse[x] = (p - p // x) * inverse[p % x] % p
    return inverse
