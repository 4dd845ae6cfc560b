"""Wireframes: the cloud and the selection as lines, computed on demand for clients that draw no points.

All clients of a pane share a wireframe.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import partial

from murmuration.cloud.wireframe import MOST_SEGMENTS, Wireframe
from server.compute.compute import Compute
from server.compute.jobs import Job
from server.people.member import PRODUCT_DUE, Product
from server.people.subscriber import Subscriber
from server.scene.scene import RowMask, Scene

MOST_SELECTED = 6_000
"""Segments of a selection's wireframe; it is drawn over the cloud's, and both together stay within MOST_SEGMENTS."""


@dataclass(frozen=True)
class WireframeKey:
    """The wireframe of the cloud of an epoch (version is None), or of a version of the selection in that cloud."""

    epoch: int
    version: int | None


class Wireframes:
    """The wireframes that clients draw; ``subscribers`` is the live set of connected clients."""

    def __init__(self, compute: Compute, subscribers: Collection[Subscriber]) -> None:
        self._compute, self._subscribers = compute, subscribers

    async def _make(self, scene: Scene, mask: RowMask | None) -> Wireframe:
        cloud = scene.data.cloud
        if mask is None:
            return await self._compute.wireframe(cloud, None, MOST_SEGMENTS - MOST_SELECTED)
        return await self._compute.wireframe(cloud, mask.flags, MOST_SELECTED)

    def wants(self) -> Iterator[Job[Wireframe]]:
        """The wireframes of every client that draws no points."""
        for subscriber in self._subscribers:
            for scene, mask in _drawn(subscriber):
                key = WireframeKey(scene.epoch, None if mask is None else mask.version)
                yield Job(key, partial(self._make, scene, mask), partial(_give, subscriber, mask))


def _drawn(subscriber: Subscriber) -> list[tuple[Scene, RowMask | None]]:
    """The wireframes of one client, most urgent first."""
    scene, mask = subscriber.pane.scene, subscriber.pane.mask
    if subscriber.member.wants_points or not subscriber.current or scene is None:
        return []
    return [(scene, None), *([(scene, mask)] if mask is not None and len(mask.selection) else [])]


def _give(subscriber: Subscriber, mask: RowMask | None, found: Wireframe) -> None:
    of, version = ("cloud", 0) if mask is None else ("selection", mask.version)
    product, build = Product("wireframe", of), partial(_frame, of, version, found)
    subscriber.member.offer(product, version, build, PRODUCT_DUE)


def _frame(of: str, version: int, found: Wireframe, scene: Scene, seq: int) -> bytes:
    return scene.wireframe(of, version, found.segment, found.role, seq)
