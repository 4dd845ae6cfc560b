"""Tickets: for requests that cannot carry a header, which are a browser's WebSocket and a download that it saves.

The page asks for a ticket with its key and puts it into the query of one address. A ticket is bound to that path,
lapses after 30 seconds, and is used once, so that it is worth nothing in a log or a history. A browser may continue a
download with range requests: those repeat the first request, and share its ticket.
"""

import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from server.door.tokens import Grant

UNUSED = 30.0
"""Seconds in which a ticket has to be used."""

CONTINUED = 3600.0
"""Seconds after the newest request of a download in which its ranges can be asked for."""

MOST = 64
"""Tickets of one browser at once; the oldest gives way to a new one."""

SOCKET = "/ws"

_PATHS = re.compile("/(ws|api(/.*)?)")


@dataclass(frozen=True)
class _Ticket:
    path: str
    grant: Grant
    until: float
    query: str | None = None
    """The rest of the query at first use; None before."""


class Tickets:
    """The tickets of a running server."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._tickets: dict[str, _Ticket] = {}

    def new(self, path: str, grant: Grant) -> str:
        """A ticket for a path: ``/ws``, ``/api``, or a path below ``/api/``. Raises ValueError for another."""
        if not _PATHS.fullmatch(path):
            raise ValueError(f"expected a path that takes tickets, got {path[:80]!r}")
        now = self._now()
        self._tickets = {text: each for text, each in self._tickets.items() if each.until > now}
        own = [text for text, each in self._tickets.items() if each.grant == grant]
        for text in own[: max(0, len(own) + 1 - MOST)]:
            del self._tickets[text]
        text = secrets.token_urlsafe(18)
        self._tickets[text] = _Ticket(path, grant, now + UNUSED)
        return text

    def spend(self, text: str, path: str, query: str, ranged: bool) -> Grant | None:
        """The grant of a ticket; None for one that is unknown, spent, lapsed or of another path.

        ``query`` is the rest of the request's query; ``ranged`` tells whether it asks for a range of bytes.
        """
        ticket, now = self._tickets.get(text), self._now()
        if ticket is None or ticket.path != path or ticket.until <= now:
            return None
        if ticket.query is not None and not (ranged and ticket.query == query):
            return None
        if path == SOCKET:
            del self._tickets[text]
        else:
            self._tickets[text] = replace(ticket, query=query, until=now + CONTINUED)
        return ticket.grant
