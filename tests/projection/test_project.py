from collections.abc import Iterator

import numpy as np
import pytest

import murmuration as mm
from murmuration.primes import first
from murmuration.projection import Components, products
from murmuration.types import Int64s, Values


@pytest.fixture(scope="module")
def window(table: mm.CurveTable, traces: mm.Traces) -> mm.Projection:
    return mm.project(table, traces, "pc1,pc2,pc3", conductor=(7500, 10000))


def test_against_an_eigendecomposition_in_full(table: mm.CurveTable, traces: mm.Traces, window: mm.Projection) -> None:
    x = traces.values[window.rows] / np.sqrt(traces.primes)
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    _, singular, vectors = np.linalg.svd(np.linalg.qr(x, mode="r"))  # those of x, in a third of the time
    np.testing.assert_allclose(window.eigenvalues, singular**2 / len(x), rtol=1e-4, atol=1e-5)
    scores = x @ vectors[:3].T
    for k in range(3):
        assert abs(np.corrcoef(scores[:, k], window.coordinates[:, k])[0, 1]) > 0.999
        assert window.coordinates[:, k].std() == pytest.approx(scores[:, k].std(), rel=1e-4)


def test_the_noise_edge_and_the_first_eigenvalues(table: mm.CurveTable, traces: mm.Traces) -> None:
    """500 primes, conductors in [7500, 10000]: 1.93 and 1.50 against an edge of 1.49."""
    half = mm.Traces(traces.primes[:500], traces.values[:, :500])
    found = mm.project(table, half, "pc1,pc2,pc3", conductor=(7500, 10000))
    assert [round(float(v), 2) for v in found.eigenvalues[:2]] == [1.93, 1.5]
    assert round(found.noise_edge, 2) == 1.49
    assert [axis.signal for axis in found.axes] == [True, True, False]


def test_pc1_tells_rank_0_from_rank_1(table: mm.CurveTable, window: mm.Projection) -> None:
    rank = table.category("rank")[window.rows]
    few = rank < 2
    score, label = window.coordinates[few, 0], rank[few]
    best = max(float(((score > cut) == label).mean()) for cut in np.linspace(-3, 3, 121))
    assert max(best, 1 - best, *(float(((score < cut) == label).mean()) for cut in np.linspace(-3, 3, 121))) > 0.93


def test_products_are_exact_whatever_the_primes(table: mm.CurveTable, traces: mm.Traces) -> None:
    """In float32 for small primes and in float64 for large ones, against integers."""
    rows = table.window(9000, 10000)
    fifth = traces.values[:, 4::5].astype(np.int16)  # integers are multiplied slowly
    few = mm.Traces(traces.primes[4::5], fifth)
    wide = mm.Traces(np.append(few.primes[:-1], 1048573), few.values)
    for some in (few, wide):
        total, gram = products(some, rows)
        values = some.values[rows].astype(np.int64)
        np.testing.assert_array_equal(gram, values.T @ values)
        np.testing.assert_array_equal(total, values.sum(axis=0))


def test_noise_stays_below_its_edge(table: mm.CurveTable) -> None:
    noise = np.random.default_rng(7).normal(size=(len(table), 200)) * 30
    found = mm.project(table, mm.Traces(first(200), noise.astype(np.int16)), "pc1,pc2,pc3")
    assert not any(axis.signal for axis in found.axes)


def test_signs_are_fixed(table: mm.CurveTable, traces: mm.Traces, window: mm.Projection) -> None:
    again = mm.project(table, traces, " pc1 , pc2,pc3", conductor=(7500, 10000))
    np.testing.assert_array_equal(again.coordinates, window.coordinates)
    # The loading of largest magnitude is positive, whatever the eigensolver returned.
    x = traces.values[window.rows] / np.sqrt(traces.primes)
    loadings = ((x - x.mean(axis=0)) / x.std(axis=0)).T @ window.coordinates
    assert (loadings[np.abs(loadings).argmax(axis=0), range(3)] > 0).all()
    flipped = mm.project(table, mm.Traces(traces.primes, -traces.values), "pc1,pc2,pc3", conductor=(7500, 10000))
    np.testing.assert_allclose(flipped.coordinates, -window.coordinates, atol=1e-6)


def test_other_axes(table: mm.CurveTable, traces: mm.Traces) -> None:
    found = mm.project(table, traces, "a97,logN,pc2")
    np.testing.assert_allclose(found.coordinates[:, 0], traces.values[:, 24] / 97**0.5)
    np.testing.assert_allclose(found.coordinates[:, 1], np.log(table.conductor))
    assert [axis.kind for axis in found.axes] == ["trace", "column", "component"]
    assert [axis.eigenvalue is None for axis in found.axes] == [True, True, False]
    assert found.name == "a97,logN,pc2"


@pytest.mark.parametrize("axes", ["pc2", "pc2,logN", "logN,pc2"])
def test_one_or_two_axes(table: mm.CurveTable, traces: mm.Traces, window: mm.Projection, axes: str) -> None:
    found = mm.project(table, traces, axes, conductor=(7500, 10000))
    names = axes.split(",")
    assert (found.name, found.coordinates.shape) == (axes, (len(window.rows), len(names)))
    np.testing.assert_allclose(found.coordinates[:, names.index("pc2")], window.coordinates[:, 1], atol=1e-9)


def test_components_are_computed_only_when_an_axis_asks(table: mm.CurveTable, traces: mm.Traces) -> None:
    asked = []

    def components(rows: Int64s) -> Components:
        asked.append(len(rows))
        return Components(traces, rows)

    none = mm.project(table, traces, "a2,a3,logN", (7500, 10000), components=components)
    assert (asked, len(none.eigenvalues)) == ([], 0)
    assert none.noise_edge == pytest.approx((1 + (1000 / len(none.rows)) ** 0.5) ** 2)
    some = mm.project(table, traces, "pc1,logN,pc2", (7500, 10000), components=components)
    assert (asked, len(some.eigenvalues)) == ([len(some.rows)], 1000)


def test_all_axes_share_one_pass_over_the_traces(table: mm.CurveTable, traces: mm.Traces) -> None:
    read = []

    class Counted(mm.Traces):
        def parts(self, rows: Int64s) -> Iterator[tuple[slice, Values]]:
            read.append(len(rows))
            return super().parts(rows)

    mm.project(table, Counted(traces.primes, traces.values), "a2,a3,logN")
    assert read == [len(table)]
    read.clear()
    mm.project(table, Counted(traces.primes, traces.values), "logN")
    assert read == []


def test_a_prime_at_which_all_agree_has_no_weight(table: mm.CurveTable, traces: mm.Traces) -> None:
    values = traces.values.copy()
    values[:, 5] = 3
    found = mm.project(table, mm.Traces(traces.primes, values), "pc1,pc2,pc3", conductor=(7500, 10000))
    assert np.isfinite(found.coordinates).all()


@pytest.mark.parametrize(
    "axes",
    ["", "pc1,pc1", "pc1,pc2,pc3,pc4", "pc0,pc1,pc2", "pc01", "pc1001,pc1,pc2", "a4,pc1,pc2", "umap", "x,y,z", "pc1,"],
)
def test_unknown_projections_are_refused(table: mm.CurveTable, traces: mm.Traces, axes: str) -> None:
    with pytest.raises(mm.ProjectionError, match="expected one to three different axes such as pc1,pc2,pc3"):
        mm.project(table, traces, axes)


def test_a_window_of_too_few_curves_is_refused(table: mm.CurveTable, traces: mm.Traces) -> None:
    with pytest.raises(mm.ProjectionError, match="at least 4 curves to project, got 1: widen"):
        mm.project(table, traces, conductor=(11, 11))
