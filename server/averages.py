"""Averages: the average traces of the selection, computed when there is time and sent to whoever plots them.

One at a time, always of the newest selection: while one is computed any number of strokes may be drawn, and only the
last of them is averaged next.
"""

import asyncio
import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass

from murmuration.averages import Mean
from server.compute import Compute
from server.seat import Seat
from server.shared import Shared

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Asked:
    """The average over the selection of a version, against p."""

    version: int


class Averages:
    """What was computed of the newest selection, and who has been sent it."""

    def __init__(self, compute: Compute, seats: Collection[Seat], shared: Callable[[], Shared]) -> None:
        self._compute, self._seats, self._shared = compute, seats, shared
        self._kept: dict[Asked, Mean | None] = {}
        self._changed = asyncio.Event()

    def wake(self) -> None:
        """Something changed: the selection, or who looks at what."""
        self._changed.set()

    async def run(self) -> None:
        """Compute and send, until cancelled."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            while (asked := self._send()) is not None:
                try:
                    self._kept[asked] = await self._compute.mean(self._shared().selection.array())
                except Exception:
                    log.exception("an average")
                    self._kept[asked] = None  # once is enough

    def _send(self) -> Asked | None:
        """Send what is there; returns what is missing, or None."""
        missing = None
        wanted = set()
        for seat in self._seats:
            for asked in self._wanted(seat):
                wanted.add(asked)
                if asked not in self._kept:
                    missing = asked
                elif asked not in seat.averages:
                    seat.averages.add(asked)
                    self._give(seat, asked)
        self._kept = {asked: found for asked, found in self._kept.items() if asked in wanted}
        return missing

    def _wanted(self, seat: Seat) -> list[Asked]:
        shared = self._shared()
        return [Asked(shared.version)] if seat.shown and len(shared.selection) else []

    def _give(self, seat: Seat, asked: Asked) -> None:
        found = self._kept[asked]
        if found is not None and seat.pane.stage is not None:
            seat.member.average(seat.pane.stage, asked.version, found)
