"""Averages: average traces beside those of a scene, computed on demand for the clients that plot them.

They are those of the selection, against p or p/N, and those of the cloud against p/N. One average takes one pass over
the traces of its rows, in parts, so memory is bounded whatever their number.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Literal

from murmuration.averages import Mean, RatioMean
from server.compute.compute import Compute
from server.compute.jobs import Job
from server.people.member import PRODUCT_DUE, Build, Product
from server.people.subscriber import Subscriber
from server.scene.scene import Scene
from session.state import SessionState

Found = Mean | Mapping[int, RatioMean]
"""An average against p; those against p/N, by class, with -1 for all classes together."""


@dataclass(frozen=True)
class AverageKey:
    """An average over the selection of a version, or over a cloud; the bins of p/N are those of an epoch."""

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

    async def _average(self, key: AverageKey, scene: Scene) -> Found:
        selection, cloud = self._state().selection, scene.data.cloud
        if key.of == "cloud":
            whole, by_class = await self._compute.ratios(cloud)
            return {-1: whole, **dict(enumerate(by_class))}
        if key.axis == "p":
            return await self._compute.mean(selection.array())
        return {-1: await self._compute.ratio(selection.array(), cloud)}

    def wants(self) -> Iterator[Job[Found]]:
        """The averages that each client plots beside its scene."""
        for subscriber in self._subscribers:
            scene = subscriber.pane.scene
            if subscriber.current and scene is not None:
                for key in self._plotted(subscriber, scene):
                    yield Job(key, partial(self._average, key, scene), partial(_give, subscriber, key))

    def _plotted(self, subscriber: Subscriber, scene: Scene) -> list[AverageKey]:
        """The averages that a client plots, most urgent first."""
        version = self._state().version
        if subscriber.against == "p":
            selection = AverageKey("selection", "p", version, 0)
        else:
            selection = AverageKey("selection", "ratio", version, scene.epoch)
        some = [selection] if len(self._state().selection) else []
        return some if subscriber.against == "p" else [*some, AverageKey("cloud", "ratio", 0, scene.epoch)]


def on_demand(key: Product) -> bool:
    """Whether a product is an average of this module; those of the cloud against p belong to each scene."""
    return key.kind == "trace" and not (key.of == "cloud" and isinstance(key.part, tuple) and key.part[0] == "p")


def _give(subscriber: Subscriber, key: AverageKey, found: Found) -> None:
    if isinstance(found, Mean):
        product = Product("trace", "selection", ("p", -1))
        subscriber.member.offer(product, key.version, partial(_against_p, key.version, found), PRODUCT_DUE)
        return
    for index, one in found.items():
        build: Build = partial(_against_ratio, key, index, one)
        subscriber.member.offer(Product("trace", key.of, ("ratio", index)), key.version, build, PRODUCT_DUE)


def _against_p(version: int, found: Mean, scene: Scene, seq: int) -> bytes:
    return scene.average(version, found, seq)


def _against_ratio(key: AverageKey, index: int, found: RatioMean, scene: Scene, seq: int) -> bytes:
    return scene.ratio(key.of, index, key.version, found, seq)
