"""PebbleEngine: worker processes of this machine.

Started by a fork server that has the imports done, so that a replacement takes milliseconds and inherits no thread and
no lock of ours. pebble keeps one pipe with a lock for all workers. A worker that is killed in the instant it holds that
lock, or that ends with status 0 in the midst of a task, would leave pebble waiting for ever: after a silence that no
live worker can explain, the pool is replaced, and its tasks are reported as lost.
"""

import multiprocessing
import os
import time
from concurrent.futures import TimeoutError
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing import forkserver
from queue import Empty, Queue
from types import TracebackType

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from murmuration.cores import cores
from murmuration.ingest.engine import Function, Outcome, failure
from murmuration.ingest.task import Failure, Receipt, Task
from murmuration.ingest.worker import environment

_SLACK = 10.0
"""Seconds that starting workers and passing messages may take."""


_GRACE = 5.0
"""Seconds for workers without a task to end by themselves."""


class PebbleEngine:
    """A pool of worker processes, to be used as a context manager."""

    def __init__(self, workers: int | None = None) -> None:
        self.workers = workers or cores()
        self.restarts = 0
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["murmuration.ingest.warm", "murmuration.ingest.dissect", "__main__"])
        before = dict(os.environ)
        os.environ.update(environment())
        forkserver.ensure_running()
        os.environ.clear()
        os.environ.update(before)
        self._ended: Queue[ProcessFuture[Receipt]] = Queue()
        self._running: dict[ProcessFuture[Receipt], tuple[Task, float]] = {}
        self._heard = time.monotonic()
        self._pool = self._new()

    def __enter__(self) -> "PebbleEngine":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stop()

    def submit(self, function: Function, task: Task, seconds: float) -> None:
        """See Engine."""
        if not self._running:
            self._heard = time.monotonic()
        future = self._pool.schedule(function, args=[task], timeout=seconds + _SLACK)
        self._running[future] = task, seconds
        future.add_done_callback(self._ended.put)  # type: ignore[arg-type]

    def wait(self, seconds: float) -> list[Outcome]:
        """See Engine."""
        ended, outcomes, broken = [], [], False
        with suppress(Empty):
            ended.append(self._ended.get(timeout=seconds))
            while True:
                ended.append(self._ended.get_nowait())
        for future in ended:
            if future in self._running:  # else of a pool that was replaced
                outcomes.append(Outcome(self._running.pop(future)[0], self._result(future)))
                broken |= isinstance(future.exception(), BrokenProcessPool)
        if outcomes:
            self._heard = time.monotonic()
        patience = 2 * max((most for _, most in self._running.values()), default=0.0) + 3 * _SLACK
        if broken or (self._running and time.monotonic() - self._heard > patience):
            outcomes += self._replace()
        return outcomes

    def _result(self, future: ProcessFuture[Receipt]) -> Receipt | Failure:
        error = future.exception()
        if error is None:
            return future.result()
        if isinstance(error, ProcessExpired):
            self.restarts += 1
            return failure(error, error.exitcode, error.pid)
        self.restarts += isinstance(error, TimeoutError)
        return failure(error)

    def _replace(self) -> list[Outcome]:
        lost = [Outcome(task, Failure("lost: the workers fell silent")) for task, _ in self._running.values()]
        self._running.clear()
        self._stop()
        self._pool = self._new()
        self.restarts += self.workers
        self._heard = time.monotonic()
        return lost

    def _new(self) -> ProcessPool:
        return ProcessPool(self.workers, context=self._context)

    def _stop(self) -> None:
        if not self._running:
            # Workers end by themselves: one that is just starting would print a traceback when it is killed.
            self._pool.close()
            with suppress(TimeoutError):
                self._pool.join(_GRACE)
                return
        self._pool.stop()
        self._pool.join()
