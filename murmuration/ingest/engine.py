"""Engine: where tasks run. Two exist, processes of this machine and a Dask cluster; the driver does not care which."""

from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, TypeAlias

from murmuration.errors import StoreError
from murmuration.ingest.task import Failure, Receipt, Task
from murmuration.ingest.worker import said

Function: TypeAlias = Callable[[Task], Receipt]


@dataclass(frozen=True)
class Outcome:
    """A task and its result."""

    task: Task
    result: Receipt | Failure


class Engine(Protocol):
    """Workers that may die at any time and are replaced."""

    @property
    def workers(self) -> int:
        """How many tasks run at once."""

    @property
    def restarts(self) -> int:
        """How many workers died and were replaced so far."""

    def submit(self, function: Function, task: Task, seconds: float) -> None:
        """Have a worker call ``function(task)``, which ends within so many seconds or never."""

    def __enter__(self) -> "Engine":
        """Start the workers."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """End them."""

    def wait(self, seconds: float) -> list[Outcome]:
        """The tasks that ended since the last call; waits up to so many seconds for one."""


def failure(error: BaseException, code: int | None = None, pid: int | None = None) -> Failure:
    """An exception of a task."""
    return Failure(said(error), code, pid, error if isinstance(error, StoreError) else None)
