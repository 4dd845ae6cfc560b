"""Nested lists as computer algebra systems write them, element by element, from a stream of any length.

Covers the common syntax of GP, Sage, Magma, GAP and Oscar: [..] and [*..*], strings in double quotes, a comment to the
end of its line, a backslash before a line break. Text is cut at its separators and never evaluated. At most one element
is held.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from murmuration.errors import DatasetError

LONGEST = 2**20
"""Bytes of an element: a list of all curves of one conductor, with generators, takes a tenth of it."""

_PIECE = 2**18

_TOKEN = re.compile(
    r'"(?:[^"\\]|\\.)*"|(?P<open>")|(?P<start>/\*)|(?:\\\\|//|#)[^\n]*(?P<end>\n|\Z)|\[\*?|\*?\]|,|\n', re.DOTALL
)
_BLANK = " \t\r\n\\"
# Quantifiers are possessive (++), so that text that does not match is given up in linear time.
_ONE = r'\s*+(?:"[^"\\]*+"\s*+|\[[^\[\]"*\\#/]*+\]\s*+|[^,"\[\]*\\#/]++)'
_ITEM = re.compile(_ONE)
_FLAT = re.compile(rf"\[(\*)?(?P<inside>{_ONE}(?:,{_ONE})*+)(?(1)\*)\]")
"""A list of strings, numbers and lists of numbers: nearly every row of every file."""

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_NAME = re.compile(r"([A-Za-z_]\w*)\s*:?=\s*\{?\s*\\?\s*$")


@dataclass(frozen=True)
class Element:
    """An element of an outermost list: the name the list is assigned to (or ""), its text, and its first line."""

    name: str
    text: str
    line: int


def elements(stream: BinaryIO, piece: str) -> Iterator[Element]:
    """The elements of every outermost list of a stream. Raises DatasetError for one longer than :data:`LONGEST`."""
    reading = _Reading(piece)
    while data := stream.read(_PIECE):
        yield from reading.take(data.decode("utf-8", "replace"), last=False)
    yield from reading.take("", last=True)


def parts(text: str) -> list[str]:
    """The elements of one list, "[a, [b, c]]" as ["a", "[b, c]"], without the quotes of strings; [] for other text.

    A list that is not closed gives the elements that are complete.
    """
    text = text.strip()
    if (flat := _FLAT.fullmatch(text)) is not None:
        found = (each.strip(_BLANK) for each in _ITEM.findall(flat["inside"]))
        return [unquoted(each) for each in found if each]
    reading = _Reading("")
    return [unquoted(each.text) for each in reading.take(text, last=True)]


def unquoted(text: str) -> str:
    """A string without its quotes and escapes."""
    if len(text) > 1 and text[0] == text[-1] == '"':
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    return text


class _Reading:
    """The state between two pieces of a stream."""

    def __init__(self, piece: str) -> None:
        self.piece = piece
        self.rest = ""
        self.at = 0  # where scanning goes on in rest
        self.depth = 0
        self.start = 0  # where the element, or at depth 0 the statement, begins in rest
        self.line = self.first = 1
        self.name = ""

    def take(self, text: str, last: bool) -> Iterator[Element]:
        self.rest += text
        while (match := _TOKEN.search(self.rest, self.at)) is not None:
            end = match.end()
            if end == len(self.rest) and not last:  # more of the token may follow
                self.at = match.start()
                self._bounded()
                return
            if match["start"] and (closed := _COMMENT.match(self.rest, match.start())) is not None:
                end = closed.end()
                self.line += self.rest.count("\n", match.start(), end)
                self._skip(match.start(), end)
            elif match["open"] or match["start"]:
                if last:
                    break  # never closed: the element it stands in is dropped
                self.at = match.start()
                self._bounded()
                return
            elif match["end"] is not None:
                self.line += match["end"] == "\n"
                self._skip(match.start(), end)
            else:
                yield from self._token(match[0], match.start(), end)
            self.at = end
        self.at = max(self.at, len(self.rest) - (not last and self.rest[-1:] in ("*", "\\", "/")))
        self._bounded()

    def _token(self, token: str, start: int, end: int) -> Iterator[Element]:
        if token == "\n":
            self.line += 1
        elif token[0] == '"':
            self.line += token.count("\n")
        elif token[0] == "[":
            self.depth += 1
            if self.depth == 1:
                named = _NAME.search(self.rest[max(self.start, start - 200) : start])
                self.name = named[1] if named else ""
                self.start, self.first = end, self.line
        elif self.depth == 1:
            text = self.rest[self.start : start]
            if element := text.strip(_BLANK):
                yield Element(self.name, element, self.first + text[: text.index(element[0])].count("\n"))
            self.start, self.first = end, self.line
            self.depth -= token != ","
        elif token != "," and self.depth:
            self.depth -= 1

    def _skip(self, start: int, end: int) -> None:
        """Leave out a comment before an element; one inside an element stays, and spoils it."""
        if not self.rest[self.start : start].strip(_BLANK):
            self.start, self.first = end, self.line

    def _bounded(self) -> None:
        """Drop text that is finished; refuse an element that has no end."""
        begin = min(self.start, self.at) if self.depth else max(self.start, self.at - 200)
        self.rest, self.start, self.at = self.rest[begin:], max(0, self.start - begin), self.at - begin
        if len(self.rest) > LONGEST:
            raise DatasetError(f"{self.piece}: expected list elements of at most {LONGEST:,} bytes, got a longer one "
                               f"from line {self.first:,} on")  # fmt: skip
