"""Averages: average traces that are not part of a picture, computed when there is time, sent to whoever plots them.

They are the selection's, against p or p/N, and the cloud's against p/N. What one costs is one pass over the traces of
the rows, in parts, so memory stays bounded however many they are.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Literal

from murmuration.averages import Mean, RatioMean
from server.compute.compute import Compute
from server.compute.jobs import Job
from server.people.subscriber import Subscriber
from server.scene.scene import Scene
from session.state import SessionState

Found = Mean | Mapping[int, RatioMean]
"""An average against p; those against p/N, by class, with -1 for all together."""


@dataclass(frozen=True)
class AverageKey:
    """An average over the selection of a version, or over a cloud; that against p/N is in the bins of an epoch."""

    of: Literal["selection", "cloud"]
    axis: Literal["p", "ratio"]
    version: int
    epoch: int


class Averages:
    """The average traces that clients plot; ``subscribers`` is the live set of connected clients."""

    def __init__(
        self, compute: Compute, subscribers: Collection[Subscriber], state: Callable[[], SessionState]
    ) -> None:
        self._compute, self._subscribers, self._state = compute, subscribers, state

    async def _average(self, asked: AverageKey, scene: Scene) -> Found:
        selection, cloud = self._state().selection, scene.data.cloud
        if asked.of == "cloud":
            whole, by_class = await self._compute.ratios(cloud)
            return {-1: whole, **dict(enumerate(by_class))}
        if asked.axis == "p":
            return await self._compute.mean(selection.array())
        return {-1: await self._compute.ratio(selection.array(), cloud)}

    def wants(self) -> Iterator[Job[Found]]:
        """What every seat plots beside its picture."""
        for subscriber in self._subscribers:
            scene = subscriber.pane.scene
            if subscriber.current and scene is not None:
                plotted = self._plotted(subscriber, scene)
                subscriber.averages &= set(plotted)
                for asked in plotted:
                    yield Job(asked, partial(self._average, asked, scene), partial(_give, subscriber, scene, asked))

    def _plotted(self, subscriber: Subscriber, scene: Scene) -> list[AverageKey]:
        """What a seat plots, the most urgent first."""
        version = self._state().version
        if subscriber.against == "p":
            selection = AverageKey("selection", "p", version, 0)
        else:
            selection = AverageKey("selection", "ratio", version, scene.epoch)
        some = [selection] if len(self._state().selection) else []
        return some if subscriber.against == "p" else [*some, AverageKey("cloud", "ratio", 0, scene.epoch)]


def _give(subscriber: Subscriber, scene: Scene, asked: AverageKey, found: Found) -> None:
    if asked in subscriber.averages:
        return
    subscriber.averages.add(asked)
    if isinstance(found, Mean):
        subscriber.member.average(asked.version, found)
    else:
        for index, one in found.items():
            build = partial(scene.ratio, asked.of, index, asked.version, one)
            subscriber.member.ratio(asked.of, index, asked.version, build)
