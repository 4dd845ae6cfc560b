"""Components of block means and bins, against an eigendecomposition in full."""

import numpy as np
import pytest

import murmuration as mm
from murmuration.projection import share_named

FIGURE_1 = (7500, 10000)


@pytest.mark.parametrize(("suffix", "count"), [("", 20), (":40", 40)])
def test_against_a_singular_value_decomposition(
    table: mm.CurveTable, traces: mm.Traces, suffix: str, count: int
) -> None:
    found = mm.project(table, traces, f"shape1{suffix},shape2{suffix}", FIGURE_1)
    scaled = traces.values[found.rows] / np.sqrt(traces.primes)
    x = scaled.reshape(len(scaled), count, -1).mean(axis=2)
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    _, singular, vectors = np.linalg.svd(x, full_matrices=False)
    for k, axis in enumerate(found.axes):
        assert axis.eigenvalue == pytest.approx(singular[k] ** 2 / len(x), rel=1e-3)
        assert abs(np.corrcoef(x @ vectors[k], found.coordinates[:, k])[0, 1]) > 0.999
        assert (axis.kind, axis.note) == ("shape", f"{count} block means")
    assert found.axes[0].signal


def test_bins_of_ratio_see_ranks(table: mm.CurveTable, traces: mm.Traces) -> None:
    found = mm.project(table, traces, "shape1:u25,shape2:u25,shape3:u25", FIGURE_1)
    assert found.axes[0].note == "25 bins of p/N"
    assert share_named(found.coordinates, table.category("rank")[found.rows]) > 0.82


def test_shapes_of_different_features_stand_side_by_side(table: mm.CurveTable, traces: mm.Traces) -> None:
    mixed = mm.project(table, traces, "shape1:40,shape1,shape2", FIGURE_1)
    for name, column in zip(("shape1:40", "shape1", "shape2"), mixed.coordinates.T, strict=True):
        alone = mm.project(table, traces, name, FIGURE_1).coordinates[:, 0]
        np.testing.assert_allclose(column, alone, atol=1e-12)


def test_noise_is_labelled(table: mm.CurveTable, traces: mm.Traces) -> None:
    noise = np.random.default_rng(7).normal(size=traces.values.shape) * np.sqrt(traces.primes)
    found = mm.project(table, mm.Traces(traces.primes, noise.astype(np.int16)), "shape1,shape20")
    assert [axis.signal for axis in found.axes] == [False, False]


@pytest.mark.parametrize("axes", ["shape0", "shape21", "shape6:5", "shape1:1001", "shape1:u", "shape1:v3"])
def test_shapes_that_do_not_exist_are_refused(table: mm.CurveTable, traces: mm.Traces, axes: str) -> None:
    with pytest.raises(mm.ProjectionError, match=f"got '{axes}'"):
        mm.project(table, traces, axes)
