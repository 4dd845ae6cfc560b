"""Outbox: what one client is still to be sent, bounded and newest first.

Producers put, one writer takes. A text or frame put under a key replaces the one that waits there, so a slow client
never queues history: the newest state wins. Frames leave by priority (small first), then in the order they came, and
only while less than a window of bytes is sent but not acknowledged: the credit that keeps a slow network from filling
up. Frames are encoded when they leave, so what waits costs no memory.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from murmuration.errors import MessageError

WINDOW = 4 << 20
"""Bytes in flight: four of the largest frames."""

MOST_TEXTS = 64
"""Texts that may wait before the client's own messages are no longer read."""


@dataclass(frozen=True)
class _Waiting:
    priority: int
    order: int
    build: Callable[[int], bytes]


class Outbox:
    """The queue of one client. Not thread-safe: it lives on the event loop."""

    def __init__(self, window: int = WINDOW) -> None:
        self._window = window
        self._texts: dict[Hashable, str] = {}
        self._frames: dict[Hashable, _Waiting] = {}
        self._flight: deque[tuple[int, int]] = deque()
        self._bytes = 0
        self._order = 0
        self._seq = 0
        self._changed = asyncio.Event()
        self._room = asyncio.Event()

    def text(self, key: Hashable, text: str) -> None:
        """Send a text soon; one that waits under the same key is replaced."""
        self._texts.pop(key, None)
        self._texts[key] = text
        self._changed.set()

    def frame(self, key: Hashable, priority: int, build: Callable[[int], bytes]) -> None:
        """Send a frame when there is credit; ``build`` gets its number. Replaces one that waits under the key."""
        self._order += 1
        self._frames[key] = _Waiting(priority, self._order, build)
        self._changed.set()

    def forget_frames(self) -> None:
        """Drop all frames that wait: their scene is gone."""
        self._frames.clear()

    def ack(self, seq: int) -> None:
        """Take back the credit of every frame up to ``seq``. Raises MessageError for one that was never sent."""
        if not 0 < seq <= self._seq:
            raise MessageError(f"expected to hear of a frame between 1 and {self._seq}, got ack of {seq}")
        while self._flight and self._flight[0][0] <= seq:
            self._bytes -= self._flight.popleft()[1]
        self._changed.set()

    @property
    def in_flight(self) -> int:
        """Bytes sent and not acknowledged."""
        return self._bytes

    async def take(self) -> str | bytes:
        """The next message to send, as soon as there is one that may be sent. Texts come before frames."""
        while True:
            self._changed.clear()
            if self._texts:
                self._room.set()
                return self._texts.pop(next(iter(self._texts)))
            if self._frames and self._bytes < self._window:
                return self._build()
            await self._changed.wait()

    async def room(self) -> None:
        """Wait until few enough texts wait that one more question of the client may be answered."""
        while len(self._texts) >= MOST_TEXTS:
            self._room.clear()
            await self._room.wait()

    def _build(self) -> bytes:
        key = min(self._frames, key=lambda k: (self._frames[k].priority, self._frames[k].order))
        waiting = self._frames.pop(key)
        self._seq += 1
        data = waiting.build(self._seq)
        self._flight.append((self._seq, len(data)))
        self._bytes += len(data)
        return data
