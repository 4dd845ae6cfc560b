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

    def __init__(self, compute: Compute, subscribers: Collection[Subscriber]) -> None:
        self._compute, self._subscribers = compute, subscribers

    async def _make(self, scene: Scene, mask: RowMask | None) -> Wireframe:
        cloud = scene.data.cloud
        if mask is None:
            return await self._compute.wireframe(cloud, None, MOST_SEGMENTS - MOST_SELECTED)
        return await self._compute.wireframe(cloud, mask.flags, MOST_SELECTED)

    def wants(self) -> Iterator[Job[Wireframe]]:
        """What every seat that draws no points is shown as lines."""
        for subscriber in self._subscribers:
            for scene, mask in _drawn(subscriber):
                asked = WireframeKey(scene.epoch, None if mask is None else mask.version)
                yield Job(asked, partial(self._make, scene, mask), partial(_give, subscriber, scene, mask))


def _drawn(subscriber: Subscriber) -> list[tuple[Scene, RowMask | None]]:
    """What a seat draws as lines, the most urgent first."""
    scene, mask = subscriber.pane.scene, subscriber.pane.mask
    if subscriber.member.wants_points or not subscriber.current or scene is None:
        return []
    return [(scene, None), *([(scene, mask)] if mask is not None and len(mask.selection) else [])]


def _give(subscriber: Subscriber, scene: Scene, mask: RowMask | None, found: Wireframe) -> None:
    of, version = ("cloud", 0) if mask is None else ("selection", mask.version)
    subscriber.member.wireframe(of, version, partial(scene.wireframe, of, version, found.segment, found.role))
