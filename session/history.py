"""History: the undo and redo stacks of a session.

Every change of the selection and of the named selections is a step, whichever member made it. A step holds the state
before it. Selections never change, so a step costs only its difference from the next, and undo computes nothing.
"""

from dataclasses import dataclass, replace

from murmuration.errors import MessageError
from murmuration.selection.selection import Selection
from session.names import Names

MOST = 200
"""Steps of the undo stack."""

BYTES = 64 << 20
"""Of all selections that the steps hold beside the newest; with millions of curves fewer steps than MOST are kept."""


@dataclass(frozen=True)
class Step:
    """A change in a few words, with the state before it on the undo stack, after it on the redo stack."""

    words: str
    selection: Selection
    names: Names


@dataclass(frozen=True)
class History:
    """The undo stack (``past``) and the redo stack (``future``), the next step last."""

    past: tuple[Step, ...] = ()
    future: tuple[Step, ...] = ()

    @property
    def undo(self) -> str:
        """The change that undo would revert, in words; empty when there is none."""
        return self.past[-1].words if self.past else ""

    @property
    def redo(self) -> str:
        """The change that redo would make again, in words; empty when there is none."""
        return self.future[-1].words if self.future else ""

    def did(self, words: str, selection: Selection, names: Names) -> "History":
        """The history after a change, given the state before it. The redo stack is emptied."""
        return History(_bounded((*self.past, Step(words, selection, names))))

    def back(self, selection: Selection, names: Names) -> tuple[Step, "History"]:
        """The step to return to, and the history there. Raises MessageError for an empty undo stack."""
        if not self.past:
            raise MessageError("Nothing to undo.")
        step = self.past[-1]
        return step, History(self.past[:-1], (*self.future, replace(step, selection=selection, names=names)))

    def forth(self, selection: Selection, names: Names) -> tuple[Step, "History"]:
        """The step to go to, and the history there. Raises MessageError for an empty redo stack."""
        if not self.future:
            raise MessageError("Nothing to redo.")
        step = self.future[-1]
        return step, History((*self.past, replace(step, selection=selection, names=names)), self.future[:-1])


def _bounded(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """The newest steps that fit the bounds. A selection that several steps hold counts once."""
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
    """The approximate size in bytes: roaring bitmaps need at most two a row, or an eighth of the range."""
    rows = selection.rows
    return min(2 * len(rows), (rows.max() >> 3) + 1) + 16 if len(rows) else 16
