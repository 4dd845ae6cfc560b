"""The work of a process that is killed, or whose disk fails. Imported once, then forked for each trial."""

import os
import socket
import time
import warnings
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import pyarrow as pa

from murmuration import store
from murmuration.errors import StoreError
from murmuration.store import guards
from tests.store import made
from tests.store.faults import install

# Lance's threads start with its first dataset, and there was none in the process that is forked.
warnings.filterwarnings("ignore", "lance is not fork-safe")
guards.check(made.batch(0, 10), 0)  # compiled before the fork, once for all


def rows_of(number: int) -> list[pa.RecordBatch]:
    """The batches that operation ``number`` writes."""
    return [made.batch(number, 30 + number % 5), made.batch(number + 1000, 40)]


def apply(state: list[pa.Table], number: int) -> pa.Table:
    """The rows of snapshot ``number``, given those before it."""
    new = pa.Table.from_batches(rows_of(number))
    if number == 1 or number % 4 in (0, 2):
        return pa.concat_tables([*state[-1:], new])
    if number % 4 == 1:
        return state[-2]  # an undo
    return pa.concat_tables([state[-1].slice(0, 20), new, state[-1].slice(20 + len(new))])


def operate(lab: store.Store, number: int) -> int:
    """The operation that makes snapshot ``number``."""
    if number == 1 or number % 4 in (0, 2):
        return lab.append(iter(rows_of(number))).number
    if number % 4 == 1:
        return lab.undo().number
    return lab.replace_rows(20, iter(rows_of(number))).number


def write(folder: Path, pipe: Connection, at: str | None, skip: int) -> None:
    """Commit after commit, each acknowledged on the pipe; stands still at a publish point after ``skip`` commits."""
    done = 0

    def reached(point: str) -> None:
        if point == at and done >= skip:  # an undo has no batches: then it is the next commit's
            pipe.send(("at", point))
            time.sleep(60)

    lab = store.open(folder, rows_a_file=32, at=reached)
    number = len(lab.snapshots())
    pipe.send(("open", number))
    while True:
        number += 1
        operate(lab, number)
        pipe.send(("done", number))
        done += 1


def fail(folder: Path, pipe: Connection, channel: socket.socket) -> None:
    """One commit while the supervisor at the other end of ``channel`` makes the disk fail; says how it ended."""
    install(channel.detach())
    lab = store.open(folder, rows_a_file=32)
    number = len(lab.snapshots()) + 1
    pipe.send(("ready", number))
    pipe.recv()
    try:
        operate(lab, number)
        answer = ("done", "")
    except StoreError as error:
        answer = ("refused", str(error))
    except BaseException as error:  # noqa: BLE001 - whatever else it is, the parent shall see it
        answer = (type(error).__name__, str(error))
    pipe.send(answer)
    time.sleep(60)


def make(folder: Path, pipe: Connection, channel: socket.socket) -> None:
    """Create a store while the supervisor at the other end of ``channel`` makes the disk fail; reports the result."""
    install(channel.detach())
    pipe.send("ready")
    pipe.recv()
    try:
        store.create(folder)
        answer = ("done", "")
    except StoreError as error:
        answer = ("refused", str(error))
    except BaseException as error:  # noqa: BLE001 - the parent asserts that there is no other
        answer = (type(error).__name__, str(error))
    pipe.send(answer)
    time.sleep(60)


def limited(folder: Path, pipe: Connection, size: int) -> None:
    """One commit in a process whose files may not grow beyond ``size`` bytes."""
    import resource
    import signal

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    lab = store.open(folder, rows_a_file=32)
    number = len(lab.snapshots()) + 1
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    try:
        operate(lab, number)
        pipe.send(("done", ""))
    except StoreError as error:
        pipe.send(("refused", str(error)))
    os._exit(0)


def same(view: store.SnapshotView, state: pa.Table) -> bool:
    """Whether a snapshot holds exactly these rows."""
    return bool(np.array_equal(len(view), len(state)) and view.columns().equals(state))
