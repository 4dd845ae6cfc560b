"""Find the records that kill: the chunk alone in a process of its own, then halves, down to single rows.

The process that does this has one thread and forks one child for each try,
in milliseconds; it sees how each ends, and which of them. It is the same below a worker of pebble and one of Dask, so
blame is exact on both: exit code, signal, PID.
"""

import contextlib
import os
import pickle
import select
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pyarrow as pa

from murmuration.errors import MurmurationError
from murmuration.ingest.files import packed, unpacked, write
from murmuration.ingest.task import Bad, Failure, Receipt, Task
from murmuration.ingest.worker import bad, environment, sift, within

BUDGET = 40
"""Multiples of the limit of a chunk after which its remaining rows go to quarantine untried."""

_LEAST = 0.1
"""Share of the limit that the smallest part has."""

_GRACE = 5.0
"""Seconds until a child that should be dead by its alarm is killed."""

_FULL = 71
"""Exit status of a child that ran out of memory and could still say so."""


def dissect(task: Task) -> Receipt:
    """Settle a chunk that kills. Raises StoreError for a full disk, RuntimeError where the process itself dies."""
    if len(os.listdir("/proc/self/task")) == 1:  # a worker of pebble has one thread and is warm: it may fork itself
        return _settle(task, None)
    ours, theirs = os.pipe()
    command = [
        sys.executable,
        "-c",
        f"import murmuration.ingest.warm; from murmuration.ingest.dissect import answer; answer({theirs})",
    ]
    with subprocess.Popen(command, stdin=subprocess.PIPE, pass_fds=[theirs], env=environment()) as process:
        os.close(theirs)
        assert process.stdin is not None
        with open(ours, "rb") as answer, contextlib.suppress(BrokenPipeError):
            process.stdin.write(pickle.dumps(task))
            process.stdin.flush()  # and stays open: it closes when the asking process ends
            data = answer.read()
    if not data:
        raise RuntimeError(f"the process that looks for records that kill ended with {process.returncode}")
    result = pickle.loads(data)
    if isinstance(result, MurmurationError):
        raise result
    assert isinstance(result, Receipt)
    return result


def _settle(task: Task, asker: int | None) -> Receipt:
    """``asker`` is a descriptor that ends when nobody waits for the receipt any more."""
    spans, tables, records, deaths = [(0, len(task.offsets))], [], list[Bad](), 0
    stalled = set[int]()
    end = time.monotonic() + BUDGET * task.limits.seconds
    while spans:
        low, high = spans.pop()
        late = time.monotonic() > end
        result = Failure("not tried: its chunk took too long") if late else _alone(task, low, high, asker)
        if not isinstance(result, Failure):
            tables += [result[0]] if result[0] is not None else []
            records += result[1]
        elif high - low == 1 and result.code == -signal.SIGALRM and low not in stalled:
            deaths += 1
            stalled.add(low)  # once may be the machine's fault: a busy one stands still for seconds
            spans.append((low, high))
        elif late or high - low == 1:
            deaths += result.code is not None
            rows = unpacked(task.raw)
            records += [bad(rows[i : i + 1], task.offsets[i], result.cause, result.code, result.pid)
                        for i in range(low, high)]  # fmt: skip
        else:
            deaths += result.code is not None
            middle = (low + high) // 2
            spans += [(middle, high), (low, middle)]
    good = pa.concat_tables([unpacked(each) for each in tables]) if tables else None
    return Receipt(task.chunk, write(task.folder, task.offsets[0], good), tuple(records), os.getpid(), deaths)


def _alone(task: Task, low: int, high: int, asker: int | None) -> tuple[bytes | None, list[Bad]] | Failure:
    """Try some rows in a child: their table as an IPC stream with the bad ones, or how the child ended."""
    share = max((high - low) / len(task.offsets), _LEAST)
    limits = replace(task.limits, seconds=task.limits.seconds * share)
    ours, theirs = os.pipe()
    pid = os.fork()
    if not pid:
        _child(replace(task, limits=limits), low, high, theirs)
    os.close(theirs)
    with open(ours, "rb") as answer:
        data = _received(answer.fileno(), limits.seconds + _GRACE, pid, asker)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if code == 0 and data:
        result: tuple[bytes | None, list[Bad]] = pickle.loads(data)
        return result
    if data is None or code == -signal.SIGALRM:
        return Failure(f"hang: no result within {limits.seconds:.3g} s", code, pid)
    if code == _FULL:
        return Failure(f"out of memory: more than {limits.memory / 2**20:,.0f} MiB", None, pid)
    if code < 0:
        return Failure(f"crash: the process died of {signal.Signals(-code).name}", code, pid)
    return Failure(f"exit: the process ended with status {code} and no result", code, pid)


def _child(task: Task, low: int, high: int, answer: int) -> None:
    code = 1
    try:
        with within(task.limits):
            table, records = sift(task.work, unpacked(task.raw)[low:high], task.offsets[low:high])
        with open(answer, "wb") as file:
            pickle.dump((None if table is None else packed(table), records), file)
        code = 0
    except MemoryError:
        code = _FULL
    finally:
        os._exit(code)


def _received(descriptor: int, seconds: float, pid: int, asker: int | None) -> bytes | None:
    """The bytes a child sends until it closes its end. A child that is late, or whose caller is gone, is killed."""
    data, end = b"", time.monotonic() + seconds
    while True:
        ready, _, _ = select.select(
            [descriptor] if asker is None else [descriptor, asker], [], [], max(0.0, end - time.monotonic())
        )
        if descriptor in ready:
            piece = os.read(descriptor, 2**20)
            data += piece
            if not piece:
                return data
        else:
            os.kill(pid, signal.SIGKILL)
            if ready:  # the worker that asked is dead
                os._exit(1)
            return None


def answer(descriptor: int) -> None:
    """In that process: settle the task that comes by stdin, and send its receipt."""
    result: Receipt | MurmurationError
    try:
        result = _settle(pickle.load(sys.stdin.buffer), sys.stdin.fileno())
    except MurmurationError as error:
        result = error
    with open(descriptor, "wb") as file:
        pickle.dump(result, file)
