"""Names: the named selections of a session, their colours, and which of them are shown in their colours.

A Names never changes: each change gives another one, so that the history can hold earlier ones.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from murmuration.errors import MessageError
from murmuration.selection.selection import Selection
from streaming import messages

MOST = 100
LENGTH = 60

COLOURS = ("#ff3060", "#00ffb0", "#9000ff", "#ffd0ff", "#b060ff", "#906000", "#606090")
"""One for each slot. A search maximised the smallest difference, in normal vision and with each of the three kinds
of dichromacy simulated (Machado 2009): at least 11 (CIEDE2000) between any two of them, the first five class
colours, white, grey and the dark ground. Seven colours far from eight others allow no more."""


@dataclass(frozen=True)
class NamedSelection:
    """A named selection. ``slot`` is 1 to MOST_MARKS while it is shown, else 0."""

    selection: Selection
    colour: str
    slot: int = 0


@dataclass(frozen=True)
class Names:
    """Selections by name, in the order in which they were first named. The mapping is never written to."""

    kept: Mapping[str, NamedSelection] = field(default_factory=dict)

    def keep(self, name: str, selection: Selection) -> "Names":
        """With a named selection, in place of one of that name. Raises MessageError if it is empty or one too many."""
        if len(self.kept) >= MOST and name not in self.kept:
            raise MessageError(f"There are {MOST} named selections already: forget one first.")
        if not len(selection):
            raise MessageError("Nothing is selected: draw a lasso first.")
        before = self.kept.get(name)
        one = NamedSelection(selection, self._colour()) if before is None else replace(before, selection=selection)
        return Names({**self.kept, name: one})

    def find(self, name: str) -> Selection:
        """A named selection. Raises MessageError for an unknown name."""
        if name not in self.kept:
            have = ", ".join(self.kept) or "none yet"
            raise MessageError(f"expected the name of a selection ({have[:200]}), got {name[:80]!r}")
        return self.kept[name].selection

    def forget(self, name: str) -> "Names":
        """Without a named selection. Raises MessageError for an unknown name."""
        self.find(name)
        return Names({each: one for each, one in self.kept.items() if each != name})

    def mark(self, name: str, on: bool) -> "Names":
        """With a named selection shown or hidden. Raises MessageError for an unknown name and for one too many.

        A name keeps its colour while it exists, with one exception: when there are more names than colours, a selection
        that would be shown beside another of its colour takes a free one, since the two would look alike.
        """
        self.find(name)
        one = self.kept[name]
        if on == bool(one.slot):
            return self
        if not on:
            return Names({**self.kept, name: replace(one, slot=0)})
        shown = [each for each in self.kept.values() if each.slot]
        if len(shown) >= messages.MOST_MARKS:
            raise MessageError(f"{messages.MOST_MARKS} selections are shown already: hide one first.")
        slot = min(set(range(1, messages.MOST_MARKS + 1)) - {each.slot for each in shown})
        taken = {each.colour for each in shown}
        colour = one.colour if one.colour not in taken else next(each for each in COLOURS if each not in taken)
        return Names({**self.kept, name: replace(one, colour=colour, slot=slot)})

    def marks(self) -> dict[int, Selection]:
        """The selections that are shown, by slot."""
        return {one.slot: one.selection for one in self.kept.values() if one.slot}

    def shown_as(self, now: "Names") -> "Names":
        """The names of an earlier moment, shown as those of ``now``: undo reverts names, not their display.

        A restored name is shown again if it was shown then and its slot and colour are free.
        """
        taken = {one.slot for name, one in now.kept.items() if one.slot and name in self.kept}
        colours = {one.colour for name, one in now.kept.items() if one.slot and name in self.kept}

        def one(name: str, then: NamedSelection) -> NamedSelection:
            if name in now.kept:
                return replace(then, colour=now.kept[name].colour, slot=now.kept[name].slot)
            return replace(then, slot=0) if then.slot in taken or then.colour in colours else then

        return Names({name: one(name, then) for name, then in self.kept.items()})

    def message(self, version: int) -> messages.Selections:
        """All names with their exact counts."""
        items = [messages.Named(name, len(one.selection), one.colour, one.slot) for name, one in self.kept.items()]
        return messages.Selections(version, items)

    def _colour(self) -> str:
        """The colour that the fewest names have, the first of those."""
        used = [one.colour for one in self.kept.values()]
        return min(COLOURS, key=used.count)


def clean(name: str) -> str:
    """A name with single blanks, none at the ends. Raises MessageError for one that is too long or not printable."""
    words = " ".join(name.split())
    if not 0 < len(words) <= LENGTH or not words.isprintable():
        raise MessageError(f"expected a name of 1 to {LENGTH} printable characters, got {name[:80]!r}")
    return words
