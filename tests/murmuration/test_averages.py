from functools import reduce
from operator import add
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

import murmuration as mm
from murmuration import sums
from murmuration.averages import by_prime, by_ratio, mean, means_by_ratio

FIGURE_1 = np.load(Path(__file__).parent.parent / "data" / "figure1.npz")


@pytest.mark.parametrize("rank", [0, 1])
def test_figure_1(table: mm.CurveTable, traces: mm.Traces, rank: int) -> None:
    """He, Lee, Oliver, Pozdnyakov, arXiv 2204.10140, figure 1: made with PARI, to 1e-9."""
    means = mm.average(table, traces, by="rank", conductor=(7500, 10000))
    one = means.filter(pc.equal(means["value"], rank))
    assert one["prime"].to_pylist() == FIGURE_1["primes"].tolist()
    assert one["n"].to_pylist() == list(range(1, 1001))
    assert np.abs(one["mean"].to_numpy() - FIGURE_1[f"f{rank}"]).max() < 1e-9
    assert np.abs(one["stderr"].to_numpy() - FIGURE_1[f"se{rank}"]).max() < 1e-9
    assert set(one["count"].to_pylist()) == {int(FIGURE_1[f"n{rank}"])}


def test_rank_2_of_figure_1(table: mm.CurveTable, traces: mm.Traces) -> None:
    means = mm.average(table, traces, by="rank", conductor=(7500, 10000))
    two = means.filter(pc.equal(means["value"], 2))["mean"].to_numpy()
    expected = {1: -0.333333, 10: -3.066148, 100: -2.226978, 500: 1.254215, 1000: -2.197147}
    assert {n: round(float(two[n - 1]), 6) for n in expected} == expected


def test_every_categorical_column(table: mm.CurveTable, traces: mm.Traces) -> None:
    for column in ("rank", "root_number", "torsion"):
        means = mm.average(table, traces, by=column)
        first = means.filter(pc.equal(means["n"], 1))
        assert sum(first["count"].to_pylist()) == len(table)
        weighted = np.dot(first["mean"].to_numpy(), first["count"].to_numpy()) / len(table)
        assert weighted == pytest.approx(float(traces.values[:, 0].mean()))


def test_one_curve_has_a_mean_and_no_standard_error(table: mm.CurveTable, traces: mm.Traces) -> None:
    means = mm.average(table, traces, conductor=(11, 11))
    assert means["mean"].to_pylist()[:3] == [-2, -1, 1]
    assert set(means["stderr"].to_pylist()) == {None}


@given(st.sets(st.integers(0, 38_041), max_size=60))
def test_mean_of_rows_is_numpys(traces: mm.Traces, rows: set[int]) -> None:
    chosen = np.array(sorted(rows), dtype=np.int64)
    found, values = mean(traces, chosen), traces.values[chosen].astype(float)
    assert found.count == len(rows)
    if len(rows) > 1:
        np.testing.assert_allclose(found.mean, values.mean(axis=0), atol=1e-12)
        np.testing.assert_allclose(found.stderr, values.std(axis=0, ddof=1) / len(rows) ** 0.5, atol=1e-9)


def test_averages_by_ratio_count_every_pair_once(table: mm.CurveTable, traces: mm.Traces) -> None:
    window = (7500, 10000)
    means = mm.average_by_ratio(table, traces, "rank", window, bins=50)
    rows = table.window(*window)
    conductors = table.conductor[rows]
    top = 7919 / conductors.max()
    ratios = traces.primes[None, :] / conductors[:, None]
    # Pairs whose ratio is within rounding of the very top may fall on either side of it.
    assert abs(sum(means["count"].to_pylist()) - int((ratios <= top).sum())) <= 5
    zero = table.category("rank")[rows] == 0
    inside = (ratios > 0.2 * top) & (ratios <= 0.22 * top) & zero[:, None]
    bin_10 = means.filter(pc.equal(means["value"], 0)).slice(10, 1).to_pylist()[0]
    assert bin_10["ratio"] == pytest.approx(0.21 * top)
    assert bin_10["count"] == int(inside.sum())
    assert bin_10["mean"] == pytest.approx(float(traces.values[rows][inside].mean()))


def test_unknown_columns_and_empty_windows_are_refused(table: mm.CurveTable, traces: mm.Traces) -> None:
    with pytest.raises(mm.DatasetError, match="got 'colour'"):
        mm.average(table, traces, by="colour")
    with pytest.raises(mm.DatasetError, match="holds none"):
        mm.average(table, traces, conductor=(20000, 30000))


@pytest.mark.parametrize("window", [None, (7500, 10000), (11, 5000)])
def test_averages_of_parts_add_up(table: mm.CurveTable, traces: mm.Traces, window: tuple[int, int] | None) -> None:
    """Parts of 9,000 rows: some hold values that others do not, some lie outside the window altogether."""
    edges = range(0, len(table), 9000)
    parts = [(table.part(a, a + 9000), mm.Traces(traces.primes, traces.values[a : a + 9000])) for a in edges]
    for column in ("rank", "torsion"):
        together = reduce(add, (sums.by_prime(*part, column, window) for part in parts))
        assert by_prime(together, traces.primes).equals(mm.average(table, traces, column, window))
    whole = mm.average_by_ratio(table, traces, "rank", window, bins=30)
    top = float(whole["ratio"][29].as_py()) * 30 / 29.5
    together = reduce(add, (sums.by_ratio(*part, "rank", window, 30, top) for part in parts))
    again = by_ratio(together, top)
    assert again["count"].to_pylist() == whole["count"].to_pylist()


def test_means_by_ratio_of_groups_are_those_of_a_column(table: mm.CurveTable, traces: mm.Traces) -> None:
    window = (7500, 10000)
    rows = table.window(*window)
    top = float(traces.primes[-1]) / int(table.conductor[rows].max())
    group = np.full(len(table), -1, dtype=np.int64)
    group[rows] = table.category("rank")[rows]
    whole, each = means_by_ratio(table, traces, group, 3, top, bins=40)
    expected = mm.average_by_ratio(table, traces, "rank", window, bins=40)
    for index, one in enumerate(each):
        some = expected.filter(pc.field("value") == index)
        np.testing.assert_array_equal(one.ratio, some["ratio"].to_numpy())
        np.testing.assert_array_equal(one.mean, some["mean"].to_numpy())
        np.testing.assert_array_equal(one.stderr, some["stderr"].to_numpy())
        np.testing.assert_array_equal(one.count, some["count"].to_numpy())
    np.testing.assert_array_equal(whole.count, sum(one.count for one in each))
    # By hand, in the first bin: every pair with p/N at most top/40.
    n, p = table.conductor[rows][:, None], traces.primes[None, :]
    inside = np.ceil(p * (40 / (n * top))) <= 1
    np.testing.assert_allclose(whole.mean[0], traces.values[rows][inside].mean())
    assert whole.count[0] == inside.sum()
