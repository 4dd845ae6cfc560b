"""Cluster: the shards of a computation on the workers of a Dask cluster.

The store is in a folder that all machines share. A worker opens it once, verifies the files that it reads, and keeps
sums of a few megabytes; workers add them up in groups, so that neither rows nor most sums pass through the client.
"""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from murmuration import store
from murmuration.computation.fold import Arrays, added
from murmuration.computation.recipe import Recipe
from murmuration.errors import MurmurationError
from murmuration.ingest.cluster import Tls, connect
from murmuration.store import SnapshotView

if TYPE_CHECKING:
    from distributed import Client

GROUP = 16
"""Shards whose results the workers add before the client gets the sum."""


class Cluster:
    """A client of the scheduler at an address, to be used as a context manager."""

    def __init__(self, address: str, tls: Tls | None = None, wait: float = 30.0) -> None:
        """Connect. Raises MurmurationError without Dask, for an unencrypted address, or without an answer."""
        self._client: Client = connect(address, tls, wait)

    def __enter__(self) -> "Cluster":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._client.close()

    @property
    def hardware(self) -> str:
        """See Elsewhere."""
        threads = self._client.nthreads()
        return f"{len(threads)} Dask workers, {sum(threads.values())} threads"

    def results(
        self, recipe: Recipe, view: SnapshotView, shards: list[tuple[int, int]]
    ) -> Iterator[tuple[int, Arrays]]:
        """See Elsewhere. Raises MurmurationError if a shard fails on its worker, or the workers are lost."""
        from distributed import as_completed

        path, number = str(view.path.absolute()), view.snapshot.number
        futures = [self._client.submit(shard, recipe.to_json(), path, number, *each, pure=False) for each in shards]
        groups = [futures[k : k + GROUP] for k in range(0, len(futures), GROUP)]
        sums = {self._client.submit(added, group, pure=False): len(group) for group in groups}
        del futures, groups  # so that the workers can drop results once they are added
        try:
            for future in as_completed(sums, loop=self._client.loop):
                try:
                    arrays: Arrays = future.result()
                except MurmurationError:
                    raise
                except Exception as error:  # noqa: BLE001 - of the task, of Dask, or of the way to the worker
                    line = " ".join(f"{type(error).__name__}: {error}".split())[:200]
                    raise MurmurationError(f"expected the result of a shard from the cluster, got {line}; check the "
                                           "workers, and run again") from None  # fmt: skip
                yield sums[future], arrays
        finally:
            self._client.cancel(list(sums))


def shard(recipe: str, path: str, number: int, start: int, stop: int) -> Arrays:
    """The result over some rows of a store, in a worker."""
    from murmuration.computation.run import over

    wanted = Recipe.from_json(recipe)
    view = _opened(path, number, wanted.snapshot)
    wanted.check(view)
    return over(wanted, view, start, stop)


@lru_cache(maxsize=4)  # a worker verifies each of its files once; the digest makes another store of this path another
def _opened(path: str, number: int, digest: str) -> SnapshotView:  # noqa: ARG001
    return store.Store(Path(path)).checkout(number)
