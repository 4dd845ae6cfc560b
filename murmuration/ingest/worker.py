"""In a worker process: do the work on a chunk within its limits, write the good rows, name the bad ones.

An exception costs nothing but time, so rows that raise are found here by halving. Rows that kill the process are
found by :mod:`murmuration.ingest.dissect`.
"""

import contextlib
import hashlib
import json
import os
import resource
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa

from murmuration.ingest.checks import check
from murmuration.ingest.files import unpacked, write
from murmuration.ingest.task import Bad, Limits, Receipt, Task, Work

_ONE = threading.Lock()
"""Limits hold for a process: where a cluster runs several threads in one, they take turns."""


def environment() -> dict[str, str]:
    """The environment of a process that forks workers: no threads, no reserved address space. See warm."""
    return {
        **os.environ,
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        "JE_ARROW_MALLOC_CONF": "background_thread:false",
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }


def run(task: Task) -> Receipt:
    """Settle a chunk. Raises MemoryError, or StoreError for a full disk; a hang or a crash ends the process."""
    import murmuration.ingest.warm  # noqa: F401 - loading is no matter of the chunk, whose time is limited

    with _ONE:
        pa.set_memory_pool(pa.system_memory_pool())  # others reserve address space, which the limit counts
        with within(task.limits):
            table, bad = sift(task.work, unpacked(task.raw), task.offsets)
        return Receipt(task.chunk, write(task.folder, task.offsets[0], table), tuple(bad), os.getpid())


def sift(work: Work, raw: pa.Table, offsets: Sequence[int]) -> tuple[pa.Table | None, list[Bad]]:
    """The good rows as a table (None if there are none), and the rows for which the work or its check raises."""
    try:
        table = work(raw)
        check(table, raw)
    except MemoryError:
        raise  # not a matter of this process, which may have been full before
    except Exception as error:  # noqa: BLE001 - any exception is recorded with its record
        if raw.num_rows == 1:
            return None, [bad(raw, offsets[0], said(error))]
    else:
        return table, []
    half = raw.num_rows // 2
    parts = [sift(work, raw[:half], offsets[:half]), sift(work, raw[half:], offsets[half:])]
    good = [table for table, _ in parts if table is not None]
    return pa.concat_tables(good) if good else None, [each for _, some in parts for each in some]


def bad(row: pa.Table, offset: int, cause: str, code: int | None = None, pid: int | None = None) -> Bad:
    """The record of a table of one row, with its fault."""
    values = row.to_pylist()[0]
    record = json.dumps(values, default=str)
    digest = hashlib.sha256(record.encode()).hexdigest()
    number = -code if code is not None and code < 0 else None
    label = str(values.get("label"))[:200]
    return Bad(offset, label, digest, cause, code, signal.Signals(number).name if number else None, pid, record)


def said(error: BaseException) -> str:
    """An exception in one line."""
    return " ".join(f"{type(error).__name__}: {error}".split())[:300]


@contextlib.contextmanager
def within(limits: Limits) -> Iterator[None]:
    """Within the limits: at the end of the time the kernel ends the process by SIGALRM, also in native code.

    No other process has to watch, so it also holds for a worker of Dask and for one whose parent is gone.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    room = _held() + limits.memory
    if hard == resource.RLIM_INFINITY or room < hard:
        resource.setrlimit(resource.RLIMIT_AS, (room, hard))
    signal.setitimer(signal.ITIMER_REAL, limits.seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _held() -> int:
    """Bytes of address space that this process has."""
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
