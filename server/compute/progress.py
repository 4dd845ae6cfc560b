"""Progress: how far a long task is, told to those who wait for it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from murmuration.types import Progress

PATIENCE = 0.3
"""Seconds that a task may take before anything is said about it."""


@asynccontextmanager
async def telling(tell: Callable[[int, int], None]) -> AsyncIterator[Progress]:
    """While this lasts, what it gives may be called from any thread with what is done and the whole.

    ``tell`` is called on the event loop: with the newest once PATIENCE is over, then with every step, and at the end,
    however it comes, with the whole as done. A task that is over sooner is never spoken of.
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
