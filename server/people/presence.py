"""Presence: tells every client of the connected people and of the positions of their heads and hands."""

import asyncio
import time
from collections.abc import Collection, Hashable
from functools import partial

from server.people.people import RATE, People
from server.people.subscriber import Subscriber
from streaming import messages

BEAT = 1.0
"""Seconds between two checks for timed-out heartbeats; :mod:`server.people.connection` sends the pings."""


CROWD = 20
"""Members up to which updates come at the full rate; ten times as many get a tenth of it."""


class Presence:
    """Sends the people and their positions; ``subscribers`` is the live set of connected clients.

    ``first`` is the id of the next new person.
    """

    def __init__(self, first: int, subscribers: Collection[Subscriber]) -> None:
        self.people = People(first)
        self._subscribers = subscribers
        self._telling: asyncio.TimerHandle | None = None
        self._relaying: asyncio.TimerHandle | None = None
        self._relayed = 0
        self._words: dict[int, str] = {}

    def tell(self, message: messages.ServerMessage, key: Hashable) -> None:
        """Send a message to every client; it replaces a queued one of the same key."""
        text = messages.dumps(message)
        for each in self._subscribers:
            each.member.say(text, key)

    def arrive(self, secret: str, name: str) -> tuple[messages.Person, str]:
        """A connection was opened, as in :meth:`People.arrive`; :meth:`greet` comes next."""
        return self.people.arrive(secret, name, time.monotonic())

    def greet(self, subscriber: Subscriber) -> None:
        """Send the list of people to every client, and the positions to a new one."""
        subscriber.member.send(self.people.message(), key="people")
        self._changed()
        self._place(subscriber)

    def leave(self, person: int) -> None:
        """A connection of a person ended."""
        self.people.leave(person, time.monotonic())
        self._changed()

    def heard(self, person: int) -> None:
        """A heartbeat."""
        if self.people.heard(person, time.monotonic()):
            self._changed()

    def introduce(self, person: int, name: str) -> None:
        """Change a name. Raises MessageError for one that is too long or not printable."""
        self.people.introduce(person, name)
        self._changed()

    def here(self, person: int, message: messages.Here) -> messages.Place | None:
        """The new position of a person, sent to the others; None for an old message. Raises MessageError."""
        place, changed = self.people.here(person, message)
        if changed:
            self._changed()
        if self._relaying is None:
            self._relay()
        return place

    async def run(self) -> None:
        """Drop people whose heartbeat has timed out. Runs until cancelled."""
        while True:
            await asyncio.sleep(BEAT)
            if self.people.silent(time.monotonic()):
                self._changed()

    def _changed(self) -> None:
        """Send the list of people soon: many joins at once give one list."""
        if self._telling is None:
            self._telling = asyncio.get_running_loop().call_later(self._pause, self._tell)

    @property
    def _pause(self) -> float:
        """Seconds between two updates: their size and the number of receivers both grow with the clients."""
        return RATE * max(1.0, len(self._subscribers) / CROWD)

    def _tell(self) -> None:
        if self._telling is not None:
            self._telling.cancel()
            self._telling = None
            self._words = {}  # they may name a person that has left
            self.tell(self.people.message(), "people")

    def _relay(self) -> None:
        """Send the positions that changed to every client, and again after a pause."""
        if self._relayed == self.people.moves:
            self._relaying = None
            return
        self._relayed = self.people.moves
        self._words = {}
        self._tell()  # a person is announced before it moves
        for each in self._subscribers:
            self._place(each)
        self._relaying = asyncio.get_running_loop().call_later(self._pause, self._relay)

    def _place(self, subscriber: Subscriber) -> None:
        """Queue the positions that changed since a client's last update; they are written when they leave."""
        if any(each.id != subscriber.person for each in self.people.moved(subscriber.moves)):
            subscriber.member.say(partial(self._moved, subscriber), "moved")

    def _moved(self, subscriber: Subscriber) -> str:
        """The text of an update that leaves now; clients with the same last update share it."""
        since, subscriber.moves = subscriber.moves, self._relayed
        if since not in self._words:
            self._words[since] = messages.dumps(messages.Moved([*self.people.moved(since)]))
        return self._words[since]
