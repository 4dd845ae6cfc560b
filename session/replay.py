"""Replay: the state of a session from the lines of its log, and the whole state as the line that opens a file."""

from collections.abc import Iterable
from typing import Any

from murmuration.errors import MurmurationError, SessionError
from murmuration.selection.selection import Selection
from session import view as views
from session.apply import apply
from session.entry import Line, from_line, pack, unpack
from session.history import History, Step
from session.names import NamedSelection, Names
from session.state import PaneView, SessionState
from streaming import messages

NOTES = frozenset({"join", "leave", "introduce", "here", "viewpoint"})
"""Lines beside the entries: they tell of people and their movements, and change nothing of the state."""

_CHANGES = frozenset(kind.__name__.lower() for kind in messages.EDITING)


def replay(lines: Iterable[Line]) -> SessionState:
    """The state after the last of some lines, the first of which is a whole state. Raises SessionError for bad ones."""
    state = SessionState()
    for line in lines:
        state = step(state, line)
    return state


def step(state: SessionState, line: Line) -> SessionState:
    """The state after one more line. Raises SessionError for an unknown one, and one that does not follow from before.

    An unknown line is never skipped: it may be a change, and every later line may depend on it.
    """
    kind = _kind(line)
    try:
        if line["do"] == "state":
            return _unpacked(line["shared"])
        if line["do"] in NOTES:
            return state
        if line["do"] == "change" and kind in _CHANGES:
            return apply(state, from_line(line))
    except (KeyError, IndexError, TypeError, ValueError, MurmurationError) as error:
        raise SessionError(f"the session's log, seq {line['seq']}: expected a {kind} that follows from the lines "
                           f"before, got: {error}") from None  # fmt: skip
    raise SessionError(f"the session's log, seq {line['seq']}: expected a line of this version, got the unknown kind "
                       f"{kind[:40]!r}: open the session with the version that wrote it")  # fmt: skip


def _kind(line: Line) -> str:
    """The type of the message of an entry, the kind of any other line."""
    message = line.get("message")
    return str(message["type"]) if isinstance(message, dict) and "type" in message else str(line["do"])


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
