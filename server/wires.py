"""Wires: the wireframes of what is shown, made for the members who draw no points.

One at a time, always of what is newest: while one is made any number of strokes may be drawn, and only the last of them
gets its wireframe next. What is made is shared by all who look at the same pane.
"""

import asyncio
import logging
from collections.abc import Collection
from dataclasses import dataclass
from functools import partial

from murmuration.cloud.wireframe import MOST_SEGMENTS, Wireframe
from server.compute import Compute
from server.seat import Seat
from server.stage import Held, Stage

log = logging.getLogger(__name__)

MOST_SELECTED = 6_000
"""Segments of a selection's wireframe; it is drawn over the cloud's, and both together stay within MOST_SEGMENTS."""


@dataclass(frozen=True)
class Asked:
    """The wireframe of a whole stage (held is None), or of what is held on it. Neither ever changes."""

    epoch: int
    version: int | None


class Wires:
    """What was made of what is shown; ``seats`` is the live set of everybody connected."""

    def __init__(self, compute: Compute, seats: Collection[Seat]) -> None:
        self._compute, self._seats = compute, seats
        self._kept: dict[Asked, Wireframe | None] = {}
        self._changed = asyncio.Event()

    def wake(self) -> None:
        """Something changed: a stage, the selection, or who draws no points."""
        self._changed.set()

    async def run(self) -> None:
        """Make and send, until cancelled."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            while (missing := self._send()) is not None:
                stage, held = missing
                try:
                    self._kept[_asked(stage, held)] = await self._make(stage, held)
                except Exception:
                    log.exception("a wireframe")
                    self._kept[_asked(stage, held)] = None  # once is enough

    async def _make(self, stage: Stage, held: Held | None) -> Wireframe:
        cloud = stage.picture.cloud
        if held is None:
            return await self._compute.wireframe(cloud, None, MOST_SEGMENTS - MOST_SELECTED)
        return await self._compute.wireframe(cloud, held.flags, MOST_SELECTED)

    def _send(self) -> tuple[Stage, Held | None] | None:
        """Send what is there; returns what is missing, or None."""
        missing = None
        wanted = set()
        for seat in self._seats:
            for stage, held in _wanted(seat):
                asked = _asked(stage, held)
                wanted.add(asked)
                if asked not in self._kept:
                    missing = missing or (stage, held)
                elif (found := self._kept[asked]) is not None:
                    of, version = ("cloud", 0) if held is None else ("selection", held.version)
                    build = partial(stage.wireframe, of, version, found.segment, found.role)
                    seat.member.wireframe(of, version, build)
        self._kept = {asked: found for asked, found in self._kept.items() if asked in wanted}
        return missing


def _asked(stage: Stage, held: Held | None) -> Asked:
    return Asked(stage.epoch, None if held is None else held.version)


def _wanted(seat: Seat) -> list[tuple[Stage, Held | None]]:
    stage, held = seat.pane.stage, seat.pane.held
    if seat.member.wants_points or not seat.current or stage is None:
        return []
    return [(stage, None), *([(stage, held)] if held is not None and len(held.selection) else [])]
