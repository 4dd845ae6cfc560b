"""Outbox: the queue of one client, bounded, always of the newest state.

Producers put keys, one writer takes messages. A frame waits as its key alone, and a function makes the frame when it
leaves: the queue costs no memory, a slow client never queues history, and each frame shows the newest state.

Responses to a user's action go before level-of-detail refinement; within each group, earliest deadline first. Deadlines
alone would fail on a slow network, where everything is late: a mask due in a tenth of a second would wait behind all
points that were due before it. A key that is put again while it waits keeps the earlier deadline and its place, since
otherwise a frame that changes faster than the network drains would never leave.
"""

import asyncio
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic

from streaming.credit import Credit, K

MOST_TEXTS = 64
"""Texts that may wait before the client's own messages are no longer read."""


@dataclass(frozen=True, order=True)
class _Place:
    """The place of a frame in the queue: smaller leaves first."""

    refines: bool
    deadline: float
    order: int


class Outbox(Generic[K]):
    """The queue of one client. Not thread-safe: it lives on the event loop.

    ``build`` makes the frame of a key with its number; ``sent`` hears of the key, the bytes and the lateness in seconds
    (0 for a frame in time) of each frame that leaves. Deadlines are in seconds of ``clock``.
    """

    def __init__(
        self,
        build: Callable[[K, int], bytes],
        sent: Callable[[K, int, float], None] = lambda key, size, late: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._build = build
        self._sent = sent
        self._clock = clock
        self.credit: Credit[K] = Credit(clock)
        self._texts: dict[Hashable, str | Callable[[], str]] = {}
        self._frames: dict[K, _Place] = {}
        self._order = 0
        self._changed = asyncio.Event()
        self._room = asyncio.Event()

    def __len__(self) -> int:
        return len(self._frames)

    def text(self, key: Hashable, text: str | Callable[[], str]) -> None:
        """Queue a text, or a function that writes it when it leaves; it replaces a queued one of the same key."""
        self._texts.pop(key, None)
        self._texts[key] = text
        self._changed.set()

    def frame(self, key: K, deadline: float, answer: bool = False) -> None:
        """Send a frame when there is credit, by ``deadline`` if possible; an ``answer`` goes before all others."""
        self._order += 1
        place = _Place(not answer, deadline, self._order)
        self._frames[key] = min(place, self._frames.get(key, place))
        self._changed.set()

    def forget(self, which: Callable[[K], bool] = lambda key: True) -> None:
        """Drop the frames that wait under such keys."""
        self._frames = {key: place for key, place in self._frames.items() if not which(key)}

    def waits(self, which: Callable[[K], bool]) -> list[K]:
        """The keys of this kind that wait, in the order in which they will leave."""
        return sorted(filter(which, self._frames), key=self._frames.__getitem__)

    def ack(self, seq: int) -> None:
        """Take back the credit of every frame up to ``seq``. Raises MessageError for one that was never sent."""
        self.credit.ack(seq)
        self._changed.set()

    def silence(self) -> None:
        """Drop the queued texts: the client is disconnected."""
        self._texts.clear()
        self._room.set()

    async def take(self) -> str | bytes:
        """The next message to send, as soon as there is one that may be sent. Texts come before frames."""
        while True:
            self._changed.clear()
            if self._texts:
                self._room.set()
                text = self._texts.pop(next(iter(self._texts)))
                return text if isinstance(text, str) else text()
            if self._frames and self.credit.free:
                return self._leave()
            await self._changed.wait()

    async def room(self) -> None:
        """Wait until few enough texts wait that one more question of the client may be answered."""
        while len(self._texts) >= MOST_TEXTS:
            self._room.clear()
            await self._room.wait()

    def _leave(self) -> bytes:
        key = min(self._frames, key=self._frames.__getitem__)
        place = self._frames.pop(key)
        data = self._build(key, self.credit.seq + 1)
        self.credit.sent(key, len(data))
        self._sent(key, len(data), max(0.0, self._clock() - place.deadline))
        return data
