"""A stroke counted over a store is the stroke on the cloud."""

import numpy as np
import pytest

import murmuration as mm
from murmuration.computation import recipe_of, run
from murmuration.computation.averages import values
from murmuration.computation.lasso import lasso_of
from murmuration.errors import MurmurationError
from murmuration.projection import Components
from murmuration.selection.stroke import stroke
from murmuration.store import SnapshotView
from tests.computation.conftest import PRIMES

LOOP = [[-0.6, -0.5], [0.7, -0.6], [0.2, 0.1], [0.8, 0.7], [-0.5, 0.6]]


@pytest.mark.parametrize("axes", ["a2,a3,logN", "a5,logN", "pc1,pc2,pc3", "pc2,a2"])
@pytest.mark.parametrize("window", [None, (500, 1500)])
def test_the_counts_are_those_of_the_cloud(
    view: SnapshotView, table: mm.CurveTable, traces: mm.Traces, axes: str, window: tuple[int, int] | None
) -> None:
    part, some = table.part(0, 12_000), mm.Traces(traces.primes[:PRIMES], traces.values[:12_000, :PRIMES])
    fitted: list[Components] = []

    def components(rows: np.ndarray) -> Components:
        fitted.append(Components(some, rows))
        return fitted[0]

    cloud = mm.cloud(mm.project(part, some, axes, window, components=components), "rank")
    drawn = stroke(LOOP, cloud.model, "replace")
    parameters = lasso_of(cloud, drawn, PRIMES, *fitted)
    found = run(recipe_of(view, "lasso", parameters), view).arrays
    ranks, held = part.category("rank"), cloud.lasso(cloud.model, LOOP)
    expected = [int((ranks[held] == value).sum()) for value in values("rank")]
    assert 0 < sum(expected) < len(cloud)
    assert found["inside"].tolist() == expected
    assert found["curves"].sum() == len(cloud)


def test_axes_of_components_need_the_components(table: mm.CurveTable, traces: mm.Traces) -> None:
    part, some = table.part(0, 100), mm.Traces(traces.primes[:PRIMES], traces.values[:100, :PRIMES])
    cloud = mm.cloud(mm.project(part, some, "pc1"), "rank")
    with pytest.raises(MurmurationError, match="expected the components of pc1"):
        lasso_of(cloud, stroke(LOOP, cloud.model, "replace"), PRIMES)
