"""A small store of several data files, shared by the tests of this room."""

import pytest

import murmuration as mm
from murmuration import store
from murmuration.store import SnapshotView

PRIMES = 60


@pytest.fixture(scope="session")
def view(tmp_path_factory: pytest.TempPathFactory, table: mm.CurveTable, traces: mm.Traces) -> SnapshotView:
    """12,000 curves at 60 primes in five files, the last one short."""
    lab = store.create(tmp_path_factory.mktemp("computation") / "lab", rows_a_file=2500)
    some = mm.Traces(traces.primes[:PRIMES], traces.values[:12_000, :PRIMES])
    lab.append(store.batches(table.part(0, 12_000), some))
    return lab.checkout()
