"""Progress of a slow task, reported to the clients that wait for it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from murmuration.types import Progress

PATIENCE = 0.3
"""Seconds of a task before its progress is reported."""


@asynccontextmanager
async def telling(tell: Callable[[int, int], None]) -> AsyncIterator[Progress]:
    """A context for one task: it yields a function that any thread may call with the steps done and their total.

    ``tell`` is called on the event loop: with the newest step once PATIENCE is over, then with every step, and at the
    end, also of a failed task, with all steps done. A task that ends sooner is not reported.
    """
    loop = asyncio.get_running_loop()
    done, total, late = 0, 1, False

    def begin() -> None:
        nonlocal late
        late = True
        tell(done, total)

    def step(now: int, of: int) -> None:
        nonlocal done, total
        done, total = now, of
        if late and done < total:
            tell(done, total)

    def told(now: int, of: int) -> None:
        loop.call_soon_threadsafe(step, now, of)

    timer = loop.call_later(PATIENCE, begin)
    try:
        yield told
    finally:
        timer.cancel()
        if late:
            tell(total, total)
        late = False
