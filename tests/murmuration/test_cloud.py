import numpy as np
import pytest

import murmuration as mm
from murmuration.cloud import FIRST, RARE, STEPS


def interleave(x: int, y: int, z: int) -> int:
    return sum(((v >> bit) & 1) << (3 * bit + axis) for axis, v in enumerate((x, y, z)) for bit in range(16))


def test_every_row_is_there_once_in_its_class(table: mm.CurveTable, cloud: mm.Cloud) -> None:
    assert sorted(cloud.row.tolist()) == list(range(len(table)))
    ranks = table.category("rank")
    for index, one in enumerate(cloud.classes):
        part = slice(one.start, one.stop)
        assert set(ranks[cloud.row[part]].tolist()) == {one.value}
        assert set(cloud.position[part, 3].tolist()) == {index}
    assert [one.stop - one.start for one in cloud.classes] == np.bincount(ranks).tolist()


def test_each_class_is_in_morton_order(cloud: mm.Cloud) -> None:
    for one in cloud.classes:
        codes = [interleave(*p) for p in cloud.position[one.start : one.stop, :3].tolist()]
        assert codes == sorted(codes)


def test_positions_are_the_projection_to_half_a_step(cloud: mm.Cloud) -> None:
    coordinates = cloud.projection.coordinates[np.searchsorted(cloud.projection.rows, cloud.row)]
    back = cloud.low + cloud.position[:, :3] / STEPS * (cloud.high - cloud.low)
    assert (np.abs(back - coordinates) <= (cloud.high - cloud.low) / STEPS * 0.500001).all()
    assert cloud.position[:, :3].min(axis=0).tolist() == [0, 0, 0]
    assert cloud.position[:, :3].max(axis=0).tolist() == [STEPS] * 3


def test_levels_hold_every_point_once(cloud: mm.Cloud) -> None:
    drawn = np.concatenate([level.points.indices for level in cloud.levels])
    assert sorted(drawn.tolist()) == list(range(len(cloud)))


def test_levels_are_strides_and_rare_classes_are_whole(cloud: mm.Cloud) -> None:
    assert len(cloud.levels) > 1
    so_far = np.empty(0, dtype=np.int64)
    for level in cloud.levels:
        so_far = np.sort(np.concatenate([so_far, level.points.indices]))
        for one, stride in zip(cloud.classes, level.strides, strict=True):
            drawn = so_far[(so_far >= one.start) & (so_far < one.stop)]
            assert drawn.tolist() == list(range(one.start, one.stop, stride))
            assert stride == 1 or one.stop - one.start > RARE
    common = sum(c.stop - c.start for c in cloud.classes if c.stop - c.start > RARE)
    first = len(cloud.levels[0].points) - (len(cloud) - common)
    assert FIRST / 2 < first <= FIRST + len(cloud.classes)


def test_the_model_keeps_distances_of_components(cloud: mm.Cloud) -> None:
    corners = np.array([[0, 0, 0, 1], [STEPS, STEPS, STEPS, 1]]) @ cloud.model.T
    np.testing.assert_allclose(corners[0, :3], -corners[1, :3])
    extent = cloud.high - cloud.low
    np.testing.assert_allclose(corners[1, :3], extent / extent.max())


def test_mixed_units_fill_the_cube(table: mm.CurveTable, traces: mm.Traces) -> None:
    mixed = mm.cloud(mm.project(table, traces, "pc1,a2,logN"), classes="torsion")
    assert (np.array([STEPS, STEPS, STEPS, 1]) @ mixed.model.T)[:3].tolist() == pytest.approx([1, 1, 1])
    assert mixed.column == "torsion"


@pytest.mark.parametrize("axes", ["pc1,pc2,pc3", "pc1,logN", "mn", "rank*0,pc1,mn", "ld1,ld2"])
def test_the_ends_are_the_coordinates_at_the_faces_of_the_cube(
    table: mm.CurveTable, traces: mm.Traces, axes: str
) -> None:
    few = mm.Traces(traces.primes[:50], traces.values[:, :50].copy())
    cloud = mm.cloud(mm.project(table, few, axes, (7500, 10000)))
    low, high = cloud.ends
    cube = cloud.position[:, :3] @ cloud.model[:3, :3].T + cloud.model[:3, 3]
    shown = low + (cube + 1) / 2 * (high - low)
    own = cloud.projection.coordinates[np.searchsorted(cloud.projection.rows, cloud.row)]
    step = (cloud.high - cloud.low)[: own.shape[1]] / STEPS
    assert (np.abs(shown[:, : own.shape[1]] - own) <= 0.51 * step + 1e-9).all()


def test_two_axes_lie_in_a_plane(table: mm.CurveTable, traces: mm.Traces, cloud: mm.Cloud) -> None:
    plane = mm.cloud(mm.project(table, traces, "pc1,pc2"))
    assert set(plane.position[:, 2].tolist()) == {0}
    corners = np.array([[0, 0, 0, 1], [STEPS, STEPS, 0, 1]]) @ plane.model.T
    np.testing.assert_allclose(corners[0, :3], -corners[1, :3])
    extent = (cloud.high - cloud.low)[:2]
    assert corners[1].tolist() == pytest.approx([*(extent / extent.max()), 0, 1])
    left = plane.lasso(plane.model, [(-2, -2), (0, -2), (0, 2), (-2, 2)])
    assert set(left.tolist()) == set(plane.row[plane.position[:, 0] < STEPS / 2].tolist())


def test_a_flat_axis_is_drawn_at_zero(table: mm.CurveTable, traces: mm.Traces) -> None:
    values = traces.values.copy()
    values[:, 0] = 1
    flat = mm.cloud(mm.project(table, mm.Traces(traces.primes, values), "a2,pc1,pc2"))
    assert set(flat.position[:, 0].tolist()) == {0}
    assert np.isfinite(flat.model).all()


def test_the_same_cloud_twice_is_the_same_bytes(table: mm.CurveTable, traces: mm.Traces, cloud: mm.Cloud) -> None:
    again = mm.cloud(mm.project(table, traces, "pc1,pc2,pc3"))
    assert again.position.tobytes() == cloud.position.tobytes()
    assert again.row.tobytes() == cloud.row.tobytes()


def test_a_lasso_gives_sorted_rows_of_all_levels(table: mm.CurveTable, cloud: mm.Cloud) -> None:
    left = cloud.lasso(cloud.model, [(-2, -2), (0, -2), (0, 2), (-2, 2)])
    assert left.dtype == np.uint32
    assert (np.diff(left.astype(np.int64)) > 0).all()
    x = cloud.position[:, 0] * cloud.model[0, 0] + cloud.model[0, 3]
    assert set(left.tolist()) == set(cloud.row[x < 0].tolist())


def test_unknown_classes_are_refused(table: mm.CurveTable, traces: mm.Traces) -> None:
    with pytest.raises(mm.DatasetError, match="got 'colour'"):
        mm.cloud(mm.project(table, traces), classes="colour")
