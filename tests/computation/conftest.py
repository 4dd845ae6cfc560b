"""A small store of several data files, shared by the tests of this room."""

from collections.abc import Iterator

import dask
import pytest
from distributed import LocalCluster

import murmuration as mm
from murmuration import store
from murmuration.ingest.cluster import SETTINGS
from murmuration.store import View

PRIMES = 60


@pytest.fixture(scope="session")
def view(tmp_path_factory: pytest.TempPathFactory, table: mm.CurveTable, traces: mm.Traces) -> View:
    """12,000 curves at 60 primes in five files, the last one short."""
    lab = store.create(tmp_path_factory.mktemp("computation") / "lab", rows_a_file=2500)
    some = mm.Traces(traces.primes[:PRIMES], traces.values[:12_000, :PRIMES])
    lab.append(store.batches(table.part(0, 12_000), some))
    return lab.checkout()


@pytest.fixture(scope="session")
def cluster() -> Iterator[str]:
    """Two workers of Dask; the scheduler's address."""
    with (
        dask.config.set(SETTINGS),
        LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None, silence_logs=50
        ) as local,
    ):
        yield local.scheduler_address
