"""Recipe: a computation as plain data, by which it can be repeated anywhere."""

import json
from dataclasses import asdict, dataclass
from typing import Any

from murmuration.computation.fold import Parameters
from murmuration.errors import RecipeError
from murmuration.store import SnapshotView


@dataclass(frozen=True)
class Recipe:
    """Equal recipes give equal integers.

    name, parameters: of the computation, as :func:`murmuration.computation.registry.begin` takes them.
    snapshot:         SHA-256 of the snapshot's manifest, hexadecimal: :attr:`murmuration.store.SnapshotView.digest`.
    rows:             from the first to before the second.
    """

    name: str
    parameters: dict[str, Any]
    snapshot: str
    rows: tuple[int, int]

    def to_json(self) -> str:
        """Canonical JSON."""
        return json.dumps(asdict(self), sort_keys=True)

    @staticmethod
    def from_json(text: str) -> "Recipe":
        """The inverse of :meth:`to_json`. Raises RecipeError for anything else."""
        try:
            fields = json.loads(text)
            start, stop = fields.pop("rows")
            return Recipe(**fields, rows=(int(start), int(stop)))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise RecipeError(f"expected the recipe of a computation as JSON, got {text[:60]!r} ({error})") from None

    def check(self, view: SnapshotView) -> None:
        """Raises RecipeError unless the view is of the recipe's snapshot and holds its rows."""
        if view.digest != self.snapshot:
            raise RecipeError(f"expected the snapshot {self.snapshot[:16]}, got {view.digest[:16]} (snapshot "
                              f"{view.snapshot.number} of {view.name}): open the store it was made from")  # fmt: skip
        if not 0 <= self.rows[0] <= self.rows[1] <= len(view):
            raise RecipeError(f"expected rows between 0 and {len(view):,}, got {self.rows[0]:,} to {self.rows[1]:,}")


def recipe_of(view: SnapshotView, name: str, parameters: Parameters, rows: tuple[int, int] | None = None) -> Recipe:
    """A recipe over rows of a view, all by default."""
    return Recipe(name, dict(parameters), view.digest, rows or (0, len(view)))
