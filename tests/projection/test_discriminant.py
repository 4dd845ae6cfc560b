"""Linear discriminants: right on classes that differ, and blind to classes that do not."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

import murmuration as mm
from murmuration.projection import discriminant
from murmuration.projection.folds import FOLDS, divided
from murmuration.table import CurveTable
from murmuration.types import Integers

FIGURE_1 = (7500, 10000)
NARROW = (7500, 7820)
"""1,281 curves: fewer than three a prime."""


def ranked(table: CurveTable, rank: Integers) -> CurveTable:
    """The table with other ranks."""
    place = table.columns.column_names.index("rank")
    return replace(table, columns=table.columns.set_column(place, "rank", pa.array(rank.astype(np.int8))))


@pytest.fixture(scope="module")
def shown(table: mm.CurveTable, traces: mm.Traces) -> mm.Projection:
    return mm.project(table, traces, "ld1,ld2,pc1", conductor=FIGURE_1, classes="rank")


def test_ranks_are_named(table: mm.CurveTable, shown: mm.Projection) -> None:
    """scikit-learn's discriminants reach .9911 in five folds on the same curves."""
    first, second, component = shown.axes
    assert first.kind == second.kind == "discriminant"
    assert first.accuracy is not None
    assert first.null_accuracy is not None
    assert first.accuracy == pytest.approx(0.991, abs=0.002)
    assert first.null_accuracy < 0.52  # the most frequent rank is that of 50.5%
    assert (first.accuracy, first.note) == (second.accuracy, "supervised: fitted to rank")
    assert (component.kind, component.accuracy, component.note) == ("component", None, "")
    rank = table.category("rank")[shown.rows]
    means = [shown.coordinates[rank == value, 0].mean() for value in (0, 1, 2)]
    assert means == sorted(means)
    assert means[1] - means[0] > 6


def test_every_curve_is_scored_by_a_fit_that_it_took_no_part_in(
    table: mm.CurveTable, traces: mm.Traces, shown: mm.Projection
) -> None:
    """Other traces of the curves of one fold change no score of that fold's discriminants, only their own."""
    rank = table.category("rank")[shown.rows].astype(np.int64)
    fold = divided(rank)
    other = traces.values.copy()
    mine = shown.rows[fold == 2]
    other[mine] = other[mine][::-1]
    again = mm.project(table, mm.Traces(traces.primes, other), "ld1,ld2", FIGURE_1)
    there, back = again.coordinates[fold == 2][::-1], shown.coordinates[fold == 2][:, :2]
    # The fit of fold 2 is the same; the first fit, to which it is turned, has seen other traces.
    apart = np.linalg.norm(there[:, None] - there[:200], axis=2)
    np.testing.assert_allclose(apart, np.linalg.norm(back[:, None] - back[:200], axis=2), atol=1e-6)


@pytest.mark.parametrize("window", [FIGURE_1, NARROW])
def test_shuffled_classes_do_not_separate(
    table: mm.CurveTable, traces: mm.Traces, window: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    random = np.random.default_rng(99)
    noise = ranked(table, random.permutation(np.minimum(table.category("rank"), 1)))
    found = mm.project(noise, traces, "ld1", window)
    rank, score = noise.category("rank")[found.rows], found.coordinates[:, 0]
    apart = abs(score[rank == 1].mean() - score[rank == 0].mean()) / score[rank == 0].std()
    # Two standard errors of a difference of means, doubled: folds share curves, so their errors are not independent.
    assert apart < 4 * np.sqrt(1 / (rank == 0).sum() + 1 / (rank == 1).sum())
    axis = found.axes[0]
    assert axis.accuracy is not None
    assert axis.null_accuracy is not None
    frequent = max((rank == 0).mean(), (rank == 1).mean())
    assert axis.accuracy < frequent + 0.03
    assert abs(axis.accuracy - axis.null_accuracy) < 0.05


def test_scores_of_the_folds_agree(table: mm.CurveTable, shown: mm.Projection) -> None:
    """Signs and scales are aligned: each class has the same mean and spread in every fold, within errors."""
    rank = table.category("rank")[shown.rows]
    fold = divided(rank.astype(np.int64))
    for value in (0, 1, 2):
        own = [shown.coordinates[(rank == value) & (fold == f), :2] for f in range(FOLDS)]
        assert np.ptp([scores.mean(axis=0) for scores in own], axis=0).max() < 0.6
        assert all(0.6 < spread < 1.7 for scores in own for spread in scores.std(axis=0))


def test_few_curves_are_fitted_on_block_means_and_it_is_said(table: mm.CurveTable, traces: mm.Traces) -> None:
    found = mm.project(table, traces, "ld1,ld2", NARROW)
    assert 1000 < len(found.rows) < 3000
    axis = found.axes[0]
    assert axis.note == "supervised: fitted to rank on 20 block means"
    assert axis.accuracy is not None
    assert axis.accuracy > 0.97


def test_small_and_unknown_classes_are_drawn_and_not_fitted(table: mm.CurveTable, traces: mm.Traces) -> None:
    assert (table.category("rank") == 3).sum() == 1
    found = mm.project(table, traces, "ld1")
    assert len(found.rows) == len(table)
    rank = table.category("rank")
    assert found.coordinates[rank == 3, 0] > found.coordinates[rank == 2, 0].mean()


@pytest.mark.parametrize("classes", ["root_number", "torsion"])
def test_any_class_column(table: mm.CurveTable, traces: mm.Traces, classes: str) -> None:
    axis = mm.project(table, traces, "ld1", FIGURE_1, classes).axes[0]
    assert axis.note == f"supervised: fitted to {classes}"
    assert axis.accuracy is not None
    assert axis.null_accuracy is not None
    assert (axis.accuracy > axis.null_accuracy + 0.2) == (classes == "root_number")  # torsion is not to be seen


def test_a_prime_at_which_all_agree_does_no_harm(table: mm.CurveTable, traces: mm.Traces) -> None:
    values = traces.values[:, :300].copy()
    values[:, 5] = 3
    values[:, 7] = values[:, 8]
    found = mm.project(table, mm.Traces(traces.primes[:300], values), "ld1", FIGURE_1)
    assert np.isfinite(found.coordinates).all()
    assert found.axes[0].accuracy is not None
    assert found.axes[0].accuracy > 0.9


@pytest.mark.parametrize(
    ("axes", "window", "classes", "said"),
    [
        ("ld3", None, "rank", "expected at most ld2 for the 3 values of rank that have 5 curves or more, got ld3"),
        ("ld1", (11, 40), "rank", "at least two values of rank with 5 curves or more, got 22 of 0, 1 of 1: widen"),
        ("ld1", (11, 60), "rank", "at least 60 curves for discriminants of 20 block means, got"),
        ("ld1", None, "beauty", "expected one of the columns"),
        ("ld0", None, "rank", "got 'ld0'"),
    ],
)
def test_discriminants_that_cannot_be_fitted_are_refused(
    table: mm.CurveTable, traces: mm.Traces, axes: str, window: tuple[int, int] | None, classes: str, said: str
) -> None:
    with pytest.raises(mm.MurmurationError, match=said) as caught:
        mm.project(table, traces, axes, window, classes)
    assert "\n" not in str(caught.value)


def test_one_class_is_refused(table: mm.CurveTable, traces: mm.Traces) -> None:
    with pytest.raises(mm.ProjectionError, match="at least two values of rank with 5 curves or more, got 38,042 of 1"):
        mm.project(ranked(table, np.ones(len(table), dtype=np.int8)), traces, "ld1")


def test_so_many_primes_that_gram_matrices_outgrow_memory_are_taken_in_blocks() -> None:
    assert discriminant._features(10**6, discriminant.MOST) is None
    assert str(discriminant._features(10**6, discriminant.MOST + 1)) == "20 block means"
