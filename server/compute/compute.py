"""Compute: the numerical work of a server, off the event loop.

All heavy work passes through these few coroutines. Each runs in a thread (the kernels release the GIL). Work that a GPU
does much faster goes to a child process that owns one, as long as that process lives.
"""

import asyncio
import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from pyroaring import FrozenBitMap

import murmuration as mm
from murmuration.averages import Mean, RatioMean, mean, means_by_ratio, means_of
from murmuration.cloud.boxes import boxes
from murmuration.cloud.lasso import Lasso
from murmuration.cloud.wireframe import Wireframe, wireframe
from murmuration.computation.blocks import BlockSums
from murmuration.cores import cores
from murmuration.projection import Components, products
from murmuration.selection.stroke import Stroke
from murmuration.traces import TraceParts
from murmuration.types import Bools, Floats, Int64s, Progress, UInt16s, UInt32s, Window
from server.compute.device import Device, DeviceLostError
from server.compute.recent import Recent
from session.view import View
from streaming.messages import State

T = TypeVar("T")

SCENES_BYTES, COMPONENTS_BYTES = 1 << 30, 160 << 20
"""Memory for recent scenes (8 of all of Cremona's tables take 0.9 GB) and for the components of recent windows (16 MB
a window at 1000 primes)."""


@dataclass(frozen=True)
class SceneData:
    """A cloud with the average traces of all its curves and of each of its classes, and the snapshot it shows."""

    view: View
    cloud: mm.Cloud
    whole: Mean
    by_class: list[Mean]
    snapshot: int = 0

    @property
    def bytes(self) -> int:
        """The memory it holds, about: the cloud's arrays and the projection's."""
        arrays = (self.cloud.position, self.cloud.row, self.cloud.projection.coordinates, self.cloud.projection.rows)
        return sum(each.nbytes for each in arrays)


class Compute:
    """One data set and the threads that work on it."""

    def __init__(
        self,
        table: mm.CurveTable,
        traces: TraceParts,
        snapshot: int = 0,
        device: Device | None = None,
        check: Callable[[], None] | None = None,
        kept: Path | None = None,
    ) -> None:
        """``snapshot`` is the store's number; 0 for a data set read straight from a file.

        ``check`` raises MurmurationError while the files behind ``traces`` are missing; None for traces in memory.
        ``kept`` is a folder for exact sums over blocks of curves; None keeps them in memory.
        """
        self.table = table
        self.traces = traces
        self.snapshot = snapshot
        self.check = check
        self._device = device
        # Views and averages take seconds on millions of curves; strokes and cards never wait behind them.
        self._views = ThreadPoolExecutor(cores(), thread_name_prefix="views")
        self._averages = ThreadPoolExecutor(1, thread_name_prefix="averages")
        self._pool = ThreadPoolExecutor(cores(), thread_name_prefix="compute")
        self._sums = BlockSums(table, traces, kept, self._products)
        self._components: Recent[Window, Components] = Recent(COMPONENTS_BYTES)
        self._scenes: Recent[View, SceneData] = Recent(SCENES_BYTES)
        # Compiled kernels load at their first use; the first lasso of a user should not wait for that.
        two = np.array([[0] * 4, [1] * 4], dtype=np.uint16)
        Lasso(two, np.arange(2, dtype=np.uint32), 2, boxes(two), np.eye(4), [(0, 0), (1, 0), (0, 1)]).bitmap()

    async def scene_data(self, view: View, progress: Progress = lambda done, total: None) -> SceneData:
        """The cloud of a view. Raises ProjectionError or DatasetError for a view that cannot be made.

        ``progress`` is called in another thread.
        """
        return await self._run(lambda: self.scene_data_now(view, progress), self._views)

    async def lasso(self, stroke: Stroke, cloud: mm.Cloud) -> FrozenBitMap:
        """The rows inside a stroke: exact, over all rows of the cloud, drawn or not.

        A stroke of thousands of long edges takes seconds; others have their turn at the threads between two steps.
        """
        search = await self._run(lambda: cloud.search(stroke.matrix, stroke.polygon))
        while (rows := await self._run(lambda: None if search.step() else search.bitmap())) is None:
            pass
        return rows

    async def mean(self, rows: UInt32s) -> Mean:
        """The average trace of some rows."""
        return await self._run(lambda: mean(self.traces, rows), self._averages)

    async def ratios(self, cloud: mm.Cloud) -> tuple[RatioMean, list[RatioMean]]:
        """The average traces against p/N of a cloud, whole and by class."""
        return await self._run(
            lambda: self._ratios(cloud, cloud.row, cloud.position[:, 3], len(cloud.classes)), self._averages
        )

    async def ratio(self, rows: UInt32s, cloud: mm.Cloud) -> RatioMean:
        """The average trace of some rows against p/N, in the bins of a cloud."""
        return await self._run(lambda: self._ratios(cloud, rows, 0, 1)[0], self._averages)

    def _ratios(
        self, cloud: mm.Cloud, rows: UInt32s, number: UInt16s | int, groups: int
    ) -> tuple[RatioMean, list[RatioMean]]:
        """The bins end where every curve of the cloud still contributes: at its largest prime over conductor."""
        largest = max(int(self.table.conductor[cloud.row].max()), 1)
        group = np.full(len(self.table), -1, dtype=np.int64)
        group[rows] = number
        return means_by_ratio(self.table, self.traces, group, groups, float(self.traces.primes[-1]) / largest)

    async def wireframe(self, cloud: mm.Cloud, selected: Bools | None, most: int) -> Wireframe:
        """The wireframe of a cloud or of some of its points, at most so many segments."""
        return await self._run(lambda: wireframe(cloud, selected, most), self._averages)

    async def call(self, work: Callable[[], T]) -> T:
        """Run any other slow function in a thread."""
        return await self._run(work)

    def close(self) -> None:
        """End the threads; work not begun is dropped."""
        for pool in (self._views, self._averages, self._pool):
            pool.shutdown(cancel_futures=True)

    def _fit(self, window: Window, rows: Int64s, progress: Progress) -> Components:
        """The components of a window, which has these rows; those of recent windows are kept."""
        found = self._components.get(window)
        if found is None:
            found = Components(self.traces, rows, lambda _traces, some: self._sums.products(some, progress))
            self._components.put(window, found, found.bytes)
        return found

    def _products(self, traces: TraceParts, rows: Int64s) -> tuple[Floats, Floats]:
        """On the device; in this process where there is none, or when it is lost meanwhile."""
        if self._device is not None:
            with contextlib.suppress(DeviceLostError):
                return self._device.products(traces, rows)
        return products(traces, rows)

    async def watch(self, tell: Callable[[State], None]) -> None:
        """Keep the device alive until cancelled; ``tell`` is called with each new state."""
        if self._device is not None:
            await self._device.run(tell)

    async def _run(self, work: Callable[[], T], pool: ThreadPoolExecutor | None = None) -> T:
        return await asyncio.get_running_loop().run_in_executor(pool or self._pool, work)

    def scene_data_now(self, view: View, progress: Progress = lambda done, total: None) -> SceneData:
        """As :meth:`scene_data`, in this thread. Steps that another view had in common are not repeated."""
        self.table.category(view.classes)  # refused before the work, not after it
        if (kept := self._scenes.get(view)) is not None:
            return kept
        projection = self._projection(view, progress)
        progress(97, 100)
        cloud = mm.cloud(projection, view.classes)
        found = self._sums.grouped(cloud.projection.rows, view.classes)
        whole, by_class = means_of(self.traces.primes, found)
        made = SceneData(view, cloud, whole, by_class, self.snapshot)
        self._scenes.put(view, made, made.bytes)
        return made

    def _projection(self, view: View, progress: Progress) -> mm.Projection:
        """The coordinates of a view: those of a recent one that differs in its colouring alone, else computed."""
        for other in self._scenes.kept:
            same = (other.projection, other.conductor) == (view.projection, view.conductor)
            if same and (kept := self._scenes.get(other)) is not None:
                projection = kept.cloud.projection
                if all(axis.accuracy is None for axis in projection.axes):  # else an axis was fitted to the classes
                    return projection
        return mm.project(
            self.table,
            self.traces,
            view.projection,
            view.conductor,
            view.classes,
            components=lambda rows: self._fit(
                view.conductor, rows, lambda done, total: progress(50 * done // max(total, 1), 100)
            ),
        )
