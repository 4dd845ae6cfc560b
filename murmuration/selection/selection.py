"""Selection: a set of rows with the recipe that made it.

Rows are those of the curve table, so a selection outlives the projection in which it was drawn.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from pyroaring import FrozenBitMap

from murmuration.errors import StrokeError
from murmuration.selection.stroke import Operation
from murmuration.types import UInt32s

MOST_STEPS = 100
"""Strokes in a recipe, recalled ones included: a name recalled into itself doubles it every time."""


@dataclass(frozen=True)
class Selection:
    """rows: the table rows held, as a roaring bitmap.  recipe: its steps, oldest first, as JSON-ready data."""

    rows: FrozenBitMap = field(default_factory=FrozenBitMap)
    recipe: tuple[dict[str, Any], ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    def combine(self, rows: UInt32s | FrozenBitMap, operation: Operation, step: dict[str, Any]) -> "Selection":
        """A new selection; ``step`` is recorded. A replacement starts the recipe anew.

        Raises StrokeError when the recipe would outgrow MOST_STEPS, those of recalled selections included.
        """
        if operation != "replace" and _steps((*self.recipe, step)) > MOST_STEPS:
            raise StrokeError(f"expected at most {MOST_STEPS} strokes in one selection, got more: begin a new one")
        other = rows if isinstance(rows, FrozenBitMap) else FrozenBitMap(rows)
        if operation == "replace":
            return Selection(other, (step,))
        combined = {"add": self.rows | other, "subtract": self.rows - other, "intersect": self.rows & other}[operation]
        return Selection(FrozenBitMap(combined), (*self.recipe, step))

    def array(self) -> UInt32s:
        """The rows, uint32, ascending."""
        return np.asarray(self.rows.to_array(), dtype=np.uint32)


def _steps(recipe: Iterable[dict[str, Any]]) -> int:
    return sum(1 + _steps(step.get("recipe", ())) for step in recipe)
