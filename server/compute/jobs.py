"""Later: what takes long is made one thing at a time, always the most urgent, and kept while somebody wants it.

While one thing is made any number of strokes may be drawn: what they made unwanted is never begun.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Hashable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from murmuration.errors import MurmurationError

log = logging.getLogger(__name__)

Found = TypeVar("Found")


@dataclass(frozen=True)
class Job(Generic[Found]):
    """Somebody waits for something: what, how it is made, and how they are given it, each time that anybody wakes."""

    asked: Hashable
    make: Callable[[], Awaitable[Found]]
    give: Callable[[Found], None]


class Jobs(Generic[Found]):
    """Makes what ``wanted`` yields, the most urgent first."""

    def __init__(self, wanted: Callable[[], Iterator[Job[Found]]]) -> None:
        self._wanted = wanted
        self._kept: dict[Hashable, Found | None] = {}
        self._changed = asyncio.Event()

    def wake(self) -> None:
        """What is wanted changed."""
        self._changed.set()

    def retry(self) -> None:
        """Make again everything that failed."""
        self._kept = {asked: found for asked, found in self._kept.items() if found is not None}
        self.wake()

    async def run(self) -> None:
        """Make and give, until cancelled."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            while (missing := self._give()) is not None:
                try:
                    self._kept[missing.asked] = await missing.make()
                except MurmurationError as error:
                    log.warning("%s", error)
                    self._kept[missing.asked] = None
                except Exception:
                    log.exception("%s", missing.asked)
                    self._kept[missing.asked] = None  # once is enough

    def _give(self) -> Job[Found] | None:
        """Give what is there; returns what is missing, or None."""
        wants = list(self._wanted())
        self._kept = {want.asked: self._kept[want.asked] for want in wants if want.asked in self._kept}
        for want in wants:
            if (found := self._kept.get(want.asked)) is not None:
                want.give(found)
        return next((want for want in wants if want.asked not in self._kept), None)
