"""Traces at large primes for few curves, curve by curve: Shanks's baby and giant steps, and Mestre's theorem.

Tables of all twists (:mod:`murmuration.traces.twists`) cost 0.1 s at p near 2^20, however few the curves; this takes
1 to 2 us a curve and no table. Any x gives a point: with d = x^3 + a x + b, (d x, d^2) lies on
y^2 = x^3 + a d^2 x + b d^3, which is the curve where d is a square and its twist (whose trace is -t) where it is not.
All t within Hasse's bound with (p + 1 - t) P = 0 are found; a unique one is the trace, otherwise another x is tried.
Mestre: for p > 457 the curve or its twist has points that leave one t (Cohen, A Course in Computational Algebraic
Number Theory, 7.4.3). Curves that a few x do not settle are summed from the definition.

The steps depend on p alone, so 64 curves run through them together (SIMD), in float64 lanes that hold residues of
magnitude up to p / 2 + 1. Sums and products stay below 2^45, hence exact, and a reduction subtracts the nearest
multiple of p. All 64 share the one division of a step (Montgomery's trick, by halves).
"""

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numba import njit

from murmuration.cores import cores
from murmuration.invariants import Invariants
from murmuration.types import Bools, Floats, Int16s, Int64s, Values

LEAST = 2**13
"""Least prime computed here: tables are cheap below it, and Mestre's theorem needs p > 457."""

LANES = 64

_TRIES = 24
"""Values of x that are tried before the definition is summed."""

_SLOTS = 1024
"""Slots of the hash table in which giant steps look up baby steps."""

_BATCH = 16
"""Primes per task of the thread pool."""


def traces(inv: Invariants, primes: Int64s, out: Values, report: Callable[[int], None]) -> None:
    """Write a_p of every curve at primes from :data:`LEAST` to 2^20, int16 (rows, primes), bad primes included.

    ``report`` is called with the number of primes done.
    """
    large = sorted(inv.large)

    def some(start: int) -> int:
        stop = min(start + _BATCH, len(primes))
        for k in range(start, stop):
            p = int(primes[k])
            c4, c6 = inv.c4 % p, inv.c6 % p
            for row in large:
                c4[row], c6[row] = (each % p for each in inv.large[row])
            steps = max(4, math.isqrt(math.isqrt(4 * p)))
            out[:, k] = _at(c4 * (-27 % p) % p, c6 * (-54 % p) % p, p, steps, math.isqrt(4 * p))
        return stop

    pool = ThreadPoolExecutor(cores())
    try:
        for done in pool.map(some, range(0, len(primes), _BATCH)):
            report(done)
    finally:
        pool.shutdown(cancel_futures=True)  # on Ctrl-C only the running primes are completed


@njit(cache=True, nogil=True, error_model="numpy")
def _at(a: Int64s, b: Int64s, p: int, steps: int, bound: int) -> Int16s:
    """Traces of y^2 = x^3 + a x + b at one prime. ``steps``: baby steps; ``bound``: the integer part of 2 sqrt p."""
    rows = len(a)
    out = np.zeros(rows, np.int16)
    waiting, left = np.empty(rows, np.int64), 0
    for row in range(rows):
        square = b[row] * b[row] % p
        if (4 * (a[row] * a[row] % p * a[row] % p) + 27 * square) % p == 0:
            out[row] = _legendre(6 * b[row] % p, p)  # a node at alpha: chi(3 alpha), which is chi(6 b); 0 at a cusp
        else:
            waiting[left] = row
            left += 1
    width = 2 * steps + 1
    low = -((bound + steps) // width + 1)
    most = (bound + steps + width) // width + 2 - low
    room = np.empty((2, steps + 2 + most, LANES)), np.empty((8, LANES)), np.empty(2 * LANES)
    lost, sides = np.empty(LANES, np.bool_), np.empty(LANES, np.int64)
    head, after = np.full(_SLOTS, -1, np.int64), np.empty(steps + 2, np.int64)
    for attempt in range(_TRIES):
        again = 0
        for start in range(0, left, LANES):
            some = waiting[start : min(start + LANES, left)]
            shift = (7 * attempt + 3) % width
            high = (bound + steps + shift) // width + 1
            _steps(a, b, some, p, attempt + 1, steps, p + 1 + shift - low * width, high - low + 1, room, lost, sides)
            for lane in range(len(some)):
                row, t = some[lane], bound + 1
                if not lost[lane]:
                    t = _match(room[0], p, steps, high - low + 1, low * width - shift, bound, head, after, lane)
                if t > bound:
                    waiting[again] = row  # in place: again never passes the read position
                    again += 1
                else:
                    out[row] = t * sides[lane]
        left = again
    for k in range(left):
        row = waiting[k]
        out[row] = _summed(a[row], b[row], p)
    return out


@njit(cache=True, nogil=True, error_model="numpy")
def _steps(
    a: Int64s, b: Int64s, some: Int64s, p: int, x0: int, steps: int, multiple: int, giants: int,
    room: tuple[Floats, Floats, Floats], lost: Bools, sides: Int64s,
) -> None:  # fmt: skip
    """Points of some curves: in room[0], x and y of P, 2P, ..., (steps + 1)P at 1 to steps + 1, then the giant steps.

    The first giant step is ``multiple`` P, each other one is (2 steps + 1) P less. Lanes in which a sum met the point
    at infinity, or two equal points, are ``lost``. ``sides``: 1 on the curve, -1 on its twist.
    """
    points, work, tree = room
    xs, ys = points
    f, inverse = float(p), 1.0 / p
    slope, d, curve, x, y, rx, ry, _ = work
    for lane in range(LANES):
        row = some[min(lane, len(some) - 1)]
        v = (x0 * (x0 * x0 % p + a[row]) + b[row]) % p
        lost[lane] = v == 0
        sides[lane] = _legendre(v, p)
        square = v * v % p
        curve[lane] = a[row] * square % p
        xs[1, lane], ys[1, lane] = v * x0 % p, square
    _reduce(curve, f, inverse)
    _reduce(xs[1], f, inverse)
    _reduce(ys[1], f, inverse)
    _double(xs[1], ys[1], curve, xs[2], ys[2], f, inverse, d, slope, tree, lost)
    for k in range(3, steps + 2):
        _add(xs[k - 1], ys[k - 1], xs[1], ys[1], xs[k], ys[k], f, inverse, d, slope, tree, lost)
    _add(xs[steps], ys[steps], xs[steps + 1], ys[steps + 1], rx, ry, f, inverse, d, slope, tree, lost)
    ry[:] = -ry
    x[:], y[:] = xs[1], ys[1]
    bits = 0
    while multiple >> bits > 1:
        bits += 1
    for k in range(bits - 1, -1, -1):
        _double(x, y, curve, x, y, f, inverse, d, slope, tree, lost)
        if multiple >> k & 1:
            _add(x, y, xs[1], ys[1], x, y, f, inverse, d, slope, tree, lost)
    first = steps + 2
    xs[first], ys[first] = x, y
    for k in range(first + 1, first + giants):
        _add(xs[k - 1], ys[k - 1], rx, ry, xs[k], ys[k], f, inverse, d, slope, tree, lost)


@njit(cache=True, nogil=True, error_model="numpy")
def _match(
    points: Floats, p: int, steps: int, giants: int, offset: int, bound: int, head: Int64s, after: Int64s, lane: int
) -> int:
    """The unique t of a lane with |t| <= bound at which giant and baby steps meet; bound + 1 if there is none."""
    xs, ys = points[0, :, lane], points[1, :, lane]
    found, count = bound + 1, 0
    for k in range(1, steps + 1):
        slot = _residue(xs[k], p) & (_SLOTS - 1)
        after[k] = head[slot]
        head[slot] = k
    for g in range(giants):
        x, y = _residue(xs[steps + 2 + g], p), _residue(ys[steps + 2 + g], p)
        k = head[x & (_SLOTS - 1)]
        while k >= 0:
            if _residue(xs[k], p) == x:
                for sign in (1, -1):
                    t = offset + g * (2 * steps + 1) + sign * k
                    if _residue(sign * ys[k], p) == y and -bound <= t <= bound:
                        found = t
                        count += 1
            k = after[k]
    for k in range(1, steps + 1):
        head[_residue(xs[k], p) & (_SLOTS - 1)] = -1
    return found if count == 1 else bound + 1


@njit(cache=True, nogil=True, error_model="numpy")
def _residue(value: float, p: int) -> int:
    """The residue of a lane's value in [0, p)."""
    return int(value) + (p if value < 0 else 0)


@njit(cache=True, nogil=True, error_model="numpy")
def _add(
    x1: Floats, y1: Floats, x2: Floats, y2: Floats, x3: Floats, y3: Floats,
    p: float, inverse: float, d: Floats, slope: Floats, tree: Floats, lost: Bools,
) -> None:  # fmt: skip
    """(x1, y1) + (x2, y2), which must not be equal or opposite; x3, y3 may be x1, y1."""
    for i in range(LANES):
        v = x2[i] - x1[i]
        d[i] = v - np.rint(v * inverse) * p
    _invert(d, p, inverse, tree, lost)
    for i in range(LANES):
        v = (y2[i] - y1[i]) * d[i]
        slope[i] = v - np.rint(v * inverse) * p
    for i in range(LANES):
        v = slope[i] * slope[i] - x1[i] - x2[i]
        v -= np.rint(v * inverse) * p
        w = slope[i] * (x1[i] - v) - y1[i]
        x3[i] = v
        y3[i] = w - np.rint(w * inverse) * p


@njit(cache=True, nogil=True, error_model="numpy")
def _double(
    x1: Floats, y1: Floats, curve: Floats, x3: Floats, y3: Floats,
    p: float, inverse: float, d: Floats, slope: Floats, tree: Floats, lost: Bools,
) -> None:  # fmt: skip
    """Twice (x1, y1), which must not be of order 2; x3, y3 may be x1, y1."""
    for i in range(LANES):
        v = 2.0 * y1[i]
        d[i] = v - np.rint(v * inverse) * p
    _invert(d, p, inverse, tree, lost)
    for i in range(LANES):
        v = 3.0 * x1[i] * x1[i] + curve[i]
        v -= np.rint(v * inverse) * p
        v *= d[i]
        slope[i] = v - np.rint(v * inverse) * p
    for i in range(LANES):
        v = slope[i] * slope[i] - 2.0 * x1[i]
        v -= np.rint(v * inverse) * p
        w = slope[i] * (x1[i] - v) - y1[i]
        x3[i] = v
        y3[i] = w - np.rint(w * inverse) * p


@njit(cache=True, nogil=True, error_model="numpy")
def _invert(d: Floats, p: float, inverse: float, tree: Floats, lost: Bools) -> None:
    """1 / d in every lane; a lane with 0 is lost. Products by halves up to one number, one division, and down again."""
    for i in range(LANES):
        if d[i] == 0.0:
            lost[i] = True
        tree[i] = 1.0 if d[i] == 0.0 else d[i]
    start, size = 0, LANES
    while size > 1:
        half, above = size // 2, start + size
        for i in range(half):
            v = tree[start + i] * tree[start + half + i]
            tree[above + i] = v - np.rint(v * inverse) * p
        start, size = above, half
    tree[start] = _inverse(int(tree[start]), int(p))
    while size < LANES:
        half, above = size, start
        start, size = start - 2 * half, 2 * half
        for i in range(half):
            up, left, right = tree[above + i], tree[start + i], tree[start + half + i]
            v, w = up * right, up * left
            tree[start + i] = v - np.rint(v * inverse) * p
            tree[start + half + i] = w - np.rint(w * inverse) * p
    for i in range(LANES):
        d[i] = tree[i]


@njit(cache=True, nogil=True, error_model="numpy")
def _reduce(values: Floats, p: float, inverse: float) -> None:
    for i in range(len(values)):
        values[i] -= np.rint(values[i] * inverse) * p


@njit(cache=True, nogil=True, error_model="numpy")
def _inverse(value: int, p: int) -> float:
    """1 / value modulo p, by Euclid's algorithm, of magnitude below p."""
    r, following, s, t = p, value % p, 0, 1
    while following:
        q = r // following
        r, following = following, r - q * following
        s, t = t, s - q * t
    return float(s)


@njit(cache=True, nogil=True, error_model="numpy")
def _legendre(value: int, p: int) -> int:
    """The Legendre symbol of 0 <= value < p, by reciprocity."""
    n, sign = p, 1
    while value:
        while value & 1 == 0:
            value >>= 1
            if n & 7 in (3, 5):
                sign = -sign
        value, n = n, value
        if value & 3 == 3 and n & 3 == 3:
            sign = -sign
        value %= n
    return sign if n == 1 else 0


@njit(cache=True, nogil=True, error_model="numpy")
def _summed(a: int, b: int, p: int) -> int:
    """The trace from its definition."""
    total = 0
    for x in range(p):
        total += _legendre(((x * x + a) % p * x + b) % p, p)
    return -total
