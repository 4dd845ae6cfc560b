"""The division into folds, and its sums against integers."""

import numpy as np

import murmuration as mm
from murmuration.projection.folds import FOLDS, divided, shuffled, sums


def test_every_group_is_spread_evenly_over_the_folds() -> None:
    groups = np.repeat([-1, 0, 1, 2], [7, 1000, 203, 5])
    fold = divided(groups)
    for group in (0, 1, 2):
        counts = np.bincount(fold[groups == group], minlength=FOLDS)
        assert counts.max() - counts.min() <= 1
    assert (divided(groups) == fold).all()
    assert len(set(fold[groups == 0][:50].tolist())) == FOLDS  # at random, not in blocks


def test_shuffled_groups_are_the_same_groups() -> None:
    groups = np.repeat([-1, 0, 1], [10, 500, 500])
    other = shuffled(groups)
    assert (np.sort(other) == np.sort(groups)).all()
    assert ((other == -1) == (groups == -1)).all()
    assert 0.4 < (other[10:] == groups[10:]).mean() < 0.6


def test_sums_are_exact(table: mm.CurveTable, traces: mm.Traces) -> None:
    few = mm.Traces(traces.primes[:40], traces.values[:, :40].copy())
    rows = table.window(9000, 10000)
    groups = table.category("rank")[rows].astype(np.int64)
    groups[::17] = -1
    labels, fold = np.stack([groups, shuffled(groups)]), divided(groups)
    found = sums(few, rows, fold, labels, 3, None)
    x = few.values[rows].astype(np.int64)
    for f in range(FOLDS):
        mine = (fold == f) & (groups >= 0)
        np.testing.assert_array_equal(found.total[f], x[mine].sum(axis=0))
        np.testing.assert_array_equal(found.gram[f], x[mine].T @ x[mine])
        for label, own in enumerate(labels):
            for group in range(3):
                member = mine & (own == group)
                assert found.count[label, f, group] == member.sum()
                np.testing.assert_array_equal(found.grouped[label, f, group], x[member].sum(axis=0))
