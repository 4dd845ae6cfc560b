"""People: who is here, under which name and colour, and when each was last heard.

Pure bookkeeping without sockets. Times are seconds of the server's own monotonic clock and are handed in; the clocks of
clients are never asked. A person is known by a secret, so that whoever comes back after a broken connection is the same
one: id, name, colour, and the highest ``seq`` heard.
"""

import math
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import takewhile

from murmuration.errors import MessageError
from streaming import messages

SILENCE = 10.0
"""Seconds after the last sign of life until somebody is no longer shown."""

RATE = 0.05
"""Seconds between two times that others are told of who moved."""

MEMORY = 600.0
"""Seconds for which somebody who left is remembered."""

MOST = 1000
"""People remembered, the longest gone forgotten first."""

LENGTH = 40

COLOURS = ("#ff3060", "#00ffb0", "#b060ff", "#609000", "#ffd0ff", "#9000ff", "#906030", "#606090")
"""Found like those of the named selections: at least 9 (CIEDE2000) from each other and from the class colours, in every
kind of colour vision. A name always stands beside."""


@dataclass
class _Known:
    person: messages.Person
    secret: str
    heard: float
    seq: int = 0
    connections: int = 0
    shown: bool = False


class People:
    """Everybody connected, and those who left lately. ``first`` is the id that the next new person gets.

    ``moves`` counts what was heard of where anybody is.
    """

    def __init__(self, first: int = 1) -> None:
        self.next = first
        self._by_secret: dict[str, _Known] = {}
        self._by_id: dict[int, _Known] = {}
        self.moves = 0
        self._places: dict[int, tuple[int, messages.Place]] = {}  # by id, who moved last at the end

    def arrive(self, secret: str, name: str, now: float) -> tuple[messages.Person, str]:
        """Somebody opened a connection: the person, and the secret to come back with.

        A secret that is known gives the same person. A name that cannot be shown is replaced by "Guest" and the id.
        """
        self._forget(now)
        known = self._by_secret.get(secret)
        if known is None:
            own = self.next
            self.next += 1
            person = messages.Person(own, f"Guest {own}", self._colour(), "browser")
            known = _Known(person, secrets.token_urlsafe(18), now)
            self._by_secret[known.secret] = self._by_id[own] = known
        if _good(name):
            known.person = replace(known.person, name=_clean(name))
        known.connections += 1
        known.heard, known.shown = now, True
        return known.person, known.secret

    def leave(self, id: int, now: float) -> None:
        """A connection of theirs ended; with the last one they are shown no more."""
        known = self._by_id[id]
        known.connections -= 1
        if not known.connections:
            known.heard = now
            self._hide(known)

    def heard(self, id: int, now: float) -> bool:
        """A sign of life; returns whether they are shown again after a silence."""
        known = self._by_id[id]
        known.heard = now
        back, known.shown = not known.shown, True
        return back

    def silent(self, now: float) -> bool:
        """Show those no more who were silent for too long; returns whether there were any."""
        gone = [each for each in self._by_id.values() if each.shown and now - each.heard >= SILENCE]
        for each in gone:
            self._hide(each)
        return bool(gone)

    def introduce(self, id: int, name: str) -> None:
        """Another name. Raises MessageError for one that cannot be shown."""
        if not _good(name):
            raise MessageError(f"introduce: expected a name of 1 to {LENGTH} printable characters, got {name[:80]!r}")
        known = self._by_id[id]
        known.person = replace(known.person, name=_clean(name))

    def here(self, id: int, message: messages.Here) -> tuple[messages.Place | None, bool]:
        """Where they are now, for the others (None when something newer was heard), and whether their kind changed.

        Raises MessageError for what is no pose.
        """
        for pose in (message.head, *message.hands):
            if len(pose) != 7 or not all(map(math.isfinite, pose)):
                raise MessageError(f"here: expected poses of 7 numbers, position and quaternion, got {len(pose)}")
        if len(message.hands) > 2:
            raise MessageError(f"here: expected at most two hands, got {len(message.hands)}")
        known = self._by_id[id]
        if message.seq <= known.seq:
            return None, False
        known.seq = message.seq
        place = messages.Place(id, message.seq, message.head, message.hands)
        self.moves += 1
        self._places.pop(id, None)
        self._places[id] = (self.moves, place)
        changed = message.kind != known.person.kind
        known.person = replace(known.person, kind=message.kind)
        return place, changed

    def find(self, id: int) -> messages.Person:
        """Somebody known."""
        return self._by_id[id].person

    def message(self) -> messages.People:
        """Everybody who is shown."""
        return messages.People([each.person for each in self._by_id.values() if each.shown])

    def moved(self, after: int = 0) -> Iterator[messages.Place]:
        """Where everybody is who is shown and moved after so many ``moves``, who moved last first."""
        return (place for _, place in takewhile(lambda each: each[0] > after, reversed(self._places.values())))

    def _hide(self, known: _Known) -> None:
        known.shown = False
        self._places.pop(known.person.id, None)

    def _colour(self) -> str:
        """The colour that the fewest of those here have, the first of them."""
        used = [each.person.colour for each in self._by_id.values() if each.connections]
        return min(COLOURS, key=used.count)

    def _forget(self, now: float) -> None:
        left = sorted((each for each in self._by_id.values() if not each.connections), key=lambda each: each.heard)
        for at, each in enumerate(left):
            if now - each.heard >= MEMORY or len(left) - at > MOST:
                del self._by_secret[each.secret], self._by_id[each.person.id]


def _clean(name: str) -> str:
    return " ".join(name.split())


def _good(name: str) -> bool:
    clean = _clean(name)
    return 0 < len(clean) <= LENGTH and clean.isprintable()
