"""Averages: average traces that are not part of a picture, computed when there is time, sent to whoever plots them.

They are the selection's, against p or p/N, and the cloud's against p/N. One is computed at a time, always of what is
newest: meanwhile any number of strokes may be drawn, and only the last of them is averaged next. What it costs is one
pass over the traces of the rows, in parts, so memory stays bounded however many they are.
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Literal

from murmuration.averages import Mean, RatioMean
from server.compute import Compute
from server.seat import Seat
from server.shared import Shared
from server.stage import Stage

log = logging.getLogger(__name__)

Found = Mean | Mapping[int, RatioMean]
"""An average against p; those against p/N, by class, with -1 for all together."""


@dataclass(frozen=True)
class Asked:
    """An average over the selection of a version, or over a cloud; that against p/N is in the bins of an epoch."""

    of: Literal["selection", "cloud"]
    axis: Literal["p", "ratio"]
    version: int
    epoch: int


class Averages:
    """What was computed of the newest selection, and who has been sent it."""

    def __init__(self, compute: Compute, seats: Collection[Seat], shared: Callable[[], Shared]) -> None:
        self._compute, self._seats, self._shared = compute, seats, shared
        self._kept: dict[Asked, Found] = {}
        self._changed = asyncio.Event()

    def wake(self) -> None:
        """Something changed: the selection, or who looks at what."""
        self._changed.set()

    async def run(self) -> None:
        """Compute and send, until cancelled."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            while (missing := self._send()) is not None:
                asked, stage = missing
                try:
                    self._kept[asked] = await self._average(asked, stage)
                except Exception:
                    log.exception("an average")
                    self._kept[asked] = {}  # once is enough

    async def _average(self, asked: Asked, stage: Stage) -> Found:
        selection, cloud = self._shared().selection, stage.picture.cloud
        if asked.of == "cloud":
            whole, by_class = await self._compute.ratios(cloud)
            return {-1: whole, **dict(enumerate(by_class))}
        if asked.axis == "p":
            return await self._compute.mean(selection.array())
        return {-1: await self._compute.ratio(selection.array(), cloud)}

    def _send(self) -> tuple[Asked, Stage] | None:
        """Send what is there; returns what is missing, with a stage that it is asked for, or None."""
        missing = None
        wanted = set()
        for seat in self._seats:
            stage = seat.pane.stage
            if not seat.current or stage is None:
                continue
            for asked in self._wanted(seat, stage):
                wanted.add(asked)
                if asked not in self._kept:
                    missing = missing or (asked, stage)
                elif asked not in seat.averages:
                    seat.averages.add(asked)
                    _give(seat, stage, asked, self._kept[asked])
        for seat in self._seats:
            seat.averages &= wanted
        self._kept = {asked: found for asked, found in self._kept.items() if asked in wanted}
        return missing

    def _wanted(self, seat: Seat, stage: Stage) -> list[Asked]:
        """What a seat plots, the most urgent first."""
        version = self._shared().version
        if seat.against == "p":
            selection = Asked("selection", "p", version, 0)
        else:
            selection = Asked("selection", "ratio", version, stage.epoch)
        some = [selection] if len(self._shared().selection) else []
        return some if seat.against == "p" else [*some, Asked("cloud", "ratio", 0, stage.epoch)]


def _give(seat: Seat, stage: Stage, asked: Asked, found: Found) -> None:
    if isinstance(found, Mean):
        seat.member.average(asked.version, found)
    else:
        for index, one in found.items():
            build = partial(stage.ratio, asked.of, index, asked.version, one)
            seat.member.ratio(asked.of, index, asked.version, build)
