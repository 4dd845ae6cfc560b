"""Members: the connected clients by their secret, and those that may resume after a broken connection.

A disconnected member is kept for ABSENCE seconds, as numbers alone (see :mod:`server.people.member`). At most
MOST_ABSENT are kept; the one that left first is dropped first.
"""

import asyncio

from server.door.tokens import Scope
from server.people.member import Member

ABSENCE = 60.0
"""Seconds after a broken connection in which a client may resume."""

MOST_ABSENT = 1000


class Members:
    """The members, connected or lately disconnected."""

    def __init__(self) -> None:
        self._here: dict[str, Member] = {}
        self._away: dict[str, asyncio.TimerHandle] = {}

    def may(self, secret: str, scope: Scope) -> bool:
        """Whether a secret may be used with a token of this scope: a resumed member keeps its scope."""
        return secret not in self._here or self._here[secret].scope == scope

    def enter(self, id: int, secret: str, scope: Scope) -> Member:
        """The member of a secret, or a new one. A new connection takes over from one that is still open."""
        member = self._here.get(secret)
        if member is None:
            member = self._here[secret] = Member(id, secret, scope)
        if (handle := self._away.pop(secret, None)) is not None:
            handle.cancel()
        return member

    def leave(self, member: Member) -> None:
        """The connection of a member broke: keep it for ABSENCE."""
        loop = asyncio.get_running_loop()
        self._away[member.secret] = loop.call_later(ABSENCE, self._forget, member.secret)
        while len(self._away) > MOST_ABSENT:
            secret = next(iter(self._away))
            self._away[secret].cancel()
            self._forget(secret)

    def _forget(self, secret: str) -> None:
        del self._away[secret], self._here[secret]
