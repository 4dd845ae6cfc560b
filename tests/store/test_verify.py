"""Certificates: what they find, that they can be repeated, and the check that needs no PARI."""

from pathlib import Path

import numpy as np
import pytest

import murmuration as mm
from murmuration import store
from murmuration.errors import StoreError
from murmuration.store import verify as module
from tests.store import made


def test_a_certificate_stays_with_its_snapshot(tmp_path: Path, table: mm.CurveTable, traces: mm.Traces) -> None:
    lab = store.create(tmp_path / "lab")
    lab.append(store.batches(table, traces))
    one = lab.verify(pairs=10_000)
    assert (one.wrong, one.shown, one.by, one.pairs, one.snapshot) == (0, (), "pari", 10_000, 1)
    again = store.open(lab.path).certificates(1)
    assert again == [one]
    lab.append(store.batches(table, traces))
    assert lab.certificates(2) == []
    lab.undo()
    assert lab.certificates(3) == [one]  # the same bytes


def test_without_pari(tmp_path: Path, table: mm.CurveTable, traces: mm.Traces, monkeypatch: pytest.MonkeyPatch) -> None:
    lab = store.create(tmp_path / "lab")
    wrong = traces.values.copy()
    wrong[:, 700] = -wrong[:, 700]
    lab.append(store.batches(table, mm.Traces(traces.primes, wrong)))
    by_pari = lab.verify(pairs=3000, seed=5)
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    by_sums = lab.verify(pairs=3000, seed=5)
    assert by_sums.by == "character sums"
    assert by_sums.shown == by_pari.shown
    assert by_pari.wrong > 0
    assert {p for _, p, _, _ in by_pari.shown} == {int(traces.primes[700])}


def test_character_sums_at_small_and_bad_primes(table: mm.CurveTable, traces: mm.Traces) -> None:
    for k in (0, 1, 2, 3, 4, 200):
        p = int(traces.primes[k])
        texts = table.columns["ainvs"].slice(0, 200).to_pylist()
        assert [module._by_sums(text, p) for text in texts] == traces.values[:200, k].tolist()


def test_snapshots_without_curves_or_traces_are_not_verified(tmp_path: Path) -> None:
    lab = store.create(tmp_path / "lab")
    lab.append([made.batch(1, 5)])
    with pytest.raises(StoreError, match="at least one pair"):
        lab.verify(pairs=0)
    other = store.create(tmp_path / "other")
    other.append([made.batch(1, 5).drop_columns(["traces"])])
    with pytest.raises(StoreError, match="expected ainvs, traces"):
        other.verify()
    with pytest.raises(StoreError, match="expected a column of traces"):
        other.checkout().traces()
    with pytest.raises(StoreError, match="expected the columns of a table"):
        other.checkout().table()
    assert np.array_equal(
        lab.checkout().traces().values, made.batch(1, 5)["traces"].flatten().to_numpy().reshape(5, -1)
    )
