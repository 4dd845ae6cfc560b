"""On-demand job queue: runs one slow job at a time, most urgent first, and caches a result while a client needs it.

Clients draw on while a job runs. A job that they no longer need by its turn never begins.
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
    """A result that a client needs: its key, the coroutine that computes it, and a function that delivers it.

    ``give`` is called at every wake while the result is needed, so it must be idempotent.
    """

    asked: Hashable
    make: Callable[[], Awaitable[Found]]
    give: Callable[[Found], None]


class Jobs(Generic[Found]):
    """Runs the jobs that ``wanted`` yields, most urgent first."""

    def __init__(self, wanted: Callable[[], Iterator[Job[Found]]]) -> None:
        self._wanted = wanted
        self._kept: dict[Hashable, Found | None] = {}
        self._changed = asyncio.Event()

    def wake(self) -> None:
        """Look again at the jobs that are needed."""
        self._changed.set()

    def retry(self) -> None:
        """Run the failed jobs again."""
        self._kept = {asked: found for asked, found in self._kept.items() if found is not None}
        self.wake()

    async def run(self) -> None:
        """Compute and deliver until cancelled."""
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
        """Deliver the cached results; returns the first missing job, or None."""
        wants = list(self._wanted())
        self._kept = {want.asked: self._kept[want.asked] for want in wants if want.asked in self._kept}
        for want in wants:
            if (found := self._kept.get(want.asked)) is not None:
                want.give(found)
        return next((want for want in wants if want.asked not in self._kept), None)
