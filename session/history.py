"""History: what of a session can be taken back, and made again.

What can be taken back is any change of the selection and of the named ones, whoever made it. Each step holds what was
before it, as it stood: selections never change, so a step costs what differs from the next and nothing is computed.
"""

from dataclasses import dataclass, replace

from murmuration.errors import MessageError
from murmuration.selection.selection import Selection
from session.names import Names

MOST = 200
"""Steps that can be taken back."""

BYTES = 64 << 20
"""Of all selections that the steps hold beside the newest: with millions of curves fewer steps are kept than MOST."""


@dataclass(frozen=True)
class Step:
    """One change in a few words, and the state on its other side: before it in the past, after it in the future."""

    words: str
    selection: Selection
    names: Names


@dataclass(frozen=True)
class History:
    """The steps that undo and redo would go, the next one last."""

    past: tuple[Step, ...] = ()
    future: tuple[Step, ...] = ()

    @property
    def undo(self) -> str:
        """What would be taken back, or nothing."""
        return self.past[-1].words if self.past else ""

    @property
    def redo(self) -> str:
        """What would be made again, or nothing."""
        return self.future[-1].words if self.future else ""

    def did(self, words: str, selection: Selection, names: Names) -> "History":
        """After a change, of which the state before is given. What had been taken back is gone."""
        return History(_bounded((*self.past, Step(words, selection, names))))

    def back(self, selection: Selection, names: Names) -> tuple[Step, "History"]:
        """The step to return to, and the history there; the present is given. Raises MessageError without a past."""
        if not self.past:
            raise MessageError("expected a change to take back, but there is none")
        step = self.past[-1]
        return step, History(self.past[:-1], (*self.future, replace(step, selection=selection, names=names)))

    def forth(self, selection: Selection, names: Names) -> tuple[Step, "History"]:
        """The step to go to, and the history there. Raises MessageError when nothing was taken back."""
        if not self.future:
            raise MessageError("expected a change to make again, but none was taken back")
        step = self.future[-1]
        return step, History((*self.past, replace(step, selection=selection, names=names)), self.future[:-1])


def _bounded(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """The newest steps that fit the bounds. What several hold is counted once: it is one object."""
    seen: set[int] = set()
    size, first = 0, len(steps)
    while first > max(0, len(steps) - MOST):
        held = [steps[first - 1].selection, *(one.selection for one in steps[first - 1].names.kept.values())]
        new = {id(each): each for each in held if id(each) not in seen}
        size += sum(_size(each) for each in new.values())
        if size > BYTES and first < len(steps):
            break
        seen |= new.keys()
        first -= 1
    return steps[first:]


def _size(selection: Selection) -> int:
    """Bytes that a selection takes, about: roaring bitmaps need at most two a row, or an eighth of the range."""
    rows = selection.rows
    return min(2 * len(rows), (rows.max() >> 3) + 1) + 16 if len(rows) else 16
