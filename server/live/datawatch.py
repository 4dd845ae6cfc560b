"""Data watch: notices when the files of a served snapshot are moved, deleted or changed, and when they return."""

import asyncio
from collections.abc import Callable

from murmuration.errors import MurmurationError

EVERY = 1.0
"""Seconds between two checks; each reads the metadata of at most a few hundred files."""


async def watch(check: Callable[[], None], changed: Callable[[str | None], None]) -> None:
    """Call ``changed`` with the reason when ``check`` begins to raise MurmurationError, and with None when it stops.

    ``check`` runs in a thread, since a file system that was unplugged may block. Runs until cancelled.
    """
    told: str | None = None
    while True:
        await asyncio.sleep(EVERY)
        found = await asyncio.to_thread(_reason, check)
        if found != told:
            told = found
            changed(found)


def _reason(check: Callable[[], None]) -> str | None:
    try:
        check()
    except MurmurationError as error:
        return str(error)
    return None
