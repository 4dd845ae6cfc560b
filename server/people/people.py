"""People: the connected people with name, colour and the time of their last heartbeat.

Pure bookkeeping without sockets. Times are seconds of the server's monotonic clock, given by the caller; clocks of
clients are never used. A secret identifies a person, so that a client that reconnects keeps id, name, colour and the
highest ``seq`` received.
"""

import math
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import takewhile

from murmuration.errors import MessageError
from streaming import messages

SILENCE = 10.0
"""Seconds after the last heartbeat until a person is hidden."""

RATE = 0.05
"""Seconds between two updates of positions."""

MEMORY = 600.0
"""Seconds for which a person is remembered after leaving."""

MOST = 1000
"""People remembered, the longest gone forgotten first."""

LENGTH = 40

COLOURS = ("#ff3060", "#00ffb0", "#b060ff", "#609000", "#ffd0ff", "#9000ff", "#906030", "#606090")
"""Chosen like those of the named selections: at least 9 (CIEDE2000) from each other and from the class colours, in
every kind of colour vision. A name always stands beside."""


@dataclass
class _Known:
    person: messages.Person
    secret: str
    heard: float
    seq: int = 0
    connections: int = 0
    shown: bool = False


class People:
    """The connected people, and those who left lately. ``first`` is the id of the next new person.

    ``moves`` counts the positions received, over all people.
    """

    def __init__(self, first: int = 1) -> None:
        self.next = first
        self._by_secret: dict[str, _Known] = {}
        self._by_id: dict[int, _Known] = {}
        self.moves = 0
        self._places: dict[int, tuple[int, messages.Place]] = {}  # by id, the last to move at the end

    def arrive(self, secret: str, name: str, now: float) -> tuple[messages.Person, str]:
        """A connection was opened: returns the person, and the secret with which to reconnect.

        A known secret gives the same person. A name that cannot be shown is replaced by "Guest" and the id.
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
        """A connection of a person ended; with the last one the person is hidden."""
        known = self._by_id[id]
        known.connections -= 1
        if not known.connections:
            known.heard = now
            self._hide(known)

    def heard(self, id: int, now: float) -> bool:
        """A heartbeat; returns whether the person is shown again after a silence."""
        known = self._by_id[id]
        known.heard = now
        back, known.shown = not known.shown, True
        return back

    def silent(self, now: float) -> bool:
        """Hide the people whose heartbeat has timed out; returns whether there were any."""
        gone = [each for each in self._by_id.values() if each.shown and now - each.heard >= SILENCE]
        for each in gone:
            self._hide(each)
        return bool(gone)

    def introduce(self, id: int, name: str) -> None:
        """Change a name. Raises MessageError for one that is too long or not printable."""
        if not _good(name):
            raise MessageError(f"introduce: expected a name of 1 to {LENGTH} printable characters, got {name[:80]!r}")
        known = self._by_id[id]
        known.person = replace(known.person, name=_clean(name))

    def here(self, id: int, message: messages.Here) -> tuple[messages.Place | None, bool]:
        """The position for the others (None for a message older than the last), and whether the kind changed.

        Raises MessageError for a pose of another form.
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
        """The person of an id."""
        return self._by_id[id].person

    def message(self) -> messages.People:
        """The people that are shown, as a message."""
        return messages.People([each.person for each in self._by_id.values() if each.shown])

    def moved(self, after: int = 0) -> Iterator[messages.Place]:
        """The positions received after so many ``moves``, newest first."""
        return (place for _, place in takewhile(lambda each: each[0] > after, reversed(self._places.values())))

    def _hide(self, known: _Known) -> None:
        known.shown = False
        self._places.pop(known.person.id, None)

    def _colour(self) -> str:
        """The colour that the fewest connected people have, the first of those."""
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
