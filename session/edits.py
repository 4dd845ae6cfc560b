"""Edits: what a message changes of what is shared, and what the log says of it.

Strokes, views and recordings need more than a message and are the session's own.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from session.names import clean
from session.state import SessionState
from streaming import messages


@dataclass(frozen=True)
class Edit:
    """do, fields: the line of the log.  id: the client's number for it, or 0.  change: what becomes of what is shared.

    ``change`` raises MessageError or StrokeError when it cannot be made.
    """

    do: str
    id: int
    change: Callable[[SessionState], SessionState]
    fields: dict[str, Any] = field(default_factory=dict)


def edit(message: messages.ClientMessage) -> Edit:
    """The change that a message asks for. Raises MessageError for a name that cannot be shown."""
    match message:
        case messages.Clear(id):
            return Edit("clear", id, SessionState.cleared)
        case messages.Undo(id):
            return Edit("undo", id, SessionState.undone)
        case messages.Redo(id):
            return Edit("redo", id, SessionState.redone)
        case messages.Recall(id, name, how):
            return Edit("recall", id, lambda s: s.recalled(name, how), {"of": name, "operation": how})
        case messages.Name(name):
            kept = clean(name)
            return Edit("name", 0, lambda s: s.named(kept), {"of": kept})
        case messages.Forget(name):
            return Edit("forget", 0, lambda s: s.forgot(name), {"of": name})
        case messages.Mark(name, on):
            return Edit("mark", 0, lambda s: s.marked(name, on), {"of": name, "on": on})
        case _:
            raise AssertionError(f"{type(message).__name__} is no edit")
