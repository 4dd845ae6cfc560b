"""Admission: bounds on the connections that have shown no token.

Anyone who reaches the port can open connections, and each costs a descriptor and memory. Connections are therefore
counted until they show a token, a key or a ticket, in two queues: those without a completed request, and those that
completed one without a token (the page's files, ``/healthz``). A queue that is full closes its oldest connection, so a
new client is served however many idle connections others hold, and neither kind displaces the other. A connection that
has shown a token is not counted and never closed here.

Rejected: a limit per address. On loopback and behind a proxy all clients share one address.
"""

import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable

from server import metrics

log = logging.getLogger(__name__)

MOST = 256
"""Connections in each queue. Half of them together fit below the usual soft limit of 1,024 descriptors."""

REPORT = 60.0
"""Seconds between two lines in the log."""

Close = Callable[[], None]


class Admission:
    """Queues of the connections without a token, oldest first. Not thread-safe: it belongs to one event loop."""

    def __init__(self, most: int = MOST, now: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._now = now
        self._silent: OrderedDict[Hashable, Close] = OrderedDict()
        self._answered: OrderedDict[Hashable, Close] = OrderedDict()
        self._closed = 0
        self._reported = -REPORT

    def __len__(self) -> int:
        """Open connections without a token."""
        return len(self._silent) + len(self._answered)

    def opened(self, connection: Hashable, close: Close) -> None:
        """Count a new connection; ``close`` is called when it has to make room for a newer one."""
        self._silent[connection] = close
        self._bound(self._silent, self._most)

    def answered(self, connection: Hashable) -> None:
        """A connection completed a request without a token."""
        close = self._silent.pop(connection, None) or self._answered.pop(connection, None)
        if close is not None:
            self._answered[connection] = close
            self._bound(self._answered, self._most)

    def gone(self, connection: Hashable) -> None:
        """A connection showed a token, or ended; from now on it is not counted."""
        if self._silent.pop(connection, None) is None:
            self._answered.pop(connection, None)

    def halve(self) -> None:
        """Close the older half of both queues, because the process has run out of descriptors."""
        for queue in (self._silent, self._answered):
            self._bound(queue, len(queue) // 2)

    def _bound(self, queue: OrderedDict[Hashable, Close], most: int) -> None:
        while len(queue) > most:
            _, close = queue.popitem(last=False)
            close()
            self._closed += 1
            metrics.count_refusal("connections")
        if self._closed and self._now() - self._reported >= REPORT:
            log.warning("Too many connections without a token: %s closed, the oldest first.", f"{self._closed:,}")
            self._closed, self._reported = 0, self._now()
