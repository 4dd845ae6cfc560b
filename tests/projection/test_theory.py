"""Sums that theory gives, against their definitions written out, and what they see."""

import numpy as np
import pyarrow as pa
import pytest

import murmuration as mm
from murmuration.projection import share_named
from murmuration.table import CurveTable

FIGURE_1 = (7500, 10000)


@pytest.mark.parametrize(("name", "last"), [("mn", 7919), ("mn:1223", 1223), ("mn:1228", 1223), ("mn:2", 2)])
def test_mestre_nagao_sums(table: mm.CurveTable, traces: mm.Traces, name: str, last: int) -> None:
    found = mm.project(table, traces, name, FIGURE_1)
    p = traces.primes[traces.primes <= last]
    a = traces.values[found.rows][:, : len(p)]
    np.testing.assert_allclose(found.coordinates[:, 0], (a * np.log(p) / p).sum(axis=1) / np.log(last), atol=1e-12)
    assert (found.axes[0].name, found.axes[0].kind) == (name, "sum")


@pytest.mark.parametrize(("name", "density"), [("m2", "M2"), ("d", "D")])
def test_sums_weighted_by_a_density(table: mm.CurveTable, traces: mm.Traces, name: str, density: str) -> None:
    found = mm.project(table, traces, name, (2500, 2600))
    u = traces.primes / table.conductor[found.rows][:, None]
    a = traces.values[found.rows]
    expected = (a / traces.primes * mm.evidence.density(density, u)).sum(axis=1)
    np.testing.assert_allclose(found.coordinates[:, 0], expected, atol=1e-9)


def test_primes_beyond_the_table_have_no_weight(table: mm.CurveTable, traces: mm.Traces) -> None:
    found = mm.project(table, traces, "d", (11, 20))
    own = found.rows[0]
    near = traces.primes <= 4 * table.conductor[own]
    p = traces.primes[near]
    weights = mm.evidence.density("D", p / table.conductor[own]) / p
    assert found.coordinates[0, 0] == pytest.approx((traces.values[own, near] * weights).sum())


def test_ranks_are_bands_in_the_picture_that_opens_first(table: mm.CurveTable, traces: mm.Traces) -> None:
    """Ten nearest neighbours name the rank of 99.4% or more, where three components reach 86%."""
    theory = mm.project(table, traces, "mn,m2,pc1", FIGURE_1)
    components = mm.project(table, traces, "pc1,pc2,pc3", FIGURE_1)
    rank = table.category("rank")[theory.rows]
    assert share_named(theory.coordinates, rank) >= 0.994
    assert 0.84 < share_named(components.coordinates, rank) < 0.88


def unknown(table: mm.CurveTable, rows: list[int]) -> mm.CurveTable:
    """The table with some conductors unknown."""
    column = table.conductor.copy()
    mask = np.zeros(len(column), dtype=bool)
    mask[rows] = True
    place = table.columns.column_names.index("conductor")
    columns = table.columns.set_column(place, "conductor", pa.array(column, mask=mask))
    return CurveTable(columns, table.invariants, table.small, table.name)


@pytest.mark.parametrize("axes", ["logN,a2", "m2,a2", "a2,d"])
def test_curves_of_unknown_conductor_are_left_out_and_counted(
    table: mm.CurveTable, traces: mm.Traces, axes: str
) -> None:
    some = unknown(table, [0, 7, 8])
    found = mm.project(some, traces, axes)
    assert (found.left_out, len(found.rows)) == (3, len(table) - 3)
    assert not set(found.rows.tolist()) & {0, 7, 8}
    assert np.isfinite(found.coordinates).all()
    assert np.isfinite(mm.cloud(found).model).all()


def test_an_axis_that_is_defined_nowhere_is_refused(table: mm.CurveTable, traces: mm.Traces) -> None:
    none = unknown(table, list(range(len(table))))
    with pytest.raises(
        mm.ProjectionError, match="at least 4 curves at which logN and other axes are defined, got 0 of"
    ):
        mm.project(none, traces, "a2,logN")
    assert len(mm.project(none, traces, "a2,mn").rows) == len(table)


@pytest.mark.parametrize("axes", ["mn:1", "mn:7920", "mn:", "mn:x", "M2", "d2"])
def test_sums_that_do_not_exist_are_refused(table: mm.CurveTable, traces: mm.Traces, axes: str) -> None:
    with pytest.raises(mm.ProjectionError, match=f"got '{axes}'"):
        mm.project(table, traces, axes)
