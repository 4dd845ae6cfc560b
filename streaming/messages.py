"""Control messages: JSON text, one object a message, its kind in ``type``.

This file is their only definition. `python -m streaming.generate` writes the TypeScript types from these dataclasses
into ``client_webxr/src/protocol.gen.ts``; a test compares. Binary messages are in :mod:`streaming.frames`.

Matrices on the wire are 16 numbers in column-major order, as WebGL and three.js hold them.
"""

import json
import math
import types
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from murmuration.errors import MessageError

PROTOCOL = "murmuration.v1"
"""The WebSocket subprotocol: its number changes when an old client would misread a new server."""

MAX_TEXT = 1 << 20
"""Bytes of the longest text message a client may send."""

Operation = Literal["replace", "add", "subtract", "intersect"]

Compute = Literal["cpu", "gpu", "wireframe", "busy"]
"""How the server computes, in one word."""

# ---- from the client -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ack:
    """Every binary message up to and including ``seq`` has been taken in: the server may send more."""

    seq: int


@dataclass(frozen=True)
class Stroke:
    """A closed lasso as plain data: it can be resolved again against any cloud.

    ``polygon`` is the vertices in normalised device coordinates (x right, y up, -1..1 inside the picture), closed by
    itself. ``matrix`` is projection x view x model of the one viewpoint it was drawn from, taking the drawn integers
    (x, y, z, 1) to clip space. ``id`` is the client's own number for it; the answer repeats it.
    """

    id: int
    polygon: list[list[float]]
    matrix: list[float]
    operation: Operation


@dataclass(frozen=True)
class Clear:
    """Select nothing."""

    id: int


@dataclass(frozen=True)
class Describe:
    """Ask for the card of one row."""

    row: int


@dataclass(frozen=True)
class View:
    """Ask for another projection, other classes or another window; the answer is a new :class:`Scene`.

    ``conductor`` is the lowest and the highest conductor to show, both included.
    """

    projection: str
    classes: str
    conductor: list[int]


@dataclass(frozen=True)
class Name:
    """Keep the current selection under a name (an existing one is replaced)."""

    name: str


@dataclass(frozen=True)
class Recall:
    """Combine a named selection with the current one."""

    id: int
    name: str
    operation: Operation


@dataclass(frozen=True)
class Forget:
    """Drop a named selection."""

    name: str


# ---- from the server -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Axis:
    """One axis of the picture: its name, the data coordinates at its two ends, and how far to believe it.

    ``explained`` is the share of the variance (0..1) and ``eigenvalue`` that of the correlation matrix; both are null
    for an axis that is no principal component. ``signal`` is false for a component below the noise edge.
    """

    name: str
    low: float
    high: float
    explained: float | None
    eigenvalue: float | None
    signal: bool


@dataclass(frozen=True)
class ClassCount:
    """One class of the colouring: the value as text, and how many curves of the data set have it."""

    value: str
    count: int


@dataclass(frozen=True)
class Scene:
    """What is shown from now on. Frames of an older ``epoch`` are to be dropped.

    ``model`` takes the drawn integers (0..65535 an axis) into a cube of half-width 1 about the origin. ``classes`` are
    in the order of the class index in a point's fourth integer. ``levels`` is the number of points each level adds,
    ``strides[level][class]`` how many curves of that class one drawn point stands for after that level. ``rows`` counts
    the curves shown, those with a conductor in the window ``conductor``.
    """

    epoch: int
    dataset: str
    snapshot: str
    rows: int
    conductor: list[int]
    projection: str
    axes: list[Axis]
    noise_edge: float
    column: str
    columns: list[str]
    classes: list[ClassCount]
    model: list[float]
    levels: list[int]
    strides: list[list[int]]


@dataclass(frozen=True)
class Selected:
    """The exact answer to a stroke: over all rows, drawn or not.

    ``counts`` are by class, in the scene's order. ``id`` repeats the client's, or is 0 when someone else changed the
    selection. ``version`` grows with every change; mask and trace frames carry it.
    """

    id: int
    version: int
    count: int
    counts: list[int]
    milliseconds: float


@dataclass(frozen=True)
class Named:
    """A named selection and its exact count."""

    name: str
    count: int


@dataclass(frozen=True)
class Selections:
    """All named selections."""

    items: list[Named]


@dataclass(frozen=True)
class Card:
    """One curve. ``equation`` is for reading, ``ainvs`` for machines; ``url`` is its page in the LMFDB, or empty."""

    row: int
    label: str
    isogeny_class: str
    conductor: int
    rank: int
    root_number: int
    torsion: int
    ainvs: str
    equation: str
    url: str


@dataclass(frozen=True)
class State:
    """How the server computes, in one word and one sentence."""

    compute: Compute
    text: str


@dataclass(frozen=True)
class Refused:
    """Something the client asked for cannot be done. ``to`` is the type of its message, ``id`` its id or 0."""

    to: str
    id: int
    message: str


ClientMessage = Ack | Stroke | Clear | Describe | View | Name | Recall | Forget
ServerMessage = Scene | Selected | Selections | Card | State | Refused
PARTS = (Axis, ClassCount, Named)

_BY_TYPE: dict[str, type[Any]] = {kind.__name__.lower(): kind for kind in get_args(ClientMessage)}


def dumps(message: ServerMessage | ClientMessage) -> str:
    """One message as JSON text."""
    return json.dumps({"type": type(message).__name__.lower(), **asdict(message)}, separators=(",", ":"))


def loads(text: str) -> ClientMessage:
    """A client's text as a message. Raises MessageError with one line that says what was wrong."""
    if len(text) > MAX_TEXT:
        raise MessageError(f"expected a message of at most {MAX_TEXT:,} characters, got {len(text):,}")
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MessageError(f"expected one JSON object a message, got text that is no JSON ({error})") from None
    if not isinstance(data, dict):
        raise MessageError(f"expected one JSON object a message, got {_kind(data)}")
    name = data.pop("type", None)
    kind = _BY_TYPE.get(name) if isinstance(name, str) else None
    if kind is None:
        raise MessageError(f"expected a message of type {', '.join(_BY_TYPE)}; got {_short(name)}")
    hints = get_type_hints(kind)
    wanted = {field.name for field in fields(kind)}
    if wanted != data.keys():
        raise MessageError(f"{name}: expected the fields {', '.join(sorted(wanted))}; got {_short(sorted(data))}")
    for field, value in data.items():
        if not _fits(value, hints[field]):
            raise MessageError(f"{name}: expected {field} to be {_words(hints[field])}, got {_short(value)}")
    message: ClientMessage = kind(**data)
    return message


def _fits(value: object, hint: Any) -> bool:
    """Whether a JSON value is of a field's type. A bool is no number here, and a number is finite."""
    origin = get_origin(hint)
    if origin is Literal:
        return value in get_args(hint)
    if origin is list:
        (item,) = get_args(hint)
        return isinstance(value, list) and all(_fits(each, item) for each in value)
    if origin in (Union, types.UnionType):
        return any(_fits(value, each) for each in get_args(hint))
    if hint is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool) and _finite(value)
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53
    return isinstance(value, hint)


def _finite(value: int | float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _words(hint: Any) -> str:
    if get_origin(hint) is Literal:
        return "one of " + ", ".join(get_args(hint))
    if get_origin(hint) is list:
        return f"a list, each item {_words(get_args(hint)[0])}"
    return {int: "a whole number", float: "a finite number", str: "text"}.get(hint, str(hint))


def _kind(value: object) -> str:
    return {list: "a list", str: "text", bool: "a boolean", type(None): "null"}.get(type(value), "a number")


def _short(value: object, most: int = 80) -> str:
    text = json.dumps(value)
    return text if len(text) <= most else text[: most - 3] + "..."
