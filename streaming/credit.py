"""Credit: flow control of one client: the frames in flight, and the bytes that may be.

A client acknowledges frames, so the bytes between sending and acknowledging are known, and with them two figures: how
fast this client drains (bytes acknowledged over the time it took, the best of the last seconds) and its least round
trip. The window is the amount that drains within one round trip and a quarter of a second more: enough to keep a link
busy while acknowledgements travel, and little enough that an urgent frame waits no longer than that.
Sampling follows BBR (Cardwell et al., ACM Queue 14 (2016), 20; draft-cheng-iccrg-delivery-rate-estimation): a sample
runs from the last acknowledgement before a frame left to the one that took it in, so a pause of the sender is no
slowness of the client. A sample taken while there was little to send
measures the amount, not the speed: it counts only when it is the fastest.
"""

import math
import time
from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from murmuration.errors import MessageError
from streaming.frames import MAX_FRAME

LIMIT = 4 << 20
"""Bytes that one client may ever have in flight."""

LEAST, FIRST, MOST = 256 << 10, 512 << 10, LIMIT - MAX_FRAME
"""The window's bounds and its size before anything is measured. A frame leaves while less than the window is in flight,
so the largest frame stays free below LIMIT."""

AHEAD = 0.25
"""Seconds of draining that the window holds beyond one round trip."""

MEMORY = 2.0
"""Seconds for which a rate counts once there is a newer one: after that a slower one is believed."""

MOST_FRAMES = 1000
"""Frames in flight, however small: this bounds the memory of a client that never acknowledges."""


K = TypeVar("K", bound=Hashable)
"""The key of a frame, from which it can be made again."""


@dataclass(frozen=True)
class _Flying(Generic[K]):
    seq: int
    key: K
    size: int
    at: float
    drained: int
    drained_at: float
    waited: bool
    """Whether the window was full when it had left: more would have been sent, had there been room."""


class Credit(Generic[K]):
    """Frames in flight in the order they left, each with the key under which it can be asked for again."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.restart()

    def restart(self, seq: int = 0) -> None:
        """Begin a connection after frame ``seq``: nothing is in flight and nothing measured."""
        self.seq, self.bytes = seq, 0
        self.window = FIRST
        """Bytes that may be in flight before one more frame leaves."""
        self._flying: deque[_Flying[K]] = deque()
        self._rates: deque[tuple[float, float]] = deque()
        self._trip = math.inf
        self._drained, self._drained_at = 0, self._clock()

    @property
    def free(self) -> bool:
        """Whether one more frame may leave."""
        return self.bytes < self.window and len(self._flying) < MOST_FRAMES

    def sent(self, key: K, size: int) -> None:
        """A frame of ``size`` bytes leaves as number ``seq`` + 1."""
        now = self._clock()
        if not self._flying:
            self._drained_at = now
        self.seq += 1
        self.bytes += size
        full = self.bytes >= self.window
        self._flying.append(_Flying(self.seq, key, size, now, self._drained, self._drained_at, full))

    def ack(self, seq: int) -> None:
        """Every frame up to ``seq`` was taken in. Raises MessageError for one that was never sent."""
        if not 0 < seq <= self.seq:
            raise MessageError(f"expected to hear of a frame between 1 and {self.seq}, got ack of {seq}")
        last: _Flying[K] | None = None
        while self._flying and self._flying[0].seq <= seq:
            last = self._flying.popleft()
            self.bytes -= last.size
            self._drained += last.size
        if last is not None:
            self._measure(last)

    def _measure(self, last: _Flying[K]) -> None:
        now = self._drained_at = self._clock()
        trip = max(now - last.at, 1e-6)
        # The least of the connection, not of the last seconds: later ones hold the time in our own queue, and a window
        # made of those would grow by itself.
        self._trip = min(self._trip, trip)
        rate = (self._drained - last.drained) / max(now - last.drained_at, trip)
        if last.waited or rate >= max((known for _, known in self._rates), default=0.0):
            self._rates.append((now, rate))
            while self._rates[0][0] < now - MEMORY:
                self._rates.popleft()
        fastest = max(rate for _, rate in self._rates)
        self.window = int(min(max(fastest * (AHEAD + self._trip), LEAST), MOST))

    def rewind(self, seq: int) -> list[K] | None:
        """Go back to where ``seq`` is the last frame taken in; the keys of those lost since, in the order they left.

        None when that is impossible: ``seq`` was never sent, or is older than the last frame acknowledged.
        """
        first = self._flying[0].seq if self._flying else self.seq + 1
        if not first - 1 <= seq <= self.seq:
            return None
        lost = [each.key for each in self._flying if each.seq > seq]
        self.restart(seq)
        return lost
