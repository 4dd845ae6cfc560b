"""SIGKILL of a writing process at every publish point: nothing acknowledged is lost, nothing is torn."""

import multiprocessing
import os
import signal
import time
from itertools import cycle, islice
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from murmuration import store
from murmuration.store import catalog
from murmuration.store.incoming import POINTS
from tests.conftest import PATIENCE
from tests.store import child

context = multiprocessing.get_context("forkserver")
context.set_forkserver_preload(["tests.store.child"])


def kill(folder: Path, point: str | None, skip: int, pause: float) -> tuple[int, str | None]:
    """Run the child until it stands at a point (or for a while), and kill it: how many commits it acknowledged."""
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=child.write, args=(folder, there, point, skip), daemon=True)
    process.start()
    there.close()
    acknowledged, at = 0, None
    deadline = time.monotonic() + PATIENCE
    until = deadline
    while at is None and time.monotonic() < until:
        if not here.poll(max(0, until - time.monotonic())):
            break
        kind, value = here.recv()
        if kind == "at":
            at = value
        else:
            acknowledged = value
            if point is None and kind == "open":
                until = time.monotonic() + pause
    assert time.monotonic() < deadline, "the child did not get to the point"
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    while True:  # what it had said before it died
        try:
            kind, value = here.recv()
            acknowledged = value if kind == "done" else acknowledged
        except EOFError:
            break
    here.close()
    assert process.exitcode == -signal.SIGKILL
    return acknowledged, at


def survive(base: Path, kills: int, a_store: int = 20) -> None:
    rng = np.random.default_rng(kills)
    arrived = dict.fromkeys([*POINTS, None], 0)
    states: list[pa.Table] = []
    folder = base
    for k, point in enumerate(islice(cycle([*POINTS, None]), kills)):
        if k % a_store == 0:
            folder, states = base / str(k), []
            store.create(folder, rows_a_file=32)
        acknowledged, at = kill(folder, point, int(rng.integers(0, 3)), float(rng.uniform(0, 0.1)))
        lab = store.open(folder)
        have = lab.snapshots()
        if have:
            lab.checkout()
        arrived[point] += at == point
        assert acknowledged <= len(have) <= acknowledged + 1, "an acknowledged commit was lost"
        assert at is None or len(have) == acknowledged + (at == "committed")
        before = len(states)
        while len(states) < len(have):
            states.append(child.apply(states, len(states) + 1))
        for number in range(max(1, before), len(have) + 1):
            assert child.same(lab.checkout(number), states[number - 1]), f"snapshot {number} is torn"
        with catalog.reading(folder) as db:
            held = {lab.data / name for name in catalog.files(db)}
            assert set(lab.data.glob("data/*")) | set(lab.data.glob("_versions/*.manifest")) <= held
    assert all(count == kills // len(arrived) + (k < kills % len(arrived)) for k, count in enumerate(arrived.values()))


def test_60_kills(tmp_path: Path) -> None:
    survive(tmp_path, 60)


@pytest.mark.slow
def test_3000_kills(tmp_path: Path) -> None:
    survive(tmp_path, 3000)
