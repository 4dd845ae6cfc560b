"""Gathering: those connected as they see each other: who is here, and where everybody's head and hands are."""

import asyncio
import time
from collections.abc import Collection, Hashable

from server.member import Member
from server.people import RATE, People
from server.seat import Seat
from streaming import messages

BEAT = 1.0
"""Seconds between two looks at who is silent; that they are asked is the affair of their connection."""


CROWD = 20
"""Members who are told of each other at once; ten times as many take ten times as long."""


class Gathering:
    """Tells everybody of everybody else; ``seats`` is the live set of everybody connected.

    ``first`` is the id that the next new person gets.
    """

    def __init__(self, first: int, seats: Collection[Seat]) -> None:
        self.people = People(first)
        self._seats = seats
        self._relaying: dict[int, int] = {}
        self._telling: asyncio.TimerHandle | None = None

    def tell(self, message: messages.ServerMessage, key: Hashable, but: int = 0) -> None:
        """Say something to everybody, ``but`` one person; it replaces what waits under the same key."""
        text = messages.dumps(message)
        for each in self._seats:
            if each.person != but:
                each.member.say(text, key)

    def arrive(self, secret: str, name: str) -> tuple[messages.Person, str]:
        """Somebody opened a connection, as in :meth:`People.arrive`; :meth:`greet` is to follow."""
        return self.people.arrive(secret, name, time.monotonic())

    def greet(self, member: Member) -> None:
        """Tell everybody who is here now, and a new member where they are."""
        member.send(self.people.message(), key="people")
        self._changed()
        for moved in self.people.moved():
            member.send(moved, key=("moved", moved.id))

    def leave(self, person: int) -> None:
        """A connection of theirs ended."""
        self.people.leave(person, time.monotonic())
        self._changed()

    def heard(self, person: int) -> None:
        """A sign of life."""
        if self.people.heard(person, time.monotonic()):
            self._changed()

    def introduce(self, person: int, name: str) -> None:
        """Another name. Raises MessageError for one that cannot be shown."""
        self.people.introduce(person, name)
        self._changed()

    def here(self, person: int, message: messages.Here) -> messages.Moved | None:
        """Where somebody is, told to the others; None when something newer was heard. Raises MessageError."""
        moved, changed = self.people.here(person, message)
        if changed:
            self._changed()
        if moved is not None and person not in self._relaying:
            self._relay(person)
        return moved

    async def run(self) -> None:
        """Show those no more who give no sign of life, until cancelled."""
        while True:
            await asyncio.sleep(BEAT)
            if self.people.silent(time.monotonic()):
                self._changed()

    def _changed(self) -> None:
        """Tell everybody who is here, soon: when many come at once, the list of all is not sent to all for each.

        The more there are the longer the list and the more who get it: then it is told less often.
        """
        if self._telling is None:
            wait = RATE * max(1.0, len(self._seats) / CROWD)
            self._telling = asyncio.get_running_loop().call_later(wait, self._tell)

    def _tell(self) -> None:
        if self._telling is not None:
            self._telling.cancel()
            self._telling = None
            self.tell(self.people.message(), "people")

    def _relay(self, person: int) -> None:
        """Tell the others where somebody is, unless they know; again when RATE has passed."""
        moved = next((each for each in self.people.moved() if each.id == person), None)
        if moved is None or self._relaying.get(person) == moved.seq:
            self._relaying.pop(person, None)
            return
        self._relaying[person] = moved.seq
        self._tell()  # nobody moves before it is known who they are
        self.tell(moved, ("moved", person), but=person)
        asyncio.get_running_loop().call_later(RATE, self._relay, person)
