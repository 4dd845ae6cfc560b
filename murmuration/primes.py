"""The primes the traces run over."""

import math

import numpy as np

from murmuration.types import Int64s

LARGEST = 2**20
"""Upper bound of the primes: the tables of larger ones (:mod:`murmuration.traces.twists`) outgrow the caches."""

MOST = 82_025
"""How many primes there are up to :data:`LARGEST`."""


def first(count: int) -> Int64s:
    """The first ``count`` primes, ascending, shape (count,). Raises ValueError past :data:`LARGEST`."""
    # Rosser: the n-th prime is below n (log n + log log n) for n >= 6.
    if not 1 <= count <= MOST:
        raise ValueError(f"expected between 1 and {MOST:,} primes (up to 2^20), got {count}")
    bound = 16 if count < 6 else int(count * (math.log(count) + math.log(math.log(count)))) + 1
    return _sieve(bound)[:count]


def _sieve(bound: int) -> Int64s:
    """All primes <= bound."""
    prime = np.ones(bound + 1, dtype=bool)
    prime[:2] = False
    for p in range(2, math.isqrt(bound) + 1):
        if prime[p]:
            prime[p * p :: p] = False
    return np.flatnonzero(prime).astype(np.int64)
