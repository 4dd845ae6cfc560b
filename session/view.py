"""View: the part of the data set that a pane shows, and by which axes and colours."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from murmuration.errors import MessageError
from murmuration.types import Window
from streaming import messages


@dataclass(frozen=True)
class View:
    """One to three axes, the column that colours, and the conductor window (both ends included)."""

    projection: str
    classes: str
    conductor: Window


def to_data(view: View) -> dict[str, Any]:
    """A view as JSON-ready data, as the session's log and the recipe of a selection hold it."""
    return {"projection": view.projection, "classes": view.classes, "conductor": list(view.conductor)}


def from_data(data: Mapping[str, Any]) -> View:
    """The view of :func:`to_data`. Raises KeyError, TypeError or ValueError for data of another form."""
    low, high = data["conductor"]
    return View(data["projection"], data["classes"], (int(low), int(high)))


def from_message(message: messages.View) -> View:
    """The view that a message asks for. Raises MessageError for a window that does not have two ends in order."""
    if len(message.conductor) != 2 or message.conductor[0] > message.conductor[1]:
        raise MessageError(f"view: expected the lowest and the highest conductor, got {message.conductor}")
    return View(message.projection, message.classes, (message.conductor[0], message.conductor[1]))


def to_message(view: View) -> messages.View:
    """The message that asks for a view."""
    return messages.View(view.projection, view.classes, list(view.conductor))
