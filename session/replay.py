"""Replay: what the lines of a session's log mean. Writing and reading stand side by side here.

Changes are logged as what was done, with the rows that a stroke resolved to, so that nothing is computed again and a
line stays small; the whole state, history included, opens each file. Rows are roaring bitmaps in base64.
"""

import base64
from collections.abc import Callable, Iterable
from typing import Any

from pyroaring import FrozenBitMap

from murmuration.errors import MurmurationError, SessionError
from murmuration.selection.selection import Selection
from session import view as views
from session.history import History, Step
from session.names import NamedSelection, Names
from session.state import PaneView, SessionState

Line = dict[str, Any]

_DOING: dict[str, Callable[[SessionState, Line], SessionState]] = {
    "stroke": lambda s, line: s.drawn(unpack(line["rows"]), line["step"]["stroke"]["operation"], line["step"]),
    "recall": lambda s, line: s.recalled(line["of"], line["operation"]),
    "clear": lambda s, line: s.cleared(),
    "undo": lambda s, line: s.undone(),
    "redo": lambda s, line: s.redone(),
    "name": lambda s, line: s.named(line["of"]),
    "forget": lambda s, line: s.forgot(line["of"]),
    "mark": lambda s, line: s.marked(line["of"], line["on"]),
    "view": lambda s, line: s.looked(line["pane"], views.from_data(line["view"])),
    "record": lambda s, line: s.recorded(line["on"], line["name"]),
}
"""How each line changes what is shared. Those not named here (join, leave, here, viewpoint) change nothing of it."""


def replay(lines: Iterable[Line]) -> SessionState:
    """What a session shared after its last line, the first of which is a state. Raises SessionError for bad ones."""
    shared = SessionState()
    for line in lines:
        shared = step(shared, line)
    return shared


def step(shared: SessionState, line: Line) -> SessionState:
    """What is shared after one more line. Raises SessionError for one that does not follow from those before."""
    try:
        if line["do"] == "state":
            return _unpacked(line["shared"])
        change = _DOING.get(line["do"])
        return shared if change is None else change(shared, line)
    except (KeyError, IndexError, TypeError, ValueError, MurmurationError) as error:
        raise SessionError(f"the session's log, seq {line.get('seq')}: expected a {line.get('do')} that follows from "
                           f"the lines before, got: {error}") from None  # fmt: skip


def pack(rows: FrozenBitMap) -> str:
    """Rows as text."""
    return base64.b64encode(rows.serialize()).decode()


def unpack(text: str) -> FrozenBitMap:
    """Rows from text. Raises ValueError for what is none."""
    return FrozenBitMap.deserialize(base64.b64decode(text, validate=True))


# ---- the whole state -------------------------------------------------------------------------------------------------


def state(shared: SessionState) -> Line:
    """All of it as JSON-ready data: each selection, and each step of a recipe, stands there once."""
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
        "version": shared.version,
        "naming": shared.naming,
        "epoch": shared.epoch,
        "recording": shared.recording,
        "panes": {str(pane): [shown.epoch, views.to_data(shown.view)] for pane, shown in shared.panes.items()},
        "selection": place(shared.selection),
        "names": names(shared.names),
        "past": way(shared.history.past),
        "future": way(shared.history.future),
        **out,
    }


def _unpacked(data: Line) -> SessionState:
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
