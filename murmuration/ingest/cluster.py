"""DaskEngine: the workers of a Dask cluster, which run elsewhere and write to a folder that all machines share.

Dask blames every task that a dead worker held, and a task that kills is tried on one more worker until ``allowed-
failures`` is reached. So its blame only says which chunk to look at; :mod:`murmuration.ingest.dissect`, which runs in
processes below a worker, finds the record, and clears chunks that were only near.

A client of a ``tcp://`` scheduler can run code on its machines: such an address is accepted on the loopback alone.
"""

import ipaddress
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue
from types import TracebackType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from murmuration.errors import MurmurationError, StoreError
from murmuration.ingest.engine import Function, Outcome, failure
from murmuration.ingest.task import Failure, Receipt, Task

if TYPE_CHECKING:
    from dask.typing import Key
    from distributed import Client, Future, Security

SETTINGS = {
    "distributed.deploy.lost-worker-timeout": "365d",  # at its 15 s, runs with workers that crash may hang
    "distributed.scheduler.allowed-failures": 3,
}
"""Configuration for the process that starts the cluster; the second is Dask's default."""

_FRESH = 10.0
"""Seconds that a count of workers is believed."""


@dataclass(frozen=True)
class Tls:
    """Files for a cluster that speaks TLS: the authority's certificate, ours, and our key."""

    ca: Path
    certificate: Path
    key: Path


def connect(address: str, tls: Tls | None, wait: float) -> "Client":
    """A client of a scheduler. Raises MurmurationError without Dask, an answer, or, beyond this machine, encryption."""
    try:
        import distributed
    except ImportError:
        raise MurmurationError("expected Dask for --scheduler, found none: install murmuration-lab[dask]") from None
    security = _security(address, tls)
    try:
        client = distributed.Client(address, security=security, timeout=wait, set_as_default=False)
        client.wait_for_workers(1, timeout=wait)
    except (OSError, TimeoutError, ValueError) as error:
        raise MurmurationError(f"expected a Dask scheduler with workers at {address}, got {error or 'no answer'}; "
                               "start it, or check address and certificates") from None  # fmt: skip
    return client


class DaskEngine:
    """A client of the scheduler at an address, to be used as a context manager."""

    def __init__(self, address: str, tls: Tls | None = None, wait: float = 30.0) -> None:
        """Connect; raises MurmurationError as :func:`connect`."""
        self._client = connect(address, tls, wait)
        self.restarts = 0
        self._ended: Queue[Future[Receipt]] = Queue()
        self._running: dict[Key, tuple[Task, Future[Receipt]]] = {}
        self._counted = 0.0
        self._workers = 1

    def __enter__(self) -> "DaskEngine":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for _, future in self._running.values():
            future.cancel()
        self._client.close()

    @property
    def workers(self) -> int:
        """Worker processes that are connected; each settles one chunk at a time."""
        if time.monotonic() - self._counted > _FRESH:
            self._workers = max(1, len(self._client.nthreads()))
            self._counted = time.monotonic()
        return self._workers

    def submit(self, function: Function, task: Task, seconds: float) -> None:  # noqa: ARG002 - the alarm keeps time
        """See Engine."""
        future = self._client.submit(function, task, pure=False)
        self._running[future.key] = task, future
        future.add_done_callback(self._ended.put)

    def wait(self, seconds: float) -> list[Outcome]:
        """See Engine. Raises StoreError when the scheduler is gone."""
        ended: list[Future[Receipt]] = []
        with suppress(Empty):
            ended.append(self._ended.get(timeout=seconds))
            while True:
                ended.append(self._ended.get_nowait())
        outcomes = []
        for future in ended:
            if future.key in self._running:
                outcomes.append(Outcome(self._running.pop(future.key)[0], self._result(future)))
        if self._client.status not in ("running", "connecting"):
            raise StoreError("expected the Dask scheduler to stay, but it is gone; start it, and run again: it goes on "
                             "where it stopped")  # fmt: skip
        return outcomes

    def _result(self, future: "Future[Receipt]") -> Receipt | Failure:
        from distributed import KilledWorker

        try:
            receipt: Receipt = future.result()
        except KilledWorker as error:
            self.restarts += error.allowed_failures + 1
            return failure(error)
        except Exception as error:  # noqa: BLE001 - of the task, or of the way to it; the driver looks closer
            return failure(error)
        return receipt


def _security(address: str, tls: Tls | None) -> "Security | None":
    from distributed import Security

    url = urlsplit(address)
    if (url.scheme == "tls") != (tls is not None):
        came = f"{address!r} {'with' if tls else 'without'} them"
        raise MurmurationError(f"expected tls:// together with the files of the certificates, got {came}; give both, "
                               "or neither on this machine")  # fmt: skip
    if tls is not None:
        options: dict[str, Any] = {"tls_ca_file": str(tls.ca), "require_encryption": True}
        options |= {"tls_client_cert": str(tls.certificate), "tls_client_key": str(tls.key)}
        return Security(**options)
    with suppress(ValueError):
        if url.hostname == "localhost" or ipaddress.ip_address(url.hostname or "").is_loopback:
            return None
    raise MurmurationError(f"expected TLS for a scheduler beyond this machine, got {address!r} without; give "
                           "tls:// and the files of the certificates")  # fmt: skip
