"""Tasks: the asyncio tasks of a session, cancelled at its end.

A failed task is logged at once: nothing awaits it, so its exception would be lost.
"""

import asyncio
import logging
from collections.abc import Awaitable

log = logging.getLogger(__name__)


class Tasks:
    """The running tasks."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Future[None]] = set()

    def start(self, work: Awaitable[None]) -> None:
        """Start a task."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    async def end(self) -> None:
        """Cancel the running tasks, and wait for them."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, task: asyncio.Future[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (mistake := task.exception()) is not None:
            log.error("a part of the session failed", exc_info=mistake)
