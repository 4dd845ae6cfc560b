"""Apply: the state of a session after one more entry. Live editing and every reader of the log go through it."""

from typing import assert_never

import numpy as np

from murmuration.errors import MessageError
from murmuration.selection.recipe import parse_recipe
from murmuration.selection.selection import Selection
from murmuration.selection.stroke import Stroke, stroke
from session import view as views
from session.entry import Entry
from session.names import clean
from session.state import SessionState
from streaming import messages
from streaming.matrix import matrix


def apply(state: SessionState, entry: Entry) -> SessionState:  # noqa: C901 - one case a message
    """The state after an entry; ``state`` itself stays as it is.

    Raises MessageError or StrokeError for a change that cannot be made: then there is no other state.
    """
    message = entry.message
    match message:
        case messages.Stroke():
            return _drawn(state, entry, lasso(message))
        case messages.Clear():
            return state.cleared()
        case messages.Undo():
            return state.undone()
        case messages.Redo():
            return state.redone()
        case messages.Recall():
            return state.recalled(message.name, message.operation)
        case messages.Open():
            return _opened(state, entry, message)
        case messages.Name():
            return state.named(clean(message.name))
        case messages.Forget():
            return state.forgot(message.name)
        case messages.Mark():
            return state.marked(message.name, message.on)
        case messages.View():
            return state.looked(entry.pane, views.from_message(message))
        case messages.Record():
            return state.recorded(message.on, entry.name)
        case _:
            assert_never(message)


def _opened(state: SessionState, entry: Entry, message: messages.Open) -> SessionState:
    if entry.rows is None:
        raise MessageError("open: expected the rows of the recipe, got none")
    return state.opened(Selection(entry.rows, parse_recipe(message.recipe.encode())))


def lasso(message: messages.Stroke) -> Stroke:
    """The lasso of a message. Raises MessageError or StrokeError for one that encloses nothing well defined."""
    if any(len(vertex) != 2 for vertex in message.polygon):
        raise MessageError("stroke: expected vertices of two numbers each, x and y")
    polygon = np.reshape(message.polygon, (-1, 2))
    return stroke(polygon, matrix("stroke", message.matrix), message.operation)


def _drawn(state: SessionState, entry: Entry, drawn: Stroke) -> SessionState:
    if entry.rows is None:
        raise MessageError("stroke: expected the rows that it encloses, got none")
    if entry.pane not in state.panes:
        raise MessageError(f"stroke: expected a pane with a view, got {entry.pane}")
    basis = {} if entry.basis is None else {"basis": entry.basis.to_json()}  # format 1 of the log had none
    step = {"stroke": drawn.recipe(), **views.to_data(state.panes[entry.pane].view), **basis}
    return state.drawn(entry.rows, drawn.operation, step)
