"""Tables of a_p for every short Weierstrass curve mod p, folded by twisting.

For p > 3 a curve is y^2 = x^3 + a x + b with a = -27 c4, b = -54 c6, and its trace of Frobenius is
-sum over x of chi(x^3 + a x + b), chi the Legendre symbol. Twisting by d maps (a, b) to (d^2 a, d^3 b) and multiplies
a_p by chi(d), so three tables of length p are enough: a = 1, a = g (a fixed non-residue) and a = 0. The sum for all b
at once is a cyclic correlation of chi with the histogram of x^3 + a x, computed by real FFTs.

A residue r = c4 mod p then needs only (table, multiplier): a_p = table[c6 * multiplier mod p]. The same formula
gives +1, -1, 0 at split, non-split and additive bad primes, provided the model is minimal at p.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy import fft

from murmuration.types import Floats, Int32s, Values

ROUNDING = 0.1
"""Largest accepted distance of a correlation from an integer; more means that the FFT lost too much precision."""

SHIFT = 24
"""Bit position in a step: the table's number from here up, the multiplier (below p < 2^20) under it."""


@dataclass(frozen=True)
class Twists:
    """All a_p at one prime p > 3.

    traces: int8 or int16 (6 p): the tables T1, -T1, Tg, -Tg, T0, -T0, each of length p.
    steps:  int32 (p): for r = c4 mod p, ``table << SHIFT | multiplier``, so that
            a_p = traces[table * p + (c6 * multiplier mod p)].
    """

    p: int
    traces: Values
    steps: Int32s


def twists(p: int) -> Twists:
    """The tables of one prime p > 3. Source: quadratic twists, Silverman, Arithmetic of Elliptic Curves, X.5."""
    one = Twists(p, np.empty(6 * p, dtype=np.int16), np.empty(p, dtype=np.int32))
    fill(one)
    return one


def fill(one: Twists) -> None:
    """Write the tables of a prime into its preallocated arrays, which may be slices of longer ones."""
    length = _fast(one.p + (one.p - 1) // 2)
    _correlate(one.p, _arithmetic(one.p, length, one.steps), one.traces.reshape(3, 2, one.p))


def _fast(least: int) -> int:
    """The smallest length >= ``least`` with no prime factor above 5, for fast FFTs."""
    best = 1 << (least - 1).bit_length()
    five = 1
    while five < best:
        odd = five
        while odd < best:
            best = min(best, odd << max(0, (-(-least // odd) - 1).bit_length()))
            odd *= 3
        five *= 5
    return best


def _correlate(p: int, sequences: Floats, tables: Values) -> None:
    """T[b] = -sum over v of counts[v] chi(v + b) for a = 1, g, 0 into tables[:, 0], and -T into tables[:, 1].

    x^3 + a x is odd, so T[-b] = chi(-1) T[b] and lags 0 to (p - 1) / 2 are enough. With chi continued periodically that
    far beyond p the cyclic correlation becomes a linear one of length 3 p / 2, zero-padded to a fast FFT length.
    """
    half = (p - 1) // 2
    spectra = fft.rfft(sequences)
    sums = fft.irfft(np.conj(spectra[1:]) * spectra[0], sequences.shape[1])[:, : half + 1]
    rounded = np.rint(sums)
    error = float(np.abs(sums - rounded).max())
    if error >= ROUNDING:
        raise ArithmeticError(f"the correlation at p = {p} is {error:.3f} off an integer")
    tables[:, 1, : half + 1] = rounded
    tables[:, 1, half + 1 :] = rounded[:, half:0:-1] * sequences[0, p - 1]
    np.negative(tables[:, 1], out=tables[:, 0])


@njit(cache=True, nogil=True)
def _arithmetic(p: int, length: int, steps: Int32s) -> Floats:
    """Write the steps of a prime; returns the sequences to correlate, float64 (4, length), zero-padded.

    Row 0 is chi at 0 to p + (p - 1) / 2, continued periodically; rows 1 to 3 are the histograms of x^3 + a x for
    a = 1, g and 0.

    Divisions dominate the run time, so sums of two residues are reduced by a subtraction.
    """
    half = (p - 1) // 2
    sequences = np.zeros((4, length))
    chi, counts = sequences[0], sequences[1:]
    chi[1:p] = -1.0
    root = np.zeros(p, np.int64)  # one square root of every square
    square = 0
    for x in range(1, half + 1):
        square += 2 * x - 1  # below p, as the square before
        if square >= p:
            square -= p
        chi[square] = 1.0
        root[square] = x
    chi[p : p + half] = chi[:half]
    g = 2
    while chi[g] > 0:
        g += 1

    inverse = np.zeros(p, np.int64)
    inverse[1] = 1
    gx = 0
    for x in range(p):
        cube = x * x % p * x % p
        counts[2, cube] += 1
        counts[0, cube + x - p if cube + x >= p else cube + x] += 1
        counts[1, cube + gx - p if cube + gx >= p else cube + gx] += 1
        gx = gx + g - p if gx + g >= p else gx + g
        if x > 1:
            inverse[x] = (p - p // x) * inverse[p % x] % p  # from p = (p // x) x + p % x

    steps[0] = 4 << SHIFT | -54 % p  # a = 0: b itself indexes the third table
    minus_54, minus_27, a = -54 % p, -27 % p, 0
    for r in range(1, p):
        a = a + minus_27 - p if a + minus_27 >= p else a + minus_27
        residue = chi[a] > 0
        d = root[a] if residue else root[a * inverse[g] % p]  # d^2 = a, or g d^2 = a
        table = (0 if residue else 2) + (1 if chi[d] < 0 else 0)
        i = inverse[d]
        steps[r] = table << SHIFT | minus_54 * (i * i % p * i % p) % p
    return sequences
