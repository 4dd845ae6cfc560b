"""Checkpoint: the whole state of a session, undo stack included, as the line that opens a file of the log."""

from typing import Any

from murmuration.selection.selection import Selection
from session import view as views
from session.entry import Line, pack, unpack
from session.history import History, Step
from session.names import NamedSelection, Names
from session.state import PaneView, SessionState


def to_data(state: SessionState) -> Line:
    """A state as JSON-ready data. Each selection, and each step of a recipe, stands in it once."""
    steps: dict[int, int] = {}
    selections: dict[int, int] = {}
    out: Line = {"steps": [], "selections": []}

    def place(one: Selection) -> int:
        if id(one) not in selections:
            for each in one.recipe:
                if id(each) not in steps:
                    steps[id(each)] = len(out["steps"])
                    out["steps"].append(each)
            selections[id(one)] = len(out["selections"])
            out["selections"].append({"rows": pack(one.rows), "recipe": [steps[id(each)] for each in one.recipe]})
        return selections[id(one)]

    def names(of: Names) -> list[Any]:
        return [[name, place(one.selection), one.colour, one.slot] for name, one in of.kept.items()]

    def way(of: tuple[Step, ...]) -> list[Any]:
        return [[each.words, place(each.selection), names(each.names)] for each in of]

    return {
        "version": state.version,
        "naming": state.naming,
        "epoch": state.epoch,
        "recording": state.recording,
        "panes": {str(pane): [shown.epoch, views.to_data(shown.view)] for pane, shown in state.panes.items()},
        "selection": place(state.selection),
        "names": names(state.names),
        "past": way(state.history.past),
        "future": way(state.history.future),
        **out,
    }


def from_data(data: Line) -> SessionState:
    """The state of :func:`to_data`. Raises KeyError, IndexError, TypeError or ValueError for data of another form."""
    steps = data["steps"]
    selections = [
        Selection(unpack(one["rows"]), tuple(steps[each] for each in one["recipe"])) for one in data["selections"]
    ]

    def names(of: list[Any]) -> Names:
        return Names({name: NamedSelection(selections[at], colour, slot) for name, at, colour, slot in of})

    def way(of: list[Any]) -> tuple[Step, ...]:
        return tuple(Step(words, selections[at], names(kept)) for words, at, kept in of)

    return SessionState(
        version=data["version"],
        naming=data["naming"],
        epoch=data["epoch"],
        selection=selections[data["selection"]],
        names=names(data["names"]),
        history=History(way(data["past"]), way(data["future"])),
        panes={int(pane): PaneView(epoch, views.from_data(shown)) for pane, (epoch, shown) in data["panes"].items()},
        recording=data["recording"],
    )
