"""Tokens: numbers, names, quoted text and operators, with their places; and the error for a token out of place."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from murmuration.errors import ExpressionError

MOST_CHARACTERS = 1000

Kind = Literal["number", "name", "text", "operator", "end"]

_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"""|(?P<text>"[^"]*"|'[^']*')"""
    r"|(?P<operator>\*\*|<=|>=|==|!=|[-+*/^(){}\[\],<>=]))",
    re.ASCII,
)


@dataclass(frozen=True)
class Token:
    """A piece of an expression: its kind, its text, and the index of its first character."""

    kind: Kind
    text: str
    start: int

    def __str__(self) -> str:
        return "the end" if self.kind == "end" else repr(self.text[:40])


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a text and one for its end. Raises ExpressionError for another character, or too many of them."""
    if len(text) > MOST_CHARACTERS:
        raise ExpressionError(f"expected an expression of at most {MOST_CHARACTERS:,} characters, got {len(text):,}")
    place, end = 0, len(text.rstrip())
    while place < end:
        found = _TOKEN.match(text, place)
        if found is None:
            start = place + len(text[place:]) - len(text[place:].lstrip())
            raise wrong(text, Token("operator", text[start], start), "a number, a name or an operator")
        kind: Kind = found.lastgroup  # type: ignore[assignment]  # the groups are named after the kinds
        yield Token(kind, found[kind], found.start(kind))
        place = found.end()
    yield Token("end", "", end)


def wrong(text: str, token: Token, expected: str, known: Iterable[str] = ()) -> ExpressionError:
    """The error for a token in the wrong place, with its position and the nearest of the names that are known."""
    near = nearest(token.text, known)
    hint = f"; the nearest is {near[0]}" if len(near) == 1 else f"; the nearest are {', '.join(near)}" if near else ""
    shown = text.strip() if len(text.strip()) <= 60 else text.strip()[:57] + "..."
    return ExpressionError(f"{shown!r}: expected {expected} at character {token.start + 1}, got {token}{hint}")


def nearest(name: str, known: Iterable[str]) -> list[str]:
    """At most three known names that a name may have meant, nearest first, capital letters or not."""
    lowered = {each.lower(): each for each in sorted(known, reverse=True)}
    return [lowered[each] for each in get_close_matches(name[:40].lower(), lowered, 3, 0.6)]
