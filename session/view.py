"""View: the part of the data set that a pane shows, and by which axes and colours."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from murmuration.types import Window


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
