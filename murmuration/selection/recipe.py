"""Recipe: the operations that made a selection, as JSON-ready data from which its rows can be computed again.

A recipe is a list of steps, oldest first. Rows depend on the curves, on the number of primes, on the view (projection,
classes, conductor window) and on the stroke, so each step of a stroke holds all four:

    {"stroke": {"polygon": [[x, y], ...], "matrix": 4 rows of 4, "operation": "add"},
     "projection": "pc1,pc2,pc3", "classes": "rank", "conductor": [7500, 10000],
     "basis": {"curves": SHA-256, "primes": 1000, "snapshot": 0}}

and a recalled selection holds the recipe it had when it was recalled:

    {"recall": "its name", "operation": "subtract", "recipe": [steps]}

Operations are those of :mod:`murmuration.selection.stroke`. Files carry a recipe in the schema metadata of Parquet and
Arrow under the key ``murmuration``, as JSON with the field ``recipe``.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, get_args

import pyarrow as pa
import pyarrow.parquet

from murmuration.cloud import Cloud, cloud
from murmuration.errors import MurmurationError, RecipeError
from murmuration.primes import MOST as MOST_PRIMES
from murmuration.projection import project
from murmuration.selection.selection import MOST_STEPS, Selection
from murmuration.selection.stroke import Operation, resolve, stroke
from murmuration.table import CurveTable
from murmuration.traces import FirstPrimes, TraceParts

MOST_BYTES = 64 << 20
"""The largest JSON text that is read as a recipe: 100 strokes of 10,000 vertices take 40 MB."""

_VIEW = ("projection", "classes", "conductor")

Step = Mapping[str, Any]


@dataclass(frozen=True)
class Basis:
    """The data under a stroke.

    curves: SHA-256 of the curves in row order (:attr:`CurveTable.digest`).  primes: how many primes the traces have.
    snapshot: the number of the snapshot in its store, for people; 0 for a data set read from a file.
    """

    curves: str
    primes: int
    snapshot: int = 0

    @classmethod
    def of(cls, table: CurveTable, traces: TraceParts, snapshot: int = 0) -> "Basis":
        """The basis of a stroke over these curves and traces."""
        return cls(table.digest, len(traces.primes), snapshot)

    def to_json(self) -> dict[str, Any]:
        """The basis as JSON-ready data, the part of a step that names the data."""
        return asdict(self)


def replay(recipe: Sequence[Step], table: CurveTable, traces: TraceParts) -> Selection:
    """The selection that a recipe makes, computed from the curves and traces.

    The traces have as many primes as the recipe's strokes; where strokes differ in that, since a session went on with
    more or fewer primes, as many as the largest, and the others use the first of them.
    Raises RecipeError for data that is no recipe, and for a recipe of other curves or another number of primes, with
    the difference in its message. Projections are made once for each view, however many strokes were drawn on it.
    """
    steps = checked(recipe)
    here, most = Basis.of(table, traces), primes_of(steps)
    for number, step in enumerate(_strokes(steps), 1):
        _comparable(step["basis"], here, most, table, number)
    clouds: dict[str, Cloud] = {}

    def shown(step: Step) -> Cloud:
        primes = step["basis"]["primes"]
        key = json.dumps([primes, *(step[name] for name in _VIEW)])
        if key not in clouds:
            low, high = step["conductor"]
            some = traces if primes == here.primes else FirstPrimes(traces, primes)
            clouds[key] = cloud(project(table, some, step["projection"], (low, high), step["classes"]), step["classes"])
        return clouds[key]

    try:
        return _made(steps, shown)
    except RecipeError:
        raise
    except MurmurationError as error:
        raise RecipeError(f"The recipe cannot be replayed on {table.name}: {error}") from None


def _made(steps: Sequence[Step], shown: Callable[[Step], Cloud]) -> Selection:
    made = Selection()
    for step in steps:
        if "recall" in step:
            made = made.combine(_made(step["recipe"], shown).rows, step["operation"], dict(step))
        else:
            drawn = step["stroke"]
            one = stroke(drawn["polygon"], drawn["matrix"], drawn["operation"])
            made = made.combine(resolve(one, shown(step)), one.operation, dict(step))
    return made


def primes_of(recipe: Sequence[Step]) -> int:
    """The number of primes a recipe was drawn with, its largest where they differ; 1 for a recipe without strokes."""
    return max((step["basis"]["primes"] for step in _strokes(checked(recipe))), default=1)


def _comparable(basis: Mapping[str, Any], here: Basis, most: int, table: CurveTable, number: int) -> None:
    if basis["curves"] != here.curves:
        raise RecipeError(
            f"Stroke {number} of the recipe was drawn on other curves (SHA-256 {basis['curves'][:12]}...) than "
            f"{table.name} ({here.curves[:12]}...): open the data set or snapshot it was made from"
        )
    if most != here.primes and basis["primes"] == most:
        raise RecipeError(
            f"Stroke {number} of the recipe was drawn with {basis['primes']:,} primes, {table.name} has "
            f"{here.primes:,} here: use --primes {basis['primes']}"
        )


def _strokes(steps: Iterable[Step]) -> Iterator[Step]:
    """The strokes of a recipe, those of recalled selections included, in order."""
    for step in steps:
        if "recall" in step:
            yield from _strokes(step["recipe"])
        else:
            yield step


# ---- checking and reading ------------------------------------------------------------------------------------------


def checked(recipe: object) -> tuple[dict[str, Any], ...]:
    """A recipe whose every field is there and of its type. Raises RecipeError with the first that is not."""
    budget = iter(range(MOST_STEPS))
    return tuple(_step(each, budget) for each in _list(recipe, "recipe"))


def _step(step: object, budget: Iterator[int]) -> dict[str, Any]:
    if next(budget, None) is None:
        raise RecipeError(f"expected a recipe of at most {MOST_STEPS} steps, got more")
    if not isinstance(step, Mapping):
        raise RecipeError(f"expected each step of a recipe to be an object, got {_short(step)}")
    if "recall" in step:
        inner = [_step(each, budget) for each in _list(_field(step, "recipe"), "recipe")]
        return {"recall": _text(step, "recall"), "operation": _operation(step), "recipe": inner}
    drawn = _field(step, "stroke")
    if not isinstance(drawn, Mapping):
        raise RecipeError(f"expected stroke to be an object with polygon, matrix and operation, got {_short(drawn)}")
    window = _list(_field(step, "conductor"), "conductor")
    if len(window) != 2 or not all(type(each) is int for each in window):
        raise RecipeError(f"expected conductor to be two whole numbers, got {_short(window)}")
    if "basis" not in step:
        raise RecipeError(
            "The recipe names neither the curves nor the primes of its strokes (it was written by version 0.1.0): "
            "its rows can be read from the file, but not computed again"
        )
    return {
        "stroke": {
            "polygon": _field(drawn, "polygon"),
            "matrix": _field(drawn, "matrix"),
            "operation": _operation(drawn),
        },
        "projection": _text(step, "projection"),
        "classes": _text(step, "classes"),
        "conductor": list(window),
        "basis": _basis(step["basis"]),
    }


def _basis(basis: object) -> dict[str, Any]:
    if not isinstance(basis, Mapping):
        raise RecipeError(f"expected basis to be an object with curves and primes, got {_short(basis)}")
    primes, snapshot = _field(basis, "primes"), basis.get("snapshot", 0)
    if type(primes) is not int or not 1 <= primes <= MOST_PRIMES or type(snapshot) is not int:
        raise RecipeError(f"expected basis to hold whole numbers of primes and snapshot, got {_short(dict(basis))}")
    return Basis(_text(basis, "curves"), primes, snapshot).to_json()


def _operation(step: Mapping[str, Any]) -> Operation:
    operation: Operation = _field(step, "operation")
    if operation not in (known := get_args(Operation)):
        raise RecipeError(f"expected an operation {', '.join(known)}; got {_short(operation)}")
    return operation


def _text(step: Mapping[str, Any], name: str) -> str:
    value = _field(step, name)
    if not isinstance(value, str):
        raise RecipeError(f"expected {name} to be text, got {_short(value)}")
    return value


def _list(value: object, name: str) -> list[Any]:
    if not isinstance(value, (list, tuple)):
        raise RecipeError(f"expected {name} to be a list, got {_short(value)}")
    return list(value)


def _field(step: Mapping[str, Any], name: str) -> Any:
    if name not in step:
        raise RecipeError(f"expected the field {name} in a step of a recipe, got {_short(sorted(map(str, step)))}")
    return step[name]


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


def read_recipe(path: str | Path) -> tuple[dict[str, Any], ...]:
    """The recipe of a downloaded selection: Parquet or Arrow (from the schema's metadata), or JSON.

    JSON is the list of steps, or an object with it as ``recipe``. Raises RecipeError for any other file.
    """
    path = Path(path)
    try:
        with pa.memory_map(str(path)) as file:
            head = file.read(6)
            file.seek(0)
            embedded = head[:4] == b"PAR1" or head == b"ARROW1"
            return parse_recipe(_metadata(file, head) if embedded else file.read(MOST_BYTES + 1))
    except OSError as error:
        raise RecipeError(f"{path}: {error.strerror or error}") from None
    except RecipeError as error:
        raise RecipeError(f"{path}: {error}") from None


def parse_recipe(data: bytes) -> tuple[dict[str, Any], ...]:
    """The recipe in JSON text: the list of steps, or an object with it as ``recipe``. Raises RecipeError otherwise."""
    if len(data) > MOST_BYTES:
        raise RecipeError(f"expected a recipe of at most {MOST_BYTES:,} bytes, got more")
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise RecipeError(
            f"expected a selection downloaded as Parquet or Arrow, or its recipe as JSON; got neither ({error})"
        ) from None
    if isinstance(found, dict):
        found = found.get("recipe")
    return checked(found)


def _metadata(file: pa.NativeFile, head: bytes) -> bytes:
    """The JSON text beside the schema of a Parquet or Arrow file."""
    try:
        schema = pa.ipc.open_file(file).schema if head == b"ARROW1" else pa.parquet.read_schema(file)
    except (pa.ArrowException, OSError) as error:
        raise RecipeError(f"expected a whole Parquet or Arrow file, got one that cannot be read ({error})") from None
    found: bytes | None = (schema.metadata or {}).get(b"murmuration")
    if found is None:
        raise RecipeError("The file holds no recipe: download the selection again as Parquet or Arrow")
    return found
