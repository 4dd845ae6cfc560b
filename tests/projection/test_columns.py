"""Columns and expressions as axes: values, undefined ones, and mistakes."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

import murmuration as mm
from murmuration.table import CurveTable

FIGURE_1 = (7500, 10000)


def with_column(table: CurveTable, name: str, values: pa.Array) -> CurveTable:
    """The table with one more column."""
    return replace(table, columns=table.columns.append_column(name, values))


def test_expressions(table: mm.CurveTable, traces: mm.Traces) -> None:
    found = mm.project(table, traces, "log(conductor)/2 + rank, a7 ,a7 * torsion", FIGURE_1)
    rows = found.rows
    n, rank, torsion = (table.columns[name].to_numpy()[rows].astype(float) for name in ("conductor", "rank", "torsion"))
    a7 = traces.values[rows, 3]
    expected = np.stack([np.log(n) / 2 + rank, a7 / np.sqrt(7), a7 * torsion], axis=1)
    np.testing.assert_allclose(found.coordinates, expected, rtol=1e-15)
    assert [axis.kind for axis in found.axes] == ["column", "trace", "column"]
    assert found.name == "log(conductor)/2 + rank,a7,a7 * torsion"
    assert mm.project(table, traces, found.name, FIGURE_1).name == found.name


def test_sums_in_expressions(table: mm.CurveTable, traces: mm.Traces) -> None:
    found = mm.project(table, traces, "mn*2 - m2,mn,m2", FIGURE_1).coordinates
    np.testing.assert_allclose(found[:, 0], 2 * found[:, 1] - found[:, 2], atol=1e-12)
    also = mm.project(table, traces, "mestre_nagao+0", FIGURE_1).coordinates
    np.testing.assert_array_equal(also[:, 0], found[:, 1])


def test_any_numeric_column_of_the_source(table: mm.CurveTable, traces: mm.Traces) -> None:
    regulator = pa.array(np.arange(len(table)) / 8)
    more = with_column(with_column(table, "regulator", regulator), "note", pa.array(["x"] * len(table)))
    found = mm.project(more, traces, "regulator,regulator^2")
    np.testing.assert_array_equal(found.coordinates[:, 0] ** 2, found.coordinates[:, 1])
    with pytest.raises(mm.ProjectionError, match="got 'note'"):
        mm.project(more, traces, "note")
    with pytest.raises(mm.ExpressionError, match=r"a numeric column .*regulator.* at character 1, got 'note'"):
        mm.project(more, traces, "note+1")


def test_curves_at_which_an_expression_is_undefined_are_left_out(table: mm.CurveTable, traces: mm.Traces) -> None:
    rank = table.category("rank")
    found = mm.project(table, traces, "log(rank),mn")
    assert found.left_out == (rank == 0).sum()
    assert (rank[found.rows] > 0).all()


@pytest.mark.parametrize("values", [[None, np.nan, np.inf, -np.inf, 1e300, -1e300, 1e101, 0.0, 1.0, 5e-324]])
def test_values_that_cannot_be_drawn_never_reach_a_cloud(
    table: mm.CurveTable, traces: mm.Traces, values: list[float | None]
) -> None:
    column = pa.array([values[row % len(values)] for row in range(len(table))], type=pa.float64())
    odd = with_column(table, "odd", column)
    with np.errstate(all="raise"):
        found = mm.project(odd, traces, "odd,odd*2")
        assert found.left_out == sum(row % len(values) < 7 for row in range(len(table)))
        cloud = mm.cloud(found)
    assert np.isfinite([*cloud.low, *cloud.high, *cloud.model.ravel()]).all()


@pytest.mark.parametrize("axes", ["odd", "odd*1", "odd,a2"])
def test_the_least_numbers_are_drawn(table: mm.CurveTable, traces: mm.Traces, axes: str) -> None:
    tiny = with_column(table, "odd", pa.array(np.arange(len(table)) % 3 * 5e-324))
    cloud = mm.cloud(mm.project(tiny, traces, axes))
    assert np.isfinite([*cloud.low, *cloud.high, *cloud.model.ravel()]).all()


def test_a_constant_column_is_flat(table: mm.CurveTable, traces: mm.Traces) -> None:
    found = mm.project(table, traces, "rank*0 + 3,mn")
    assert set(found.coordinates[:, 0].tolist()) == {3.0}
    assert np.isfinite(mm.cloud(found).model).all()


@pytest.mark.parametrize(
    ("axes", "said"),
    [
        ("log(conductr)", "a numeric column (conductor, rank, root_number, torsion), a2 to a7919 at primes, mn, m2 or "
                          "d at character 5, got 'conductr'; the nearest is conductor"),
        ("rnak", "got 'rnak'; the nearest is rank"),
        ("pc1+1", "at character 1, got 'pc1'"),
        ("a4 + 1", "at character 1, got 'a4'"),
        ("label+1", "at character 1, got 'label'"),
        ("1+1", "got '1+1'"),
        ("rank,", "got ''"),
        ("rank,mn,m2,d", "got 'rank,mn,m2,d'"),
        ("rank, rank", "got 'rank, rank'"),
        ("(" * 100_000, "at most 1,000 characters, got 100,000"),
        ("sqrt(-1-conductor)", "expected at least 4 curves at which sqrt(-1-conductor) and other axes are defined"),
    ],
)  # fmt: skip
def test_mistakes_are_told_in_one_line(table: mm.CurveTable, traces: mm.Traces, axes: str, said: str) -> None:
    with pytest.raises(mm.MurmurationError) as caught:
        mm.project(table, traces, axes)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 500
