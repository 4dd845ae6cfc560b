"""Codes: eight letters and digits by which a browser is let in, typed by hand or part of a printed address.

A code can be exchanged for a key (:mod:`server.door.browsers`) by any number of browsers until it expires. It may stay
in a browser's history, be read aloud or be shown on a slide: minutes later it opens nothing.

Crockford's base 32 has no I, L, O and U; I and L typed by hand are read as 1, O as 0. 32^8 is 2^40, so a program that
guesses 256 codes a second for ten minutes finds one of 16 with probability 2 in a million
(:mod:`server.door.throttle` keeps guesses below that rate).
"""

import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from server.door.tokens import Scope

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8

USUAL = 600
"""Seconds that a code is valid unless asked otherwise."""

LONGEST = 24 * 3600
"""Seconds that a code may be valid at most."""

MOST = 16
"""Codes valid at once; the oldest gives way to a new one."""

_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", " ": "", "-": ""})


@dataclass(frozen=True)
class _Code:
    text: str
    scope: Scope
    until: float


class Codes:
    """The codes of a running server; they do not outlive it."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._valid: list[_Code] = []

    def new(self, scope: Scope, seconds: float = USUAL) -> str:
        """A new code, valid for ``seconds``."""
        text = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        self._valid = [*self._unexpired()[1 - MOST :], _Code(text, scope, self._now() + seconds)]
        return text

    def scope(self, typed: str) -> Scope | None:
        """The scope of a code as typed, in any case, with spaces or hyphens; None for a wrong one."""
        said = typed.upper().translate(_READ_AS).encode(errors="surrogateescape")
        found: Scope | None = None
        for code in self._unexpired():  # all of them, so that the time reveals nothing
            if hmac.compare_digest(said, code.text.encode()):
                found = code.scope
        return found

    def _unexpired(self) -> list[_Code]:
        self._valid = [code for code in self._valid if code.until > self._now()]
        return self._valid


def spaced(code: str) -> str:
    """A code in two groups of four, as it is shown to a reader."""
    return f"{code[:4]} {code[4:]}"
