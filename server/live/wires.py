"""Wires: the wireframes of what is shown, made for the members who draw no points.

What is made is shared by all who look at the same pane.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import partial

from murmuration.cloud.wireframe import MOST_SEGMENTS, Wireframe
from server.compute.compute import Compute
from server.compute.jobs import Job
from server.people.subscriber import Subscriber
from server.scene.scene import RowMask, Scene

MOST_SELECTED = 6_000
"""Segments of a selection's wireframe; it is drawn over the cloud's, and both together stay within MOST_SEGMENTS."""


@dataclass(frozen=True)
class WireframeKey:
    """The wireframe of a whole stage (version is None), or of what is held on it. Neither ever changes."""

    epoch: int
    version: int | None


class Wires:
    """Wireframes of what is shown; ``seats`` is the live set of everybody connected."""

    def __init__(self, compute: Compute, seats: Collection[Subscriber]) -> None:
        self._compute, self._seats = compute, seats

    async def _make(self, stage: Scene, held: RowMask | None) -> Wireframe:
        cloud = stage.picture.cloud
        if held is None:
            return await self._compute.wireframe(cloud, None, MOST_SEGMENTS - MOST_SELECTED)
        return await self._compute.wireframe(cloud, held.flags, MOST_SELECTED)

    def wants(self) -> Iterator[Job[Wireframe]]:
        """What every seat that draws no points is shown as lines."""
        for seat in self._seats:
            for stage, held in _drawn(seat):
                asked = WireframeKey(stage.epoch, None if held is None else held.version)
                yield Job(asked, partial(self._make, stage, held), partial(_give, seat, stage, held))


def _drawn(seat: Subscriber) -> list[tuple[Scene, RowMask | None]]:
    """What a seat draws as lines, the most urgent first."""
    stage, held = seat.pane.stage, seat.pane.held
    if seat.member.wants_points or not seat.current or stage is None:
        return []
    return [(stage, None), *([(stage, held)] if held is not None and len(held.selection) else [])]


def _give(seat: Subscriber, stage: Scene, held: RowMask | None, found: Wireframe) -> None:
    of, version = ("cloud", 0) if held is None else ("selection", held.version)
    seat.member.wireframe(of, version, partial(stage.wireframe, of, version, found.segment, found.role))
