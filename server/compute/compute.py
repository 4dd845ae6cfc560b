"""Compute: the numerical work of a server, off the event loop.

Everything heavy passes through these few coroutines. Each runs in a thread (the kernels release the GIL); what a GPU is
much faster at is answered by a child process that owns one, as long as that lives.
"""

import asyncio
import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import numpy as np
from pyroaring import FrozenBitMap

import murmuration as mm
from murmuration.averages import Mean, RatioMean, mean, means, means_by_ratio
from murmuration.cloud.boxes import boxes
from murmuration.cloud.lasso import Lasso
from murmuration.cloud.wireframe import Wireframe, wireframe
from murmuration.cores import cores
from murmuration.projection import Components, products
from murmuration.selection.stroke import Stroke
from murmuration.traces import TraceParts
from murmuration.types import Bools, Floats, Int64s, Progress, UInt16s, UInt32s, Window
from server.compute.device import Device, DeviceLostError
from session.view import View
from streaming.messages import State

T = TypeVar("T")


@dataclass(frozen=True)
class SceneData:
    """A cloud with the average traces of all its curves and of each of its classes, and the snapshot it shows."""

    view: View
    cloud: mm.Cloud
    whole: Mean
    by_class: list[Mean]
    snapshot: int = 0


class Compute:
    """One data set and the threads that work on it."""

    def __init__(
        self,
        table: mm.CurveTable,
        traces: TraceParts,
        snapshot: int = 0,
        device: Device | None = None,
        check: Callable[[], None] | None = None,
    ) -> None:
        """``snapshot`` is the store's number; 0 for a data set read straight from a file.

        ``check`` raises MurmurationError while the files behind ``traces`` are missing; None for traces in memory.
        """
        self.table = table
        self.traces = traces
        self.snapshot = snapshot
        self.check = check
        self._device = device
        self._pool = ThreadPoolExecutor(cores(), thread_name_prefix="compute")
        self._last: tuple[Window, Components] | None = None
        # Compiled kernels load at their first use; the first lasso of a user should not wait for that.
        two = np.array([[0] * 4, [1] * 4], dtype=np.uint16)
        Lasso(two, np.arange(2, dtype=np.uint32), 2, boxes(two), np.eye(4), [(0, 0), (1, 0), (0, 1)]).bitmap()

    async def scene_data(self, view: View, progress: Progress = lambda done, total: None) -> SceneData:
        """The cloud of a view. Raises ProjectionError or DatasetError for a view that cannot be made.

        ``progress`` is called in another thread.
        """
        return await self._run(lambda: self.scene_data_now(view, progress))

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
        return await self._run(lambda: mean(self.traces, rows))

    async def ratios(self, cloud: mm.Cloud) -> tuple[RatioMean, list[RatioMean]]:
        """The average traces against p/N of a cloud, whole and by class."""
        return await self._run(lambda: self._ratios(cloud, cloud.row, cloud.position[:, 3], len(cloud.classes)))

    async def ratio(self, rows: UInt32s, cloud: mm.Cloud) -> RatioMean:
        """The average trace of some rows against p/N, in the bins of a cloud."""
        return await self._run(lambda: self._ratios(cloud, rows, 0, 1)[0])

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
        return await self._run(lambda: wireframe(cloud, selected, most))

    async def call(self, work: Callable[[], T]) -> T:
        """Anything else that takes a while, such as writing a file."""
        return await self._run(work)

    def close(self) -> None:
        """End the threads; work not begun is dropped."""
        self._pool.shutdown(cancel_futures=True)

    def _components(self, window: Window, rows: Int64s) -> Components:
        """The components of a window, which has these rows; kept for the next view of it."""
        last = self._last  # another thread may replace it meanwhile
        if last is None or last[0] != window:
            last = self._last = window, Components(self.traces, rows, self._products)
        return last[1]

    def _products(self, traces: TraceParts, rows: Int64s) -> tuple[Floats, Floats]:
        """By the device where there is one; else, and when it is lost meanwhile, here."""
        if self._device is not None:
            with contextlib.suppress(DeviceLostError):
                return self._device.products(traces, rows)
        return products(traces, rows)

    async def watch(self, tell: Callable[[State], None]) -> None:
        """Keep the device alive until cancelled, and say what computes."""
        if self._device is not None:
            await self._device.run(tell)

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    def scene_data_now(self, view: View, progress: Progress = lambda done, total: None) -> SceneData:
        """What :meth:`picture` does, in this thread."""
        self.table.category(view.classes)  # refused before the work, not after it
        progress(1, 4)
        projection = mm.project(
            self.table,
            self.traces,
            view.projection,
            view.conductor,
            components=partial(self._components, view.conductor),
        )
        progress(2, 4)
        cloud = mm.cloud(projection, view.classes)
        progress(3, 4)
        group = np.full(len(self.table), -1, dtype=np.int64)
        group[cloud.row] = cloud.position[:, 3]
        whole, by_class = means(self.traces, group, len(cloud.classes))
        return SceneData(view, cloud, whole, by_class, self.snapshot)
