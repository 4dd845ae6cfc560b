"""The order in which points are drawn: by class, then along the Morton curve, then by row.

Points near each other in space come near each other in the array, so that a cell of the octree is a slice and a stride
is an even sample. A least-significant-digit radix sort is used, since it is stable (equal codes keep the order of their
rows, on every machine) and passes over memory a fixed number of times: a tenth of the time of comparing triples
(`numpy.lexsort`). Each core sorts the keys of a range of its own, so none waits for another, and the order is the same
however many there are. A key holds all of its point: sorted, it is unpacked where it stands.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numba import njit

from murmuration.cores import cores
from murmuration.types import Floats, Int64s, Integers, UInt16s, UInt32s, UInt64s

STEPS = 2**16 - 1
"""The largest coordinate of a drawn point."""

MAX_CLASSES = 255
"""The class index has eight bits of a point's fourth integer; 255 is left for none."""

_DIGIT = 11
"""Bits of a digit: 2,048 counters stay in the first cache."""

_MORTON = 48

_ENOUGH = 100_000
"""Points per thread at least: starting a thread costs as much as fewer."""


def drawn(coordinates: Floats, low: Floats, extent: Floats, index: UInt16s, rows: Integers) -> tuple[UInt16s, UInt32s]:
    """Points as integers in drawing order, and the row of each.

    ``coordinates`` (n, 3), ``low`` to ``low`` + ``extent``, go to 0..65535; ``index`` (n,) is the class; ``rows`` (n,)
    are ascending. Returns uint16 (n, 4), x, y, z and class, and uint32 (n,).
    """
    n = len(coordinates)
    shares = max(1, min(cores(), n // _ENOUGH))
    if shares == 1:
        return _drawn(coordinates, low, extent, index, rows, 1, map)
    with ThreadPoolExecutor(shares) as pool:
        return _drawn(coordinates, low, extent, index, rows, shares, pool.map)


def _drawn(
    coordinates: Floats, low: Floats, extent: Floats, index: UInt16s, rows: Integers, shares: int,
    run: Callable[[Callable[[int], object], Iterable[int]], Iterable[object]],
) -> tuple[UInt16s, UInt32s]:  # fmt: skip
    n = len(coordinates)
    digits = -(-(_MORTON + max(1, int(index.max(initial=0)).bit_length())) // _DIGIT)
    key, row = np.empty(n, np.uint64), np.empty(n, np.uint32)
    spare = np.empty(3 * n, np.uint32)  # in one piece: the system hands out large ones faster
    keys, rows_to = [key, spare[: 2 * n].view(np.uint64)], [row, spare[2 * n :]]
    if digits % 2 == 1:  # so that the last pass ends in the returned arrays
        keys.reverse()
        rows_to.reverse()
    leading = np.zeros((shares, 1 << _DIGIT), np.int64)
    parts = [slice(n * k // shares, n * (k + 1) // shares) for k in range(shares)]

    def pack(k: int) -> None:
        part = parts[k]
        _pack(coordinates[part], low, extent, index[part], keys[0][part], digits - 1, leading[k])

    list(run(pack, range(shares)))
    # A share is a range of leading digits with about as many keys as every other.
    ends = np.cumsum(leading.sum(axis=0))
    cuts = [0, *(np.searchsorted(ends, [part.stop for part in parts[:-1]]) + 1), 1 << _DIGIT]
    places = [0, *(int(ends[cut - 1]) for cut in cuts[1:])]
    shares_of = [slice(places[k], places[k + 1]) for k in range(shares)]
    starts: list[Int64s] = [np.zeros((digits, 1 << _DIGIT), np.int64) for _ in range(shares)]

    def deal(k: int) -> None:
        own = shares_of[k]
        _deal(keys[0], rows, cuts[k], cuts[k + 1], digits - 1, starts[k], keys[1][own], rows_to[1][own])

    def sort(k: int) -> None:
        own = shares_of[k]
        _sort(keys[1][own], keys[0][own], rows_to[1][own], rows_to[0][own], starts[k])

    list(run(deal, range(shares)))
    list(run(sort, range(shares)))
    return key.view(np.uint16).reshape(n, 4), row


@njit(cache=True, nogil=True)
def _pack(
    coordinates: Floats, low: Floats, extent: Floats, index: UInt16s, key: UInt64s, last: int, leading: Int64s
) -> None:
    """Class and Morton code of each point as its key; how many keys have each leading digit."""
    for i in range(len(coordinates)):
        code = np.uint64(index[i]) << np.uint64(_MORTON)
        for axis in range(3):
            bits = np.uint64(np.rint((coordinates[i, axis] - low[axis]) / extent[axis] * STEPS))
            # Two zeros are put between any two bits, by moving halves apart.
            bits = (bits | (bits << np.uint64(16))) & np.uint64(0x0000FF0000FF)
            bits = (bits | (bits << np.uint64(8))) & np.uint64(0x00F00F00F00F)
            bits = (bits | (bits << np.uint64(4))) & np.uint64(0x0C30C30C30C3)
            bits = (bits | (bits << np.uint64(2))) & np.uint64(0x249249249249)
            code |= bits << np.uint64(axis)
        key[i] = code
        leading[code >> np.uint64(_DIGIT * last)] += 1


@njit(cache=True, nogil=True)
def _deal(
    key: UInt64s, rows: Integers, low: int, high: int, last: int, start: Int64s, to: UInt64s, to_row: UInt32s
) -> None:
    """Take the keys whose leading digit lies in [low, high), by their lowest digit; where each digit's values begin."""
    mask = np.uint64((1 << _DIGIT) - 1)
    for i in range(len(key)):
        if low <= np.int64(key[i] >> np.uint64(_DIGIT * last)) < high:
            for digit in range(last + 1):
                start[digit, (key[i] >> np.uint64(_DIGIT * digit)) & mask] += 1
    for digit in range(last + 1):
        total = 0
        for value in range(1 << _DIGIT):
            count = start[digit, value]
            start[digit, value] = total
            total += count
    for i in range(len(key)):
        if low <= np.int64(key[i] >> np.uint64(_DIGIT * last)) < high:
            value = key[i] & mask
            place = start[0, value]
            start[0, value] = place + 1
            to[place], to_row[place] = key[i], np.uint32(rows[i])


@njit(cache=True, nogil=True)
def _sort(key: UInt64s, other: UInt64s, row: UInt32s, spare: UInt32s, start: Int64s) -> None:
    """Sort the dealt keys by the remaining digits, to and fro, and unpack them in place."""
    mask = np.uint64((1 << _DIGIT) - 1)
    for digit in range(1, len(start)):
        shift = np.uint64(_DIGIT * digit)
        for i in range(len(key)):
            value = (key[i] >> shift) & mask
            place = start[digit, value]
            start[digit, value] = place + 1
            other[place], spare[place] = key[i], row[i]
        key, other = other, key
        row, spare = spare, row
    for i in range(len(key)):
        point = min(key[i] >> np.uint64(_MORTON), np.uint64(MAX_CLASSES)) << np.uint64(48)
        for axis in range(3):
            bits = (key[i] >> np.uint64(axis)) & np.uint64(0x249249249249)
            bits = (bits | (bits >> np.uint64(2))) & np.uint64(0x0C30C30C30C3)
            bits = (bits | (bits >> np.uint64(4))) & np.uint64(0x00F00F00F00F)
            bits = (bits | (bits >> np.uint64(8))) & np.uint64(0x0000FF0000FF)
            bits = (bits | (bits >> np.uint64(16))) & np.uint64(0xFFFF)
            point |= bits << np.uint64(16 * axis)
        key[i] = point
