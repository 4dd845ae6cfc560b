"""Control messages: JSON text, one object a message, its kind in ``type``.

This file is their only definition. `python -m streaming.generate` writes the TypeScript types from these dataclasses
into ``client_webxr/src/wire/protocol.gen.ts``; a test compares. Binary messages are in :mod:`streaming.frames`.

Matrices on the wire are 16 numbers in column-major order, as WebGL and three.js hold them.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, is_dataclass
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

from murmuration.errors import MessageError
from murmuration.projection.axis import Kind as AxisKind
from murmuration.selection.stroke import Operation
from streaming.strict import built, parse

PROTOCOL = "murmuration.v3"
"""The WebSocket subprotocol: its number changes when an old client would misread a new server."""

FREE = "free text"

FreeText = Annotated[str, FREE]
"""Text that a person made up. The log of a session holds it beside a salt and hashes only the commitment to it, so that
it can be removed from a log without breaking a chain of hashes."""


Kind = Literal["browser", "vr", "ar", "wireframe", "window", "script"]
"""The device of a member."""

LEAST_BUDGET, MOST_BUDGET = 20_000, 5_000_000
"""Points: bounds of the budget that a client may ask for. A budget of 0 asks for no points at all."""

Compute = Literal["cpu", "gpu", "wireframe", "busy", "failed"]
"""How the server computes."""

MOST_MARKS = 7
"""Named selections that can be shown in their colours at once, each a bit of a point's flags beside the selection's."""

# ---- from the client -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ack:
    """Every binary message up to and including ``seq`` has been taken in: the server may send more."""

    seq: int


@dataclass(frozen=True)
class Viewpoint:
    """The client's viewpoint and its budget of points: the server sends the points that add most to this picture.

    ``matrix`` is projection x view x model, from the drawn integers to clip space. ``budget`` is in points; the server
    keeps to it within LEAST_BUDGET and MOST_BUDGET (0: send no points, the wireframe is enough) and answers
    :class:`Granted`. A client that never says where it stands gets every point up to MOST_BUDGET, coarsest level first.
    """

    matrix: list[float]
    budget: int


@dataclass(frozen=True)
class Here:
    """Where this member's head and hands are: the heartbeat by which others see it. At most 20 a second count.

    Poses are 7 numbers, position (x, y, z) in the cube of half-width 1 that ``scene.model`` fills, then the quaternion
    (x, y, z, w). ``hands`` holds none, one or two. ``seq`` grows with each; an older one never replaces a newer.
    """

    seq: int
    kind: Kind
    head: list[float]
    hands: list[list[float]]


@dataclass(frozen=True)
class Introduce:
    """The name under which others see this member, 1 to 40 printable characters."""

    name: FreeText


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
class Undo:
    """Undo the newest change of the selection or of the named selections, of any member."""

    id: int


@dataclass(frozen=True)
class Redo:
    """Redo the change that was undone last."""

    id: int


@dataclass(frozen=True)
class Describe:
    """Ask for the card of one row."""

    row: int


@dataclass(frozen=True)
class View:
    """Ask for another projection, other classes or another window; the answer is a new :class:`Scene`.

    It changes this connection's pane for every client of that pane. ``conductor`` is the lowest and the highest
    conductor to show, both included.
    """

    projection: str
    classes: str
    conductor: list[int]


@dataclass(frozen=True)
class Name:
    """Keep the current selection under a name (an existing one is replaced)."""

    name: FreeText


@dataclass(frozen=True)
class Recall:
    """Combine a named selection with the current one."""

    id: int
    name: FreeText
    operation: Operation


@dataclass(frozen=True)
class Open:
    """Select the curves of a downloaded selection: the server computes them again from its recipe.

    ``recipe`` is JSON text, the list of steps that a downloaded selection holds. A recipe of other curves or of another
    number of primes is refused with the difference.
    """

    id: int
    recipe: FreeText


@dataclass(frozen=True)
class Forget:
    """Drop a named selection."""

    name: FreeText


@dataclass(frozen=True)
class Mark:
    """Show a named selection in its colour, for everybody, or show it no more. At most MOST_MARKS are shown at once."""

    name: FreeText
    on: bool


@dataclass(frozen=True)
class Against:
    """The axis of this client's plot of average traces: the prime p, or p/N (binned). Its trace frames follow."""

    axis: Literal["p", "ratio"]


@dataclass(frozen=True)
class Record:
    """Begin or end a recording: the stretch of the session's log that becomes a film."""

    on: bool


# ---- from the server -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Welcome:
    """The first message of a connection.

    ``id`` identifies this member to others; ``member`` is the secret by which a later connection resumes: it is sent
    as ``?member=`` with ``epoch`` of the last scene and ``seq`` of the last frame taken in. ``resumed`` says whether
    that was possible: then frames go on at ``seq`` + 1 and everything received before is still valid. Otherwise they
    begin at 1 and a scene comes first. ``colour`` is "#rrggbb". A ``viewer`` changes nothing that others see.
    """

    id: int
    member: str
    name: str
    colour: str
    scope: Literal["editor", "viewer"]
    resumed: bool


@dataclass(frozen=True)
class Granted:
    """How many points this client is sent at most: the answer to :class:`Viewpoint`.

    ``points`` is how many it holds once all that now waits for it has come: with those it has the best picture that its
    budget allows, even where no frame follows that could say so with ``last``.
    """

    budget: int
    points: int


@dataclass(frozen=True)
class Drop:
    """These chunks of the scene make room for others: forget their points. They may be sent again later."""

    chunks: list[int]


@dataclass(frozen=True)
class Person:
    """A connected person."""

    id: int
    name: str
    colour: str
    kind: Kind


@dataclass(frozen=True)
class People:
    """The connected people, oneself included. A person that is missing has left, or sent no heartbeat for 10 s."""

    items: list[Person]


@dataclass(frozen=True)
class Place:
    """The place of a person, as in :class:`Here`; ``seq`` is that member's own."""

    id: int
    seq: int
    head: list[float]
    hands: list[list[float]]


@dataclass(frozen=True)
class Moved:
    """The new places of the people that moved since the last such message, perhaps oneself among them."""

    items: list[Place]


@dataclass(frozen=True)
class Axis:
    """One axis of the picture: its name and kind, the data coordinates at its two ends, and how far to believe it.

    ``low`` and ``high`` are the coordinates at -1 and at 1 of the cube that :class:`Scene` describes. ``explained`` is
    the share of the variance (0..1) and ``eigenvalue`` that of the correlation matrix; both are null for kinds other
    than ``component`` and ``shape``. ``signal`` is false for one below the noise edge. ``accuracy`` is the share of
    curves (0..1) whose class a fitted axis names when they are held out of the fit, ``null_accuracy`` the same for
    shuffled classes; both are null for an axis that is not fitted to classes. ``note`` is a few words more for people,
    often empty.
    """

    name: str
    kind: AxisKind
    low: float
    high: float
    explained: float | None
    eigenvalue: float | None
    signal: bool
    accuracy: float | None
    null_accuracy: float | None
    note: str


@dataclass(frozen=True)
class ClassCount:
    """One class of the colouring: the value as text, and how many curves of the data set have it."""

    value: str
    count: int


@dataclass(frozen=True)
class Scene:
    """The scene from now on. Clients drop frames of an older ``epoch``.

    ``axes`` are one, two or three; the points of two lie in the plane z = 0, of one on the x axis. ``model`` takes the
    drawn integers (0..65535 an axis) into a cube of half-width 1 about the origin. ``classes`` are in the order of the
    class index in a point's fourth integer. ``levels`` is the number of points each level adds,
    ``strides[level][class]`` how many curves of that class one drawn point stands for after that level. ``rows`` counts
    the curves shown, those with a conductor in the window ``conductor``, less ``left_out`` at which an axis is not
    defined.
    """

    epoch: int
    pane: int
    dataset: str
    snapshot: str
    rows: int
    left_out: int
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
    selection. ``version`` grows with every change; mask and trace frames carry it. ``undo`` and ``redo`` name
    in a few words the change that :class:`Undo` and :class:`Redo` would make, and are empty when there is none.
    """

    id: int
    version: int
    count: int
    counts: list[int]
    milliseconds: float
    undo: str
    redo: str


@dataclass(frozen=True)
class Named:
    """A named selection, its exact count and its colour "#rrggbb".

    ``slot`` is 1 to MOST_MARKS while it is shown in its colour (see :class:`Mark`), else 0; masks carry it.
    """

    name: str
    count: int
    colour: str
    slot: int


@dataclass(frozen=True)
class Selections:
    """All named selections. ``version`` grows with every change; masks of slots 1 and up carry it."""

    version: int
    items: list[Named]


@dataclass(frozen=True)
class Card:
    """One curve. ``equation`` is for reading, ``ainvs`` for machines; ``url`` is its page in the LMFDB, or empty.

    Conductor, rank, root number and torsion are null where the data set does not know them.
    """

    row: int
    label: str
    isogeny_class: str
    conductor: int | None
    rank: int | None
    root_number: int | None
    torsion: int | None
    ainvs: str
    equation: str
    url: str


@dataclass(frozen=True)
class State:
    """How the server computes, in one word and one sentence.

    ``wireframe`` asks clients to draw the wireframe until another state comes: the rate of points cannot be kept.
    ``failed`` means that the data set is missing: the scene can still be explored, averages and other views cannot.
    """

    compute: Compute
    text: str


@dataclass(frozen=True)
class Recording:
    """Whether the session is being recorded, and the name of the member that began or ended it."""

    on: bool
    by: str


@dataclass(frozen=True)
class Refused:
    """Something the client asked for cannot be done. ``to`` is the type of its message, ``id`` its id or 0."""

    to: str
    id: int
    message: str


EditingMessage = Stroke | Clear | Undo | Redo | View | Name | Recall | Open | Forget | Mark | Record
"""A change of the shared state, which needs the editor's scope: the entries of a session's log hold these."""

LookingMessage = Ack | Viewpoint | Here | Introduce | Describe | Against
"""A message that changes nothing on which others must agree."""

ClientMessage = LookingMessage | EditingMessage
ServerMessage = (
    Welcome | Granted | Drop | People | Moved | Scene | Selected | Selections | Card | State | Recording | Refused
)
PARTS = (Person, Place, Axis, ClassCount, Named)

EDITING: tuple[type[Any], ...] = get_args(EditingMessage)

_BY_TYPE: dict[str, type[Any]] = {kind.__name__.lower(): kind for kind in get_args(ClientMessage)}


_FROM_SERVER: dict[str, type[Any]] = {kind.__name__.lower(): kind for kind in get_args(ServerMessage)}


def to_data(message: ServerMessage | ClientMessage) -> dict[str, Any]:
    """One message as JSON-ready data."""
    return {"type": type(message).__name__.lower(), **asdict(message)}


def from_data(data: Mapping[str, Any]) -> ClientMessage:
    """A client's message from JSON-ready data. Raises MessageError with one line that names the fault."""
    message: ClientMessage = built(data, _BY_TYPE)
    return message


def dumps(message: ServerMessage | ClientMessage) -> str:
    """One message as JSON text. Raises ValueError for a number that JSON does not have, which is a fault of ours."""
    return json.dumps(to_data(message), separators=(",", ":"), allow_nan=False)


def loads(text: str) -> ClientMessage:
    """A client's text as a message. Raises MessageError with one line that names the fault."""
    message: ClientMessage = parse(text, _BY_TYPE)
    return message


def heard(text: str) -> ServerMessage:
    """A server's text as a message. Fields that this version does not know are left out, as those of a newer server.

    Raises MessageError for text that is no message of the protocol, or that lacks a field.
    """
    try:
        data = json.loads(text)
        kind = _FROM_SERVER[data["type"]]
        message: ServerMessage = _nested(kind, data)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise MessageError(f"expected a message of {PROTOCOL}, got {text[:80]!r} ({error})") from None
    return message


def _nested(hint: Any, value: Any) -> Any:
    """A value of a field's type from JSON, where lists may hold dataclasses."""
    if is_dataclass(hint) and isinstance(hint, type):
        hints = get_type_hints(hint)
        return hint(**{each.name: _nested(hints[each.name], value[each.name]) for each in fields(hint)})
    if get_origin(hint) is list:
        return [_nested(get_args(hint)[0], each) for each in value]
    return value
