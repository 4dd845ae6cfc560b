"""Sawin and Sutherland's density D(u): the murmuration of all curves over Q ordered by height, with u = p/N.

arXiv 2504.12295, for the statistic E[(log(uN) / N) * sum of eps a_p] / du, as the double sum

    D(u) = 2 pi sqrt(u) sum over squarefree q and m >= 1 of
           mu(g) / (q m phi(q/g)) J1(4 pi sqrt(u) m/q) * prod over p|q of lhat(p, 2 v_p(m))
           * prod over p|m, p not|q of l(p, 2 v_p(m)),                                            g = gcd(m, q)

with local factors made of T_k, the traces of the Hecke operator T_p on S_k(SL2(Z)), and of Chebyshev polynomials. T_k
is zero for k < 12, so a prime of m that does not divide q is 3 or stands in m to a power of 5 or more, and the sum is
sparse. Terms of one m/q are added up first. This module makes the table that :mod:`murmuration.evidence.density`
reads.
"""

import math
from collections import defaultdict
from collections.abc import Iterator

import numpy as np
from numba import njit, prange

from murmuration.types import Floats

_HURWITZ = {3: 1 / 3, 4: 1 / 2, 7: 1, 8: 1, 11: 1, 12: 4 / 3, 15: 2, 16: 3 / 2, 19: 1, 20: 2}
"""Hurwitz class numbers H(n), for 4p - t^2 with p <= 5."""


def terms(limit: int) -> tuple[Floats, Floats]:
    """The terms with q and m up to a limit below 7^5: the ratios m/q, ascending, and the factor of each, float64."""
    found: dict[tuple[int, int], float] = defaultdict(float)
    for q, primes in _squarefree(limit):
        totient = math.prod(p - 1 for p in primes)
        for m, exponents in _multiples(primes, limit):
            shared = [p for p in primes if exponents.get(p)]
            factor = (-1) ** len(shared) * math.prod(p - 1 for p in shared) / (q * m * totient)
            for p in primes:
                factor *= dual(p, 2 * exponents.get(p, 0))
            for p, exponent in exponents.items():
                if exponent and p not in primes:
                    factor *= local(p, 2 * exponent)
            g = math.gcd(m, q)
            found[m // g, q // g] += factor
    pairs = sorted((m / q, factor) for (m, q), factor in found.items() if factor != 0)
    ratio, factor = np.array(pairs).T
    return np.ascontiguousarray(ratio), np.ascontiguousarray(factor)


@njit(cache=True, nogil=True, parallel=True)
def evaluate(u: Floats, ratio: Floats, factor: Floats) -> Floats:
    """D at each of some u, float64 (n,), from the terms of :func:`terms`."""
    out = np.empty(len(u))
    for i in prange(len(u)):
        root = np.sqrt(u[i])
        total = 0.0
        for k in range(len(ratio)):
            total += factor[k] * bessel(4 * np.pi * root * ratio[k])
        out[i] = 2 * np.pi * root * total
    return out


@njit(cache=True, nogil=True)
def bessel(x: float) -> float:
    """J1(x) for x >= 0, to 1e-7: Abramowitz and Stegun, 9.4.4 and 9.4.6."""
    if x <= 3:
        t = (x / 3) ** 2
        series = 0.5 + t * (-0.56249985 + t * (0.21093573 + t * (-0.03954289 + t * (0.00443319 + t * (-0.00031761
                 + t * 0.00001109)))))  # fmt: skip
        return x * series
    t = 3 / x
    size = 0.79788456 + t * (0.00000156 + t * (0.01659667 + t * (0.00017105 + t * (-0.00249511 + t * (0.00113653
           - t * 0.00020033)))))  # fmt: skip
    phase = x - 2.35619449 + t * (0.12499612 + t * (0.00005650 + t * (-0.00637879 + t * (0.00074348
            + t * (0.00079824 - t * 0.00029166)))))  # fmt: skip
    value: float = size * np.cos(phase) / np.sqrt(x)
    return value


def trace(p: int, k: int) -> float:
    """The trace of the Hecke operator T_p on cusp forms of weight k and level 1, for p <= 5 and even k.

    Eichler and Selberg's formula; it is zero for k < 12 and k = 14 at every p.
    """
    if k < 12 or k == 14:
        return 0.0
    total = 0.0
    for t in range(-math.isqrt(4 * p), math.isqrt(4 * p) + 1):
        before, polynomial = 0, 1  # P_k(t, p): the coefficient of x^(k-2) in 1 / (1 - t x + p x^2)
        for _ in range(k - 2):
            before, polynomial = polynomial, t * polynomial - p * before
        total += polynomial * _HURWITZ[4 * p - t * t]
    return float(round(-total / 2 - 1))


def local(p: int, v: int) -> float:
    """The factor l(p, v) of a prime that divides m and not q, v = 2 v_p(m) >= 2."""
    if p == 2:
        return -(2**-10 / (1 - 2**-10)) * trace(2, v + 2)
    if p == 3:
        c = 3 / (2 * math.sqrt(3))
        series = 3 ** (v / 2 - 2) * (_chebyshev(v, c) + 4 * _chebyshev(v, 0.0) + _chebyshev(v, -c))
        return series - (3**-10 - 3**-11) / (1 - 3**-10) * trace(3, v + 2)
    if v < 10:
        return 0.0
    return -((p**-1 - p**-2) / (1 - p**-10)) * trace(p, v + 2)


def dual(p: int, v: int) -> float:
    """The factor lhat(p, v) of a prime that divides q, v = 2 v_p(m) >= 0."""
    if p == 2:
        if v == 0:
            return 2**-9 / (1 - 2**-10)
        if v == 2:
            return -(4 - 2**-6 + 3 * 2**-10) / (1 - 2**-10)
        return -(3 + trace(2, v + 2)) / 1023
    if p == 3:
        if v == 0:
            return (2 / 3 + 4 / 3**11) / (1 - 3**-10)
        if v == 2:
            return -(3 - 3**-7 + 16 * 3**-11) / (2 * (1 - 3**-10))
        c, a, b = 3 / (2 * math.sqrt(3)), 2 / math.sqrt(3), 1 / (2 * math.sqrt(3))
        series = _chebyshev(v, c) + 2 * _chebyshev(v, 0.0) + 3**-9 * (_chebyshev(v, a) + _chebyshev(v, b))
        return (2 / 9) / (1 - 3**-10) * (3 ** (v / 2) * series - 3**-8)
    if v == 0:
        return (1 - p**-1) / (1 - p**-10)
    if v == 2:
        return -(p - p**-1 + p**-2 - p**-8) / ((1 - p**-10) * (p - 1))
    higher = trace(p, v + 2) if v >= 10 else 0.0
    return -((p**-1 - p**-2) / (1 - p**-10)) * (p + 1 + higher)


def _chebyshev(v: int, x: float) -> float:
    """U_v(x), the Chebyshev polynomial of the second kind."""
    before, value = 0.0, 1.0
    for _ in range(v):
        before, value = value, 2 * x * value - before
    return value


def _squarefree(limit: int) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Squarefree numbers from 1 to a limit, and the primes of each."""
    primes: list[list[int]] = [[] for _ in range(limit + 1)]
    for p in range(2, limit + 1):
        if not primes[p]:
            for multiple in range(p, limit + 1, p):
                primes[multiple].append(p)
    for q in range(1, limit + 1):
        if math.prod(primes[q]) == q:
            yield q, tuple(primes[q])


def _multiples(primes: tuple[int, ...], limit: int) -> Iterator[tuple[int, dict[int, int]]]:
    """All m up to a limit at which the factors do not vanish, and the exponents of m."""
    first = dict.fromkeys(primes, 1)
    for p, least in ((2, 5), (3, 1), (5, 5)):
        first.setdefault(p, least)
    order = sorted(first)

    def each(index: int, m: int, exponents: dict[int, int]) -> Iterator[tuple[int, dict[int, int]]]:
        if index == len(order):
            yield m, exponents
            return
        p = order[index]
        yield from each(index + 1, m, exponents)
        exponent = first[p]
        while m * p**exponent <= limit:
            yield from each(index + 1, m * p**exponent, {**exponents, p: exponent})
            exponent += 1

    return each(0, 1, {})
