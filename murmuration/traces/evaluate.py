"""Exact traces of Frobenius of every curve at every prime.

The loop runs prime by prime inside a block of curves: a prime's tables (:mod:`murmuration.traces.twists`) stay in cache
for the whole block, and so do the block's c4, c6 and results. At primes that are too large for the number of curves to
repay their tables, :mod:`murmuration.traces.shanks` computes curve by curve.

Reductions are by float64 reciprocals, and exact without corrections. First c (below 2^62) is reduced modulo M, a
product of a few primes: the quotient carries three roundings, so the remainder, an exact integer, is at most
M/2 + 3 * 2^9 in magnitude. Then each prime p of M reduces t, a remainder times at most p: M p < 2^50, so
|t| < 2^49 + 2^31, and (t + 1/2) / p comes out within 3 * 2^-53 |t| / p < 1 / (5 p) of the truth, while it is at least
1 / (2 p) away from every integer: its floor is the true quotient.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache, partial
from itertools import pairwise
from typing import Any, Literal, NamedTuple

import numpy as np
from numba import njit

from murmuration import primes as _primes
from murmuration.cores import cores
from murmuration.invariants import Invariants
from murmuration.table import CurveTable
from murmuration.traces import backend, shanks
from murmuration.traces.traces import Traces
from murmuration.traces.twists import SHIFT, Twists, fill
from murmuration.types import Floats, Int8s, Int16s, Int32s, Int64s, Progress, Values

BLOCK = 32_768
"""Curves that share a pass over the primes: enough to repay fetching the tables, few enough for the caches."""

_STRIP = 1024
"""Curves whose intermediate results fit in the L1 cache."""

_TILE = 16
"""Primes that are collected before results are transposed from prime-major to row-major."""

_MULTIPLIER = np.int32(2**SHIFT - 1)

_EXACT = 2**50
"""Bound of M p, for the reductions above."""

_ENTRIES = 8_000_000
"""Residues whose tables are in memory together, 20 bytes each: all of the first 1000 primes, or a few near 2^20."""

_FEW = 12
"""Above this multiple of the number of curves a prime's tables (0.1 us p) cost more than 1 to 2 us a curve."""

_NARROW = 4027
"""The largest prime with 2 sqrt(p) < 127: up to it int8 holds every trace."""

Device = Literal["auto", "cpu", "gpu"]


class _Tables(NamedTuple):  # a tuple, since numba takes no dataclass
    """The twists of all primes > 3, concatenated, and their grouping."""

    primes: Int64s
    groups: Int64s
    """Group g is primes[groups[g]:groups[g + 1]]."""
    moduli: Int64s
    traces: Values
    steps: Int32s
    starts: Int64s
    """Offset of each prime's residues in ``steps``; six times that is its offset in ``traces``."""


def trace(table: CurveTable, primes: int = 1000, progress: Progress | None = None, device: Device = "auto") -> Traces:
    """a_p for all curves and the first ``primes`` primes, bad primes included (+1 split, -1 non-split, 0 additive).

    "auto" uses the GPU if there is one, else all cores; both give the same integers. ``progress`` counts traces.
    Raises ValueError for less than 1 or more than 82,025 primes (2^20), and for "gpu" on a machine without one.
    """
    if device == "gpu" and not backend.available():
        raise ValueError('expected device "cpu" or "auto": CuPy is not installed (the extra gpu) or sees no GPU')
    gpu = device != "cpu" and backend.available()
    p = _primes.first(primes)
    values = np.empty((len(table), len(p)), dtype=np.int8 if p[-1] <= _NARROW else np.int16)
    for column in range(min(2, len(p))):
        values[:, column] = _small_prime(table.small, int(p[column]))
    few = int(np.searchsorted(p, max(shanks.LEAST, _FEW * len(table))))
    for start, stop in _batches(p[:few]):
        before = start * len(table)
        report = partial(_report, progress, before, stop - start, values.size)
        _evaluate(table, _tables(start, stop, values.dtype), values[:, start:stop], report, gpu)
    if few < len(p):
        report = partial(_report, progress, few * len(table), len(table), values.size)
        shanks.traces(table.invariants, p[few:], values[:, few:], report)
    return Traces(p, values)


def _batches(primes: Int64s) -> list[tuple[int, int]]:
    """Slices of the primes > 3 whose tables fit in memory together."""
    if len(primes) <= 2:
        return []
    batch = (np.cumsum(primes[2:]) - 1) // _ENTRIES
    edges = [2, *(np.flatnonzero(np.diff(batch)) + 3).tolist(), len(primes)]
    return [(start, stop) for start, stop in pairwise(edges) if start < stop]


def _report(progress: Progress | None, before: int, each: int, total: int, done: int) -> None:
    if progress is not None:
        progress(before + done * each, total)


@lru_cache(maxsize=1)  # parts of a long table share the tables; most runs need one batch of primes
def _tables(first: int, last: int, dtype: np.dtype[Any]) -> _Tables:
    primes = _primes.first(last)[first:]
    starts = np.concatenate([[0], np.cumsum(primes)])
    traces, steps = np.empty(6 * starts[-1], dtype=dtype), np.empty(starts[-1], dtype=np.int32)
    with ThreadPoolExecutor(cores()) as pool:
        each = zip(primes.tolist(), starts.tolist(), starts[1:].tolist(), strict=False)
        list(pool.map(fill, (Twists(p, traces[6 * a : 6 * b], steps[a:b]) for p, a, b in each)))
    groups, moduli = [0], []
    while groups[-1] < len(primes):
        start = groups[-1]
        stop, modulus = start + 1, int(primes[start])
        while stop < len(primes) and stop - start < _TILE and modulus * int(primes[stop]) ** 2 < _EXACT:
            modulus *= int(primes[stop])
            stop += 1
        groups.append(stop)
        moduli.append(modulus)
    return _Tables(primes, np.array(groups), np.array(moduli), traces, steps, starts)


def _evaluate(table: CurveTable, tables: _Tables, out: Values, report: Callable[[int], None], gpu: bool) -> None:
    inv, rows = table.invariants, len(table)
    if gpu:
        ours = np.empty(out.shape, dtype=out.dtype)
        backend.Tables(tables.primes, tables.starts, tables.steps, tables.traces).evaluate(inv.c4, inv.c6, ours)
        out[:] = ours
        report(rows)
    else:
        _on_cores(inv, tables, out, report)
    for row, (c4, c6) in inv.large.items():
        out[row] = _one(tables, c4, c6)


def _on_cores(inv: Invariants, tables: _Tables, out: Values, report: Callable[[int], None]) -> None:
    rows = len(out)
    size = -(-rows // max(cores(), -(-rows // BLOCK)))  # at least one block per core, all of one size

    def block(start: int) -> int:
        part = slice(start, min(start + size, rows))
        _block(inv.c4[part], inv.c6[part], tables, out[part])
        return part.stop

    pool = ThreadPoolExecutor(cores())
    try:
        for done in pool.map(block, range(0, rows, size)):
            report(done)
    finally:
        pool.shutdown(cancel_futures=True)  # on Ctrl-C only the running blocks are completed


def _one(tables: _Tables, c4: int, c6: int) -> list[int]:
    """One curve with invariants of any size, in Python integers."""
    result = []
    for p, start in zip(tables.primes.tolist(), tables.starts.tolist(), strict=False):
        step = int(tables.steps[start + c4 % p])
        result.append(int(tables.traces[6 * start + (step >> SHIFT) * p + c6 * (step & int(_MULTIPLIER)) % p]))
    return result


@njit(cache=True, nogil=True, error_model="numpy")
def _block(
    c4: Int64s,
    c6: Int64s,
    tables: _Tables,
    out: Values,
) -> None:
    rows = len(c4)
    primes, groups, moduli, traces, steps, starts = tables
    r4, r6 = np.empty(_STRIP), np.empty(_STRIP)
    index, step = np.empty(_STRIP, np.int32), np.empty(_STRIP, np.int32)
    tile = np.empty((_TILE, rows), out.dtype)
    filled, written = 0, 0
    for g in range(len(moduli)):
        first, last = groups[g], groups[g + 1]
        if filled + last - first > _TILE:
            _turn(tile, filled, out, written)
            written += filled
            filled = 0
        for start in range(0, rows, _STRIP):
            n = min(_STRIP, rows - start)
            _reduce(c4[start : start + n], moduli[g], r4)
            _reduce(c6[start : start + n], moduli[g], r6)
            for k in range(first, last):
                p, length = float(primes[k]), np.int32(primes[k])
                reciprocal = 1.0 / p
                half = 0.5 * reciprocal
                prime_steps = steps[starts[k] : starts[k + 1]]
                prime_traces = traces[6 * starts[k] : 6 * starts[k + 1]]
                target = tile[filled + k - first]
                # Four loops: those with arithmetic vectorise, and only the gathers stay scalar.
                for i in range(n):
                    index[i] = np.int32(r4[i] - np.floor(r4[i] * reciprocal + half) * p)
                for i in range(n):
                    step[i] = prime_steps[index[i]]
                for i in range(n):
                    r = r6[i] * np.float64(step[i] & _MULTIPLIER)
                    index[i] = np.int32(r - np.floor(r * reciprocal + half) * p) + (step[i] >> SHIFT) * length
                for i in range(n):
                    target[start + i] = prime_traces[index[i]]
        filled += last - first
    _turn(tile, filled, out, written)


@njit(cache=True, nogil=True, error_model="numpy")
def _reduce(values: Int64s, modulus: int, out: Floats) -> None:
    """values minus a multiple of ``modulus``, to at most M/2 + 3 * 2^9 in magnitude."""
    reciprocal = 1.0 / modulus
    for i in range(len(values)):
        out[i] = values[i] - np.int64(np.rint(values[i] * reciprocal)) * modulus


@njit(cache=True, nogil=True)
def _turn(tile: Values, filled: int, out: Values, column: int) -> None:
    """Write the first ``filled`` primes of a tile as columns of ``out``."""
    for i in range(tile.shape[1]):
        for j in range(filled):
            out[i, column + j] = tile[j, i]


def _small_prime(residues: Int8s, p: int) -> Int16s:
    """a_p at p = 2 or 3: p minus the affine points of the long Weierstrass model, singular point included."""
    a1, a2, a3, a4, a6 = ((residues[:, k] % p).astype(np.int16) for k in range(5))
    count = np.zeros(len(residues), dtype=np.int16)
    for x in range(p):
        for y in range(p):
            count += (y * y + a1 * x * y + a3 * y - (x * x * x + a2 * x * x + a4 * x + a6)) % p == 0
    return (p - count).astype(np.int16)
