"""Entry: one change of a session, as its log holds it: the wire message, its author, and the rows of a stroke.

The rows stand beside the message, so that a reader computes nothing again. Names of people and of selections are free
text: the digest of an entry covers a salted commitment to each of them instead of the text, so that a text can be
removed from a log later without breaking the hashes that follow (see :func:`redacted`).
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, get_type_hints

from pyroaring import FrozenBitMap

from murmuration.errors import MessageError
from murmuration.selection.recipe import Basis
from streaming import messages

Line = dict[str, Any]
"""A line of the log as JSON-ready data."""

SALT = 32
"""Bytes of a salt."""


@dataclass(frozen=True)
class Origin:
    """The place of an entry among those of its author, on whichever replica it was made; empty until replicas exist.

    key: the author's public key.  seq: 1, 2, 3, ... over the entries of this author.  lamport: the Lamport time.
    previous: the digest of the author's entry before.  signature: the author's, of the digest.
    """

    key: str = ""
    seq: int = 0
    lamport: int = 0
    previous: str = ""
    signature: str = ""


@dataclass(frozen=True)
class Entry:
    """message: the change.  who, name: its author, 0 and "" for the server.  pane: the pane of the author.

    rows, basis: those that a stroke resolved to, and the data on which they depend.

    salts: 32 bytes in base64 for each free text, by its place ("name", "message.name").  commitments: SHA-256 in
    hexadecimal of salt and text, for each text that was removed.
    """

    message: messages.EditingMessage
    who: int = 0
    name: str = ""
    pane: int = 0
    rows: FrozenBitMap | None = None
    basis: Basis | None = None
    origin: Origin = Origin()
    salts: Mapping[str, str] = field(default_factory=dict)
    commitments: Mapping[str, str] = field(default_factory=dict)


def entry(
    message: messages.EditingMessage,
    who: int,
    name: str,
    pane: int,
    rows: FrozenBitMap | None = None,
    basis: Basis | None = None,
) -> Entry:
    """A new entry, with fresh salts for its free texts."""
    salts = {place: base64.b64encode(secrets.token_bytes(SALT)).decode() for place in _places(message)}
    return Entry(message, who, name, pane, rows, basis, salts=salts)


def to_fields(one: Entry) -> Line:
    """An entry as the fields of a log line, beside those that every line has."""
    rows = {} if one.rows is None else {"rows": pack(one.rows)}
    basis = {} if one.basis is None else {"basis": one.basis.to_json()}
    removed = {"commitments": dict(one.commitments)} if one.commitments else {}
    return {
        "message": messages.to_data(one.message),
        "pane": one.pane,
        **rows,
        **basis,
        "origin": asdict(one.origin),
        "salts": dict(one.salts),
        **removed,
    }


def from_line(line: Line) -> Entry:
    """The entry of a log line. Raises MessageError, KeyError, TypeError or ValueError for a line that holds none."""
    message = messages.from_data(line["message"])
    if not isinstance(message, messages.EditingMessage):
        raise MessageError(f"expected a message that changes the session, got {line['message']['type']}")
    rows = unpack(line["rows"]) if "rows" in line else None
    basis = Basis(**line["basis"]) if "basis" in line else None
    origin, removed = Origin(**line["origin"]), line.get("commitments", {})
    return Entry(message, line["who"], line["name"], line["pane"], rows, basis, origin, line["salts"], removed)


def digest(line: Line) -> str:
    """SHA-256, in hexadecimal, of a line's content as canonical JSON (sorted keys, no blanks, ASCII).

    It covers all that the author made: message, pane, rows, time and place of origin, each free text as its commitment.
    It leaves out the numbers that one log gives (``seq``, ``who``), the signature, the salts and the checksum.
    """
    covered = {key: line[key] for key in line.keys() - {"seq", "who", "crc", "salts", "commitments"}}
    covered["origin"] = {key: value for key, value in line["origin"].items() if key != "signature"}
    for place in (*line["salts"], *line.get("commitments", {})):
        covered = _put(covered, place, _commitment(line, place))
    return hashlib.sha256(json.dumps(covered, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def redacted(line: Line, text: str, instead: str) -> Line:
    """A line without a free text: another text stands in its places, and the commitments keep the digest as it was.

    All lines of a log need the same replacement, since a selection is recalled by its name.
    """
    places = [place for place in line["salts"] if _get(line, place) == text]
    if not places:
        return line
    salts = {place: salt for place, salt in line["salts"].items() if place not in places}
    commitments = {**line.get("commitments", {}), **{place: _commitment(line, place) for place in places}}
    for place in places:
        line = _put(line, place, instead)
    return {**line, "salts": salts, "commitments": commitments}


def pack(rows: FrozenBitMap) -> str:
    """Rows as text: a roaring bitmap in the portable format, in base64."""
    return base64.b64encode(rows.serialize()).decode()


def unpack(text: str) -> FrozenBitMap:
    """The rows of :func:`pack`. Raises ValueError for text that holds none."""
    return FrozenBitMap.deserialize(base64.b64decode(text, validate=True))


def _places(message: messages.EditingMessage) -> list[str]:
    """The places of the free texts in the line of a message: keys, with a dot between two levels."""
    hints = get_type_hints(type(message), include_extras=True)
    free = [each.name for each in fields(message) if messages.FREE in getattr(hints[each.name], "__metadata__", ())]
    return ["name", *(f"message.{each}" for each in free)]


def _commitment(line: Line, place: str) -> str:
    kept: str | None = line.get("commitments", {}).get(place)
    if kept is not None:
        return kept
    return hashlib.sha256(base64.b64decode(line["salts"][place]) + _get(line, place).encode()).hexdigest()


def _get(line: Line, place: str) -> str:
    key, _, rest = place.partition(".")
    found: str = _get(line[key], rest) if rest else line[key]
    return found


def _put(line: Line, place: str, text: str) -> Line:
    key, _, rest = place.partition(".")
    return {**line, key: _put(line[key], rest, text) if rest else text}
