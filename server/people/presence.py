"""Gathering: those connected as they see each other: who is here, and where everybody's head and hands are."""

import asyncio
import time
from collections.abc import Collection, Hashable
from functools import partial

from server.people.people import RATE, People
from server.people.subscriber import Subscriber
from streaming import messages

BEAT = 1.0
"""Seconds between two looks at who is silent; that they are asked is the affair of their connection."""


CROWD = 20
"""Members who are told of each other at once; ten times as many take ten times as long."""


class Presence:
    """Tells everybody of everybody else; ``seats`` is the live set of everybody connected.

    ``first`` is the id that the next new person gets.
    """

    def __init__(self, first: int, subscribers: Collection[Subscriber]) -> None:
        self.people = People(first)
        self._subscribers = subscribers
        self._telling: asyncio.TimerHandle | None = None
        self._relaying: asyncio.TimerHandle | None = None
        self._relayed = 0
        self._words: dict[int, str] = {}

    def tell(self, message: messages.ServerMessage, key: Hashable) -> None:
        """Say something to everybody; it replaces what waits under the same key."""
        text = messages.dumps(message)
        for each in self._subscribers:
            each.member.say(text, key)

    def arrive(self, secret: str, name: str) -> tuple[messages.Person, str]:
        """Somebody opened a connection, as in :meth:`People.arrive`; :meth:`greet` is to follow."""
        return self.people.arrive(secret, name, time.monotonic())

    def greet(self, subscriber: Subscriber) -> None:
        """Tell everybody who is here now, and a new seat where they are."""
        subscriber.member.send(self.people.message(), key="people")
        self._changed()
        self._place(subscriber)

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

    def here(self, person: int, message: messages.Here) -> messages.Place | None:
        """Where somebody is, told to the others; None when something newer was heard. Raises MessageError."""
        place, changed = self.people.here(person, message)
        if changed:
            self._changed()
        if self._relaying is None:
            self._relay()
        return place

    async def run(self) -> None:
        """Show those no more who give no sign of life, until cancelled."""
        while True:
            await asyncio.sleep(BEAT)
            if self.people.silent(time.monotonic()):
                self._changed()

    def _changed(self) -> None:
        """Tell everybody who is here, soon: when many come at once, the list of all is not sent to all for each."""
        if self._telling is None:
            self._telling = asyncio.get_running_loop().call_later(self._pause, self._tell)

    @property
    def _pause(self) -> float:
        """Seconds between two times: the more there are, the longer what is told and the more who get it."""
        return RATE * max(1.0, len(self._subscribers) / CROWD)

    def _tell(self) -> None:
        if self._telling is not None:
            self._telling.cancel()
            self._telling = None
            self._words = {}  # they may be of somebody who left
            self.tell(self.people.message(), "people")

    def _relay(self) -> None:
        """Tell everybody who moved, unless they know; again when a while has passed."""
        if self._relayed == self.people.moves:
            self._relaying = None
            return
        self._relayed = self.people.moves
        self._words = {}
        self._tell()  # nobody moves before it is known who they are
        for each in self._subscribers:
            self._place(each)
        self._relaying = asyncio.get_running_loop().call_later(self._pause, self._relay)

    def _place(self, subscriber: Subscriber) -> None:
        """Tell one where the others are who moved since they were told, when they can take it."""
        if any(each.id != subscriber.person for each in self.people.moved(subscriber.moves)):
            subscriber.member.say(partial(self._moved, subscriber), "moved")

    def _moved(self, subscriber: Subscriber) -> str:
        """The words for one to whom they leave now; most were told last at the same time, and get the same."""
        since, subscriber.moves = subscriber.moves, self._relayed
        if since not in self._words:
            self._words[since] = messages.dumps(messages.Moved([*self.people.moved(since)]))
        return self._words[since]
