"""SessionState: the shared state of a session, which its log restores, and every change of it.

A state never changes: each change gives another one, or raises MessageError. :func:`session.apply.apply` is their only
caller, live and on replay, so a restored session equals the one before the crash.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pyroaring import FrozenBitMap

from murmuration.selection.selection import Selection
from murmuration.selection.stroke import Operation
from murmuration.types import UInt32s
from session.history import History, Step
from session.names import Names
from session.view import View

_DID = {"replace": "", "add": " added", "subtract": " taken away", "intersect": " intersected"}


@dataclass(frozen=True)
class PaneView:
    """The view of a pane, and the epoch in which it was first shown."""

    epoch: int
    view: View


@dataclass(frozen=True)
class SessionState:
    """One selection, the named ones and the history for all panes; the view of each pane.

    version: grows with every change of the selection.  naming: grows with every change of the named selections.
    epoch: the highest of any pane.  recording: the name of the member that began the current recording, or None.
    """

    version: int = 0
    naming: int = 0
    epoch: int = 0
    selection: Selection = field(default_factory=Selection)
    names: Names = field(default_factory=Names)
    history: History = field(default_factory=History)
    panes: Mapping[int, PaneView] = field(default_factory=dict)
    recording: str | None = None

    # ---- the selection -----------------------------------------------------------------------------------------------

    def drawn(self, rows: UInt32s | FrozenBitMap, operation: Operation, step: dict[str, Any]) -> "SessionState":
        """After a stroke that encloses ``rows``; ``step`` is its step of the recipe."""
        return self._select(f"lasso{_DID[operation]}", self.selection.combine(rows, operation, step))

    def recalled(self, name: str, operation: Operation) -> "SessionState":
        """After a named selection was combined with the current one."""
        named = self.names.find(name)
        step: dict[str, Any] = {"recall": name, "operation": operation, "recipe": list(named.recipe)}
        return self._select(f"recall {name}{_DID[operation]}", self.selection.combine(named.rows, operation, step))

    def opened(self, selection: Selection) -> "SessionState":
        """With a downloaded selection, computed again from its recipe."""
        return self._select("open", selection)

    def cleared(self) -> "SessionState":
        """With nothing selected."""
        return self._select("clear", Selection())

    def _select(self, what: str, selection: Selection) -> "SessionState":
        words = what if what == "clear" else f"{what}, {curves(len(selection))}"
        history = self.history.did(words, self.selection, self.names)
        return replace(self, version=self.version + 1, selection=selection, history=history)

    # ---- named selections --------------------------------------------------------------------------------------------

    def named(self, name: str) -> "SessionState":
        """With the current selection under a name."""
        return self._name(f"name {name}", self.names.keep(name, self.selection))

    def forgot(self, name: str) -> "SessionState":
        """Without a named selection."""
        return self._name(f"forget {name}", self.names.forget(name))

    def marked(self, name: str, on: bool) -> "SessionState":
        """With a named selection shown in its colour, or hidden. It is no step of the history."""
        names = self.names.mark(name, on)
        return self if names is self.names else replace(self, naming=self.naming + 1, names=names)

    def _name(self, words: str, names: Names) -> "SessionState":
        history = self.history.did(words, self.selection, self.names)
        return replace(self, naming=self.naming + 1, names=names, history=history)

    # ---- undo and redo -----------------------------------------------------------------------------------------------

    def undone(self) -> "SessionState":
        """The state before the newest step. Raises MessageError when there is none."""
        return self._go(*self.history.back(self.selection, self.names))

    def redone(self) -> "SessionState":
        """The state after the step that was undone last. Raises MessageError when there is none."""
        return self._go(*self.history.forth(self.selection, self.names))

    def _go(self, step: Step, history: History) -> "SessionState":
        names = step.names.shown_as(self.names)
        if names == self.names:
            names = self.names
        return replace(
            self,
            version=self.version + (step.selection is not self.selection),
            naming=self.naming + (names is not self.names),
            selection=step.selection,
            names=names,
            history=history,
        )

    # ---- views and recording -----------------------------------------------------------------------------------------

    def looked(self, pane: int, view: View) -> "SessionState":
        """With another view in a pane, in a new epoch higher than that of any pane."""
        epoch = self.epoch + 1
        return replace(self, epoch=epoch, panes={**self.panes, pane: PaneView(epoch, view)})

    def recorded(self, on: bool, by: str) -> "SessionState":
        """With a recording begun or ended."""
        return replace(self, recording=by if on else None)


def curves(count: int) -> str:
    """A number of curves in words."""
    return f"{count:,} curve" + ("" if count == 1 else "s")
