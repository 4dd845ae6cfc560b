"""Every act on millions of curves, beside one bare pass over their traces: `python -m bench.scale --store FOLDER`.

FOLDER holds a snapshot, for example of all of Cremona's tables (`devshell run murmuration --dataset=cremona --store
FOLDER`). Acts run in the server's Compute, without a network or a browser. Each line is an act, its seconds of wall
and processor time, and the ratio of its processor time to that of the bare pass, which reads every trace once.
"""

import argparse
import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np

from devshell.load import stored
from murmuration.selection.stroke import Stroke, stroke
from server.compute.compute import Compute, SceneData
from session.view import View

T = TypeVar("T")

AXES, OTHER = "pc1,pc2,pc3", "pc1,pc4,pc5"


class Clock:
    """Prints acts beside the bare pass."""

    def __init__(self) -> None:
        self._pass = 0.0

    async def act(self, name: str, work: Callable[[], Awaitable[T]], bare: bool = False) -> T:
        """Run an act, print its figures; ``bare`` makes it the measure of the others."""
        wall, cpu = time.perf_counter(), time.process_time()
        result = await work()
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        if bare:
            self._pass = cpu
        print(f"{name:<58}{wall:8.2f} s{cpu:8.2f} s of processor{cpu / self._pass:8.2f} passes", flush=True)
        return result


def half(scene: SceneData, share: float = 0.5) -> Stroke:
    """A lasso of 64 vertices around the middle of a cloud, of about this share of its width."""
    turn = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    polygon = share * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    return stroke(polygon, scene.cloud.model, "replace")


async def measure(folder: Path) -> None:
    """Run every act on the newest snapshot of a store."""
    clock = Clock()
    loaded = stored(folder, None, None)
    assert loaded.view is not None
    table, traces = loaded.table, loaded.traces
    print(f"{len(table):,} curves x {len(traces.primes):,} primes")
    everything = np.arange(len(table))

    async def read() -> None:
        for _, values in traces.parts(everything):
            values.sum()

    await clock.act("bare pass over the traces", read, bare=True)
    low, high = int(table.conductor.min()), int(table.conductor.max())
    whole, window = (low, high), (low + (high - low) // 5, low + 2 * (high - low) // 5)

    def compute() -> Compute:
        return Compute(table, traces, kept=folder / "sums")

    one = compute()

    def view(axes: str, classes: str, conductor: tuple[int, int]) -> Callable[[], Awaitable[SceneData]]:
        return lambda: one.scene_data(View(axes, classes, conductor))

    scene = await clock.act("the first picture of a store (sums made if not there)", view(AXES, "rank", whole))
    one.close()
    one = compute()
    scene = await clock.act("the same after a restart", view(AXES, "rank", whole))
    await clock.act("another colouring, same coordinates", view(AXES, "torsion", whole))
    await clock.act(f"another conductor window {window[0]:,} to {window[1]:,}", view(AXES, "rank", window))
    await clock.act("back to a window seen before", view(AXES, "rank", whole))
    await clock.act("another projection among components", view(OTHER, "rank", whole))
    for share in (0.1, 0.5, 0.9):
        drawn = partial(one.lasso, half(scene, share), scene.cloud)
        rows = await clock.act(f"stroke to set, {share} of the width", drawn)
        chosen = np.array(rows.to_array(), dtype=np.uint32)
        await clock.act(f"its murmuration, {len(chosen):,} curves", partial(one.mean, chosen))
    await beside(clock, one, scene, whole)
    one.close()


async def beside(clock: Clock, one: Compute, scene: SceneData, whole: tuple[int, int]) -> None:
    """A stroke of somebody else while two views are made."""
    views = [asyncio.create_task(one.scene_data(View(f"pc{k},pc6,pc7", "rank", whole))) for k in (8, 9)]
    await asyncio.sleep(0.5)
    await clock.act("a stroke of somebody else while two views are made", lambda: one.lasso(half(scene), scene.cloud))
    print(f"{'views still being made then':<58}{sum(not each.done() for each in views):8}")
    await asyncio.gather(*views)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store", type=Path, required=True, help="a store's folder with a snapshot")
    asyncio.run(measure(parser.parse_args().store))


if __name__ == "__main__":
    main()
