import numpy as np
import pytest
from pyroaring import FrozenBitMap

from murmuration.cloud import rowbits
from murmuration.types import UInt32s, UInt64s

ROWS = 400_000


def bits(rows: UInt32s) -> UInt64s:
    found: UInt64s = rowbits.none(ROWS, 1)[0]
    for row in rows.tolist():
        found[row // 64] |= np.uint64(1 << row % 64)
    return found


def several(*numbers: range) -> UInt32s:
    return np.concatenate([np.array(each, np.uint32) for each in numbers])


SETS = [
    several(range(0)),
    several(range(1)),
    several(range(ROWS - 1, ROWS)),
    several(range(63, 65), range(65535, 65537)),
    several(range(4096)),  # the most that the format writes one by one
    several(range(4097)),
    several(range(65536, 131072)),  # a full container
    several(range(0, ROWS, 3)),
    several(range(0, 65536, 5000), range(131072, 190000), range(200_000, 390_000, 17)),
]


@pytest.mark.parametrize("rows", SETS)
def test_rows_and_bitmap_are_those_of_the_bits(rows: UInt32s) -> None:
    assert rowbits.rows(bits(rows)).tolist() == rows.tolist()
    found = rowbits.bitmap(bits(rows))
    assert isinstance(found, FrozenBitMap)
    assert found == FrozenBitMap(rows)
    assert found.serialize() == FrozenBitMap(rows).serialize()


def test_a_union_holds_the_rows_of_each() -> None:
    sets = np.stack([bits(SETS[-1]), bits(SETS[-2]), bits(SETS[3])])
    wanted = np.unique(np.concatenate([SETS[-1], SETS[-2], SETS[3]]))
    assert rowbits.rows(rowbits.union(sets)).tolist() == wanted.tolist()


def test_bits_fill_whole_containers() -> None:
    assert rowbits.none(1, 2).shape == (2, 1024)
    assert rowbits.none(65536, 1).shape == (1, 1024)
    assert rowbits.none(65537, 3).shape == (3, 2048)
