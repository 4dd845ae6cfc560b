"""Replay: the state of a session from the lines of its log."""

from collections.abc import Iterable

from murmuration.errors import MurmurationError, SessionError
from session import checkpoint
from session.apply import apply
from session.entry import Line, from_line
from session.state import SessionState
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
            return checkpoint.from_data(line["shared"])
        if line["do"] in NOTES:
            return state
        if line["do"] == "change" and kind in _CHANGES:
            return apply(state, from_line(line))
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, MurmurationError) as error:
        raise SessionError(f"the session's log, seq {line['seq']}: expected a {kind} that follows from the lines "
                           f"before, got: {error}") from None  # fmt: skip
    raise SessionError(f"the session's log, seq {line['seq']}: expected a line of this version, got the unknown kind "
                       f"{kind[:40]!r}: open the session with the version that wrote it")  # fmt: skip


def _kind(line: Line) -> str:
    """The type of the message of an entry, the kind of any other line."""
    message = line.get("message")
    return str(message["type"]) if isinstance(message, dict) and "type" in message else str(line["do"])
