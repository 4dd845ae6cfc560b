"""Sets of table rows as one bit a row: sorted rows and roaring bitmaps without sorting.

Points are in Morton order, so the rows of a slice are in no order. Bits are ordered by construction and are the content
of a dense roaring bitmap: a set of millions of rows takes a hundredth of the time of sorting and adding them. Bitmaps
are written in Roaring's portable format (https://github.com/RoaringBitmap/RoaringFormatSpec).
"""

import numpy as np
from numba import njit
from pyroaring import FrozenBitMap

from murmuration.types import Int64s, UInt16s, UInt32s, UInt64s

_CONTAINER = 2**16
_WORDS = _CONTAINER // 64
_LARGEST_ARRAY = 4096
"""Values up to which a container of the portable format is a list; larger ones are bits."""

_COOKIE = 12346
"""Begins a portable bitmap without run containers."""


def none(rows: int, sets: int) -> UInt64s:
    """Empty sets for rows below ``rows``, uint64 (sets, words): whole containers of 65,536 rows."""
    return np.zeros((sets, -(-rows // _CONTAINER) * _WORDS), np.uint64)


def union(bits: UInt64s) -> UInt64s:
    """The rows in any of some sets, uint64 (words,); the first set may be overwritten."""
    first: UInt64s = bits[0]
    for other in bits[1:]:
        first |= other
    return first


def rows(bits: UInt64s) -> UInt32s:
    """The rows of a set, uint32, ascending."""
    out = np.empty(_counts(bits).sum(), np.uint32)
    _list(bits, out)
    return out


def bitmap(bits: UInt64s) -> FrozenBitMap:
    """A set as a roaring bitmap."""
    counts = _counts(bits)
    keys = np.flatnonzero(counts)
    sizes = np.where(counts[keys] > _LARGEST_ARRAY, _CONTAINER // 8, 2 * counts[keys])
    header = 8 + 8 * len(keys)
    starts = header + np.cumsum(sizes) - sizes
    out = np.empty((header + sizes.sum()) // 2, "<u2")
    out[:4].view("<u4")[:] = _COOKIE, len(keys)
    out[4 : 4 + 2 * len(keys)] = np.column_stack([keys, counts[keys] - 1]).ravel()
    out[4 + 2 * len(keys) : 4 + 4 * len(keys)].view("<u4")[:] = starts
    _containers(bits, keys, counts, starts // 2, out)
    found = FrozenBitMap.deserialize(out.tobytes())
    found.run_optimize()  # as FrozenBitMap(rows) does: long runs stay short in the log and in memory
    return found


@njit(cache=True, nogil=True)
def _ones(word: np.uint64) -> np.int64:
    """How many bits are set."""
    word -= (word >> np.uint64(1)) & np.uint64(0x5555555555555555)
    word = (word & np.uint64(0x3333333333333333)) + ((word >> np.uint64(2)) & np.uint64(0x3333333333333333))
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((word * np.uint64(0x0101010101010101)) >> np.uint64(56))


@njit(cache=True, nogil=True)
def _counts(bits: UInt64s) -> Int64s:
    """Rows in each container."""
    counts = np.zeros(len(bits) // _WORDS, np.int64)
    for k in range(len(counts)):
        for word in bits[k * _WORDS : (k + 1) * _WORDS]:
            counts[k] += _ones(word)
    return counts


@njit(cache=True, nogil=True)
def _list(bits: UInt64s, out: UInt32s | UInt16s) -> None:
    """Write the row numbers, truncated to the integers of ``out``."""
    at = 0
    for k in range(len(bits)):
        word = bits[k]
        while word:
            lowest = word & (~word + np.uint64(1))
            out[at] = 64 * k + _ones(lowest - np.uint64(1))
            at += 1
            word ^= lowest


@njit(cache=True, nogil=True)
def _containers(bits: UInt64s, keys: Int64s, counts: Int64s, starts: Int64s, out: UInt16s) -> None:
    for n in range(len(keys)):
        part = bits[keys[n] * _WORDS : (keys[n] + 1) * _WORDS]
        if counts[keys[n]] <= _LARGEST_ARRAY:
            _list(part, out[starts[n] : starts[n] + counts[keys[n]]])
        else:
            for k in range(_WORDS):
                for quarter in range(4):
                    out[starts[n] + 4 * k + quarter] = (part[k] >> np.uint64(16 * quarter)) & np.uint64(0xFFFF)
