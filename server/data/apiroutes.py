"""The HTTP interface as one table: every route, its parameters and every answer it may give.

:mod:`server.data.api` checks requests by this table and :mod:`server.data.apidoc` documents it at ``GET /api``, so the
two cannot differ.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from murmuration.errors import MessageError
from server import metrics
from server.data import download
from server.data.listing import LISTINGS
from server.door import codes
from server.scene.pane import PANES
from streaming import messages

Schema = Mapping[str, Any]
"""A JSON Schema of the dialect that OpenAPI 3.1 uses, 2020-12."""

TEXT: Mapping[str, Schema] = {"text/plain; charset=utf-8": {"type": "string", "pattern": "^[^\n]+\n?$"}}
"""One line of text: the expected and the given value, or a state, and the way out."""


@dataclass(frozen=True)
class Parameter:
    """A parameter of a query: its schema, its good values in words, and its purpose."""

    name: str
    schema: Schema
    words: str
    about: str

    def read(self, text: str) -> Any:
        """A text as the value it stands for. Raises MessageError for one that the schema does not allow."""
        value = _value(self.schema, text)
        if value is None:
            got = text if len(text) <= 60 else text[:57] + "..."
            raise MessageError(f"expected {self.name} to be {self.words}, got {got!r}")
        return value


@dataclass(frozen=True)
class Answer:
    """One status: when it comes, and its body by media type."""

    status: int
    about: str
    content: Mapping[str, Schema]
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Route:
    """One path and method.

    parameters: of the query.  body: the JSON schema of the request.  open: whether it answers without a token.
    """

    method: Literal["get", "post"]
    path: str
    summary: str
    about: str
    answers: tuple[Answer, ...]
    parameters: tuple[Parameter, ...] = ()
    body: Schema | None = None
    open: bool = False


def _value(schema: Schema, text: str) -> Any:
    match schema["type"]:
        case "boolean":
            return {"true": True, "false": False}.get(text)
        case "integer":
            number = int(text) if re.fullmatch("[0-9]{1,15}", text) else -1
            return number if schema["minimum"] <= number <= schema["maximum"] else None
        case "array":
            items = [_value(schema["items"], each) for each in text.split(",")]
            return tuple(items) if None not in items and len(items) == len(set(items)) else None
    if "enum" in schema:
        return text if text in schema["enum"] else None
    return text if text and re.fullmatch(schema.get("pattern", ".*"), text, re.DOTALL) else None


def _words(*values: str) -> Schema:
    return {"type": "string", "enum": list(values)}


# ---- the data ------------------------------------------------------------------------------------------------------

_COUNT = {"type": "integer", "minimum": 0, "maximum": 10**12}
_COLUMN = {"type": "string", "pattern": "^[0-9A-Za-z_]{1,20}$"}

OFFSET = Parameter("offset", _COUNT | {"default": 0}, "a whole number of 0 or more", "Rows to skip.")
LIMIT = Parameter("limit", _COUNT, "a whole number of 0 or more", "Rows to give at most; all without it.")
SORT = Parameter("sort", _COLUMN, "the name of a column",
                 "The column to sort by: unknown values come last, equal ones in the order of the rows.")  # fmt: skip
DESCENDING = Parameter("descending", {"type": "boolean", "default": False}, "true or false",
                       "Whether the largest comes first.")  # fmt: skip
COLUMNS = Parameter("columns", {"type": "array", "items": _COLUMN, "minItems": 1, "uniqueItems": True},
                    "names of columns, each once, as a,b,c",
                    "The columns to give, in this order; all without it.")  # fmt: skip
NAME = Parameter("name", {"type": "string", "minLength": 1}, "a name",
                 "A named selection; the current one without it.")  # fmt: skip
PRIMES = Parameter("primes", {"type": "string", "pattern": "^[0-9]{1,9}:[0-9]{1,9}$"}, "a range as 2:100",
                   "The least and the greatest prime to give, both included; all without it.")  # fmt: skip
PANE = Parameter("pane", {"type": "integer", "minimum": 0, "maximum": PANES - 1, "default": 0},
                 f"a whole number from 0 to {PANES - 1}", "The pane whose picture it is.")  # fmt: skip

TICKET = Parameter("ticket", {"type": "string", "pattern": "^[0-9A-Za-z_-]{1,64}$"}, "a ticket of POST /ticket",
                   "Where a client can send no header; not needed beside one.")  # fmt: skip

_PAGE = (OFFSET, LIMIT, SORT, DESCENDING, TICKET)

_WHAT = {
    "table": ("Every curve of the data set",
              "Columns: row, class (the isogeny class), label, conductor, rank, root_number, torsion, ainvs. An "
              "unknown value is null.", (*_PAGE, COLUMNS)),
    "traces": ("Traces of Frobenius of every curve",
               "Columns: row, label, and a2, a3, a5, ... with a_p at each prime p (bad primes: +1 split, -1 non-split, "
               "0 additive).", (*_PAGE, COLUMNS, PRIMES)),
    "selection": ("The selected curves",
                  "The columns of the table, ordered by row. Arrow and Parquet hold in the schema's metadata, under "
                  "murmuration, the recipe by which the selection was made.", (*_PAGE, COLUMNS, NAME)),
    "projection": ("The projection that is shown",
                   "Columns: row, label, the column that colours under its name, one to three coordinates (float64) "
                   "under the names of the axes, and the drawn integers x, y, z, class (uint16), as in points frames. "
                   "The schema's metadata hold the bounds and the model matrix.", (*_PAGE, COLUMNS, PANE)),
}  # fmt: skip
"""The downloads: summary, description, parameters."""

_SYSTEMS = {"sage": "SageMath", "gp": "PARI/GP", "m": "Magma", "txt": "anything that reads lines"}

_REFUSALS = (
    Answer(400, "A parameter is unknown, repeated or malformed, or the answer would be too large.", TEXT, {}),
    Answer(404, "No column, prime, named selection or picture of that name.", TEXT, {}),
    Answer(416, "The range lies beyond the end.", TEXT, {"Content-Range": "bytes */LENGTH"}),
    Answer(503, "The data are still being read, too many downloads are prepared at once, or the disk is full.", TEXT,
           {"Retry-After": "Seconds."}),
)  # fmt: skip
_TAG = {"ETag": "Names these very bytes: for If-None-Match, and for If-Range with Range.", "Accept-Ranges": "bytes"}


def _data(what: str, kind: str) -> Route:
    summary, about, parameters = _WHAT[what]
    media = download.media(kind)
    if kind in LISTINGS:
        summary, about = f"{summary}, for {_SYSTEMS[kind]}", "A list of pairs, the label and [a1, a2, a3, a4, a6]."
        about = "A label on each line." if kind == "txt" else about
        parameters = tuple(each for each in parameters if each is not COLUMNS)
    content: Mapping[str, Schema] = {media: {"type": "string"} if media.startswith("text/") else {}}
    answers = (
        Answer(200, "The file. Its length is stated when it is known before the end.", content, _TAG),
        Answer(206, "The range of bytes that was asked for.", content, _TAG | {"Content-Range": "bytes A-B/LENGTH"}),
        Answer(304, "If-None-Match names these bytes.", {}, _TAG),
        *_REFUSALS,
    )
    return Route("get", f"/api/{what}.{kind}", summary, about, answers, parameters)


DATA = {
    (what, kind): _data(what, kind)
    for what in _WHAT
    for kind in (*download.TABLES, *(LISTINGS if what == "selection" else ()))
}
"""The routes of downloads, by content and format."""

# ---- everything else -----------------------------------------------------------------------------------------------


def _sent(**properties: Schema) -> Schema:
    """The schema of a request: further properties are ignored."""
    return {"type": "object", "properties": properties, "required": list(properties)}


def _object(**properties: Schema) -> Schema:
    return {**_sent(**properties), "additionalProperties": False}


def _json(schema: Schema) -> Mapping[str, Schema]:
    return {"application/json; charset=utf-8": schema}


_GREETING = _object(protocol=_words(messages.PROTOCOL), scope=_words("editor", "viewer"))
_ENTERED = _object(protocol=_words(messages.PROTOCOL), scope=_words("editor", "viewer"), key={"type": "string"})
_LINK = _object(
    code={"type": "string"}, scope=_words("editor", "viewer"), seconds={"type": "integer"}, address={"type": "string"}
)
_READY = {"type": "object", "required": ["state"], "additionalProperties": False, "properties": {
    "state": _words("loading", "ready", "failed", "stopping"), "compute": {"type": "string"},
    "reason": {"type": "string"}}}  # fmt: skip
_COMPUTES = get_args(messages.Compute)

ANNOUNCED = (*(state for state in _COMPUTES if state != "failed"), "auto")
"""The compute states that can be set by hand; only the server itself reports a failure."""

DOCUMENT = Route(
    "get", "/api", "This description", "OpenAPI 3.1 as JSON; as a page where a browser asks for HTML.",
    (Answer(200, "The description.", {"application/json; charset=utf-8": {"type": "object"},
                                      "text/html; charset=utf-8": {"type": "string"}}, {}),
     Answer(400, "A parameter is unknown, repeated or malformed.", TEXT, {})),
    (Parameter("as", _words("json", "html"), "json or html", "Which of the two, whatever is accepted."),),
)  # fmt: skip

ROUTES = (
    DOCUMENT,
    *DATA.values(),
    Route("get", "/session", "The rights of the token",
          "For a browser whose socket was refused: it is not told the reason.",
          (Answer(200, "The protocol that /ws speaks, and the scope of the token.", _json(_GREETING), {}),)),
    Route("post", "/enter", "A code for a key", "For browsers: the page sends the code that its user typed.",
          (Answer(200, "The key: Murmuration-Key in later requests.", _json(_ENTERED), {}),
           Answer(400, "No JSON of that form.", TEXT, {}),
           Answer(408, "The code did not come in time.", TEXT, {})),
          body=_sent(code={"type": "string"}), open=True),
    Route("post", "/ticket", "A ticket for one address",
          "For a socket or a download, where no header can be sent: to be used within 30 s, once. Range requests that "
          "continue a download share its ticket.",
          (Answer(200, "The ticket: the query parameter of that name.", _json(_object(ticket={"type": "string"})), {}),
           Answer(400, "No JSON of that form, or a path that takes no ticket.", TEXT, {})),
          body=_sent(path={"type": "string", "pattern": "^/(ws|api(/.*)?)$"})),
    Route("post", "/link", "A code for others",
          "Lets any number of browsers in until it expires. Needs the editor's token.",
          (Answer(200, "The code, and the address of the page with it.", _json(_LINK), {}),
           Answer(400, "No JSON of that form.", TEXT, {})),
          body=_sent(scope=_words("editor", "viewer"),
                     seconds={"type": "integer", "minimum": 1, "maximum": codes.LONGEST})),
    Route("post", "/revoke", "Revoke every browser", "All have to enter a new code. Needs the editor's token.",
          (Answer(200, "The number of browsers revoked.", _json(_object(browsers=_COUNT)), {}),)),
    Route("post", "/state", "Announce a compute state",
          "Every client is told. wireframe asks clients to draw lines; auto returns to the measured state. "
          "Needs the editor's token.",
          (Answer(200, "The state that clients are told.",
                  _json(_object(compute=_words(*_COMPUTES), text={"type": "string"})), {}),
           Answer(400, "No JSON of that form.", TEXT, {})),
          body=_sent(compute=_words(*ANNOUNCED))),
    Route("get", "/healthz", "Whether the process answers", "For monitors.",
          (Answer(200, "It does.", _json(_object(state=_words("alive"))), {}),), open=True),
    Route("get", "/readyz", "Whether the server is ready", "With a token: the reason and the compute state, too.",
          (Answer(200, "The data are there.", _json(_READY), {}),
           Answer(503, "They are being read, a disk has failed, or the server ends.", _json(_READY), {})), open=True),
    Route("get", "/metrics", "Metrics for Prometheus", "Clients, frames, bytes, latencies, refusals.",
          (Answer(200, "The text format of Prometheus.", {metrics.CONTENT_TYPE: {"type": "string"}}, {}),)),
)  # fmt: skip
"""Everything but the page's own files and the socket, /ws, which docs/protocol.md describes."""
