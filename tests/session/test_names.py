"""Named selections: colours, and the slots of those shown."""

import pytest
from pyroaring import FrozenBitMap

from murmuration.errors import MessageError
from murmuration.selection.selection import Selection
from session.names import COLOURS, MOST, Names, clean

SOME = Selection(FrozenBitMap([1, 2, 3]))


def of(count: int) -> Names:
    names = Names()
    for number in range(count):
        names = names.keep(f"n{number}", SOME)
    return names


def test_seven_names_have_seven_colours_and_keep_them() -> None:
    names = of(7)
    colours = [one.colour for one in names.kept.values()]
    assert sorted(colours) == sorted(COLOURS)
    again = names.keep("n3", Selection(FrozenBitMap([9]))).forget("n0")
    assert [one.colour for one in again.kept.values()] == colours[1:]
    assert again.keep("new", SOME).kept["new"].colour == colours[0]


def test_slots_are_the_lowest_free_ones() -> None:
    names = of(9)
    for number in range(7):
        names = names.mark(f"n{number}", True)
    assert sorted(names.marks()) == [1, 2, 3, 4, 5, 6, 7]
    with pytest.raises(MessageError, match="7 selections are shown already"):
        names.mark("n7", True)
    names = names.mark("n2", False).mark("n8", True)
    assert names.kept["n8"].slot == 3
    shown = [one.colour for one in names.kept.values() if one.slot]
    assert len(set(shown)) == 7  # n8 had the colour of n1, and both are shown
    assert names.mark("n8", True) is names


def test_names_that_cannot_be_added_are_refused() -> None:
    names = of(MOST)
    with pytest.raises(MessageError, match="There are 100 named selections"):
        names.keep("one more", SOME)
    assert len(names.keep("n5", SOME).kept) == MOST
    with pytest.raises(MessageError, match="Nothing is selected"):
        Names().keep("a", Selection())
    with pytest.raises(MessageError, match="none yet"):
        Names().mark("a", True)
    for bad in ("", "x" * 61, "a\0b"):
        with pytest.raises(MessageError, match="printable"):
            clean(bad)
    assert clean(" left \n half ") == "left half"
