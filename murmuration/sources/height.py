"""``height:X``: every reduced curve y^2 = x^3 + Ax + B of naive height max(4|A|^3, 27 B^2) <= X, made here.

Reduced: no prime p has both p^4 | A and p^6 | B; each curve over Q appears once. Rows come by height, in bands, so that
memory stays flat and a row limit takes the curves of smallest height. The model of a row is the reduced minimal one
(Laska-Kraus-Connell; only u = 1, 2, 3, 6 can occur, since a reduced pair is minimal outside 2 and 3).

Rank, torsion and (unless asked for) conductor are unknown: null. The label is ``h.A.B``, a class by itself.
"""

from collections.abc import Iterator
from fractions import Fraction
from math import isqrt

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit

from murmuration.errors import DatasetError
from murmuration.sources.rows import Batch, core
from murmuration.types import Int64s

NOTE = "throughput and null data set: p/N is far too small for a murmuration"
LARGEST = 2**40
"""Heights up to here: 4|A|^3, 27 B^2 and the invariants stay far inside int64."""

BAND = 100_000
"""About how many curves are made and sorted at a time."""


def bound(text: str) -> int:
    """X of "height:X", rounded down: "2^29.5", "1e9" or plain digits. Raises DatasetError for anything else."""
    base, caret, exponent = text.strip().partition("^")
    try:
        value = _power(int(base), Fraction(exponent)) if caret else int(Fraction(base))
    except (ValueError, ZeroDivisionError):
        value = 0
    if not 1 <= value <= LARGEST:
        raise DatasetError(f'expected a height such as "height:2^28", from 1 to 2^40, got {text[:40]!r}')
    return value


def count(height: int) -> int:
    """How many curves there are up to a height."""
    return sum(int(_curves(low, *_edges(low, high), False)[1]) for low, high in _bands(height))


def batches(height: int, name: str) -> Iterator[Batch]:
    """The curves by height, then A, then B."""
    first = 1
    for low, high in _bands(height):
        rows, length = _curves(low, *_edges(low, high), True)
        if not length:
            continue
        rows = rows[np.lexsort((rows[:, 1], rows[:, 0], rows[:, 7]))]
        yield Batch(_table(rows), name, "rows", first, first + length - 1)
        first += length


def _bands(height: int) -> Iterator[tuple[int, int]]:
    """(low, high] heights: there are about 4 / (4^(1/3) 27^(1/2) zeta(10)) X^(5/6) = .485 X^(5/6) curves up to X."""
    low, index = 0, 0
    while low < height:
        index += 1
        high = min(height, int((index * BAND / 0.485) ** 1.2))
        yield low, high
        low = high


def _edges(low: int, high: int) -> tuple[int, int, int]:
    """Largest |A|, |B| at ``high``, and |B| at ``low``."""
    largest = round((high / 4) ** (1 / 3)) + 1
    while 4 * largest**3 > high:
        largest -= 1
    return largest, isqrt(high // 27), isqrt(low // 27)


@njit(cache=True, nogil=True)
def _curves(low: int, most_a: int, most_b: int, below_b: int, fill: bool) -> tuple[Int64s, int]:
    """(n, 8) int64: A, B, a1, a2, a3, a4, a6, height, unsorted; and n. Nothing is stored when ``fill`` is false."""
    rows = np.empty((0, 8), dtype=np.int64)
    for store in range(2):
        n = 0
        for a in range(-most_a, most_a + 1):
            inner = 4 * abs(a) ** 3 <= low
            for b in range(-most_b, most_b + 1):
                if inner and abs(b) <= below_b and 27 * b * b <= low:
                    continue
                if 4 * a * a * a + 27 * b * b == 0 or not _reduced(a, b):
                    continue
                if store:
                    rows[n, 0], rows[n, 1] = a, b
                    rows[n, 2], rows[n, 3], rows[n, 4], rows[n, 5], rows[n, 6] = _minimal(-48 * a, -864 * b)
                    rows[n, 7] = max(4 * abs(a) ** 3, 27 * b * b)
                n += 1
        if not fill:
            break
        if not store:
            rows = np.empty((n, 8), dtype=np.int64)
    return rows, n


@njit(cache=True, nogil=True)
def _reduced(a: int, b: int) -> bool:
    p = 2
    while (a == 0 or p**4 <= abs(a)) and (b == 0 or p**6 <= abs(b)):
        if a % p**4 == 0 and b % p**6 == 0:  # a composite p says it again: no harm
            return False
        p += 1
    return True


@njit(cache=True, nogil=True)
def _minimal(c4: int, c6: int) -> tuple[int, int, int, int, int]:
    """The reduced minimal a-invariants (Cremona, Algorithms for Modular Elliptic Curves, 3.2)."""
    for u in (6, 3, 2):
        if c4 % u**4 == 0 and c6 % u**6 == 0 and _is_model(c4 // u**4, c6 // u**6):
            c4, c6 = c4 // u**4, c6 // u**6
            break
    b2 = -c6 % 12
    if b2 > 6:
        b2 -= 12
    b4 = (b2 * b2 - c4) // 24
    b6 = (-b2 * b2 * b2 + 36 * b2 * b4 - c6) // 216
    a1, a3 = b2 % 2, b6 % 2
    return a1, (b2 - a1) // 4, a3, (b4 - a1 * a3) // 2, (b6 - a3) // 4


@njit(cache=True, nogil=True)
def _is_model(c4: int, c6: int) -> bool:
    """Kraus's conditions at 2 and 3. The discriminant is integral since (c4, c6) comes from a model by u | 6."""
    if (c4 * c4 % 1728 * (c4 % 1728) - c6 % 1728 * (c6 % 1728)) % 1728:
        return False
    if c6 % 9 == 0 and c6 % 27 != 0:
        return False
    return c6 % 4 == 3 or (c4 % 16 == 0 and (c6 % 32 == 0 or c6 % 32 == 8))


def _table(rows: Int64s) -> pa.Table:
    a, b, *model = (pa.array(rows[:, k]).cast(pa.string()) for k in range(7))
    label = pc.binary_join_element_wise("h", a, b, ".")
    inside = pc.binary_join_element_wise(*model, ",")
    ainvs = pc.binary_join_element_wise("[", inside, "]", "")
    return core({"class": label, "label": label, "ainvs": ainvs}, len(rows))


def _power(base: int, exponent: Fraction) -> int:
    """base^exponent rounded down, exactly: the largest n with n^q <= base^p."""
    if base < 1 or exponent < 0 or exponent > 64 or exponent.denominator > 1000:
        raise ValueError
    target, q = base**exponent.numerator, exponent.denominator
    low, high = 0, 1 << (target.bit_length() // q + 1)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if middle**q <= target else (low, middle)
    return low
