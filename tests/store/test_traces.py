"""Traces of a snapshot, read part by part, against the array they came from."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import murmuration as mm
from murmuration import store
from murmuration.averages import mean, means
from murmuration.errors import StoreError
from murmuration.projection import Components
from murmuration.store import StoredTraces
from murmuration.table import joined
from murmuration.types import Int64s

ROWS, PRIMES = 38_042, 600
"""All of the embedded curves; 557 primes are int8, the others int16."""

CHOICES: dict[str, Callable[[], Int64s]] = {
    "all": lambda: np.arange(ROWS),
    "a window": lambda: np.arange(7_001, 19_999),
    "none": lambda: np.arange(0),
    "one": lambda: np.array([ROWS - 1]),
    "a few, far apart": lambda: np.array([3, 9_999, 10_000, 20_500, 38_041]),
    "every third": lambda: np.arange(1, ROWS, 3),
    "some at random": lambda: np.sort(np.random.default_rng(1).choice(ROWS, 12_345, replace=False)),
}


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory, table: mm.CurveTable, traces: mm.Traces) -> store.SnapshotView:
    lab = store.create(tmp_path_factory.mktemp("traces") / "lab", rows_a_file=10_000)
    lab.append(store.batches(table, mm.Traces(traces.primes[:PRIMES], traces.values[:, :PRIMES])))
    return lab.checkout()


@pytest.mark.parametrize("count", [PRIMES, 557, 100])
@pytest.mark.parametrize("choice", CHOICES)
def test_every_choice_of_rows(view: store.SnapshotView, traces: mm.Traces, choice: str, count: int) -> None:
    rows, at = CHOICES[choice](), 0
    for part, values in StoredTraces(view, count).parts(rows):
        assert part.start == at
        assert values.dtype == StoredTraces(view, count).dtype == (np.int8 if count <= 557 else np.int16)
        assert len(values) == part.stop - at <= 8192
        assert np.array_equal(values, traces.values[rows[part], :count])
        at = part.stop
    assert at == len(rows)


def test_the_same_projection_and_averages(view: store.SnapshotView, table: mm.CurveTable, traces: mm.Traces) -> None:
    there, here = StoredTraces(view, PRIMES), mm.Traces(traces.primes[:PRIMES], traces.values[:, :PRIMES])
    rows = table.window(7500, 10000)
    assert np.array_equal(Components(there, rows).eigenvalues, Components(here, rows).eigenvalues)
    for axes in ("pc1,pc2,pc3", "a2,a4001,logN"):
        one, two = (mm.project(table, each, axes, (7500, 10000)).coordinates for each in (there, here))
        np.testing.assert_allclose(one, two, rtol=0, atol=1e-9)
    group = table.category("rank").astype(np.int64)
    one_, two_ = means(there, group, 4), means(here, group, 4)
    for a, b in zip([one_[0], *one_[1]], [two_[0], *two_[1]], strict=True):
        assert np.array_equal(a.mean, b.mean, equal_nan=True)
        assert np.array_equal(a.stderr, b.stderr, equal_nan=True)
        assert a.count == b.count
    assert one_[0].count == ROWS
    assert np.array_equal(mean(there, rows[::7]).mean, traces.values[rows[::7], :PRIMES].mean(axis=0))
    assert mean(there, rows[:0]).count == 0


def test_more_primes_than_there_are(view: store.SnapshotView) -> None:
    for count in (0, PRIMES + 1):
        with pytest.raises(StoreError, match="between 1 and the 600 primes of snapshot 1, got"):
            StoredTraces(view, count)


def test_a_table_put_together_is_the_table(view: store.SnapshotView, table: mm.CurveTable) -> None:
    whole = joined(view.table(start, min(start + 10_001, ROWS)) for start in range(0, ROWS, 10_001))
    assert whole.columns.equals(table.columns)
    assert np.array_equal(whole.invariants.c6, table.invariants.c6)
    assert whole.invariants.large == table.invariants.large
    assert np.array_equal(whole.small, table.small)


def test_a_flipped_bit_is_found_before_it_is_averaged(tmp_path: Path, table: mm.CurveTable, traces: mm.Traces) -> None:
    lab = store.create(tmp_path / "lab")
    lab.append(store.batches(table.part(0, 900), mm.Traces(traces.primes[:50], traces.values[:900, :50])))
    victim = next((lab.data / "data").iterdir())
    data = bytearray(victim.read_bytes())
    data[len(data) // 3] ^= 1
    victim.write_bytes(data)
    with pytest.raises(StoreError, match="another SHA-256"):
        mean(StoredTraces(store.open(lab.path).checkout(), 50), np.arange(900))
