"""Selection: a set of rows with the recipe that made it.

Rows are those of the curve table, so a selection outlives the projection in which it was drawn.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from pyroaring import FrozenBitMap

from gestures.stroke import Operation
from murmuration.types import UInt32s


@dataclass(frozen=True)
class Selection:
    """rows: the table rows held, as a roaring bitmap.  recipe: what was done, oldest first, as JSON-ready data."""

    rows: FrozenBitMap = field(default_factory=FrozenBitMap)
    recipe: tuple[dict[str, Any], ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    def combine(self, rows: UInt32s | FrozenBitMap, operation: Operation, step: dict[str, Any]) -> "Selection":
        """A new selection; ``step`` is recorded. A replacement starts the recipe anew."""
        other = rows if isinstance(rows, FrozenBitMap) else FrozenBitMap(rows)
        if operation == "replace":
            return Selection(other, (step,))
        combined = {"add": self.rows | other, "subtract": self.rows - other, "intersect": self.rows & other}[operation]
        return Selection(FrozenBitMap(combined), (*self.recipe, step))

    def array(self) -> UInt32s:
        """The rows, uint32, ascending."""
        return np.asarray(self.rows.to_array(), dtype=np.uint32)
