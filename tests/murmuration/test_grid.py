import numpy as np
import pytest

from murmuration.cloud.grid import INSIDE, OUTSIDE, RIM, Grid, column, grid
from murmuration.polygon import edges, inside
from murmuration.types import Floats, UInt8s

EVERYWHERE = np.array([-np.inf, np.inf, -np.inf, np.inf])


def circle(k: int) -> Floats:
    t = np.arange(k) * 2 * np.pi / k
    return np.column_stack([np.cos(t), np.sin(t)])


def scribble(seed: int, k: int) -> Floats:
    return np.random.default_rng(seed).normal(size=(k, 2)).cumsum(axis=0)


def painted(polygon: Floats, n: int, bounds: Floats = EVERYWHERE) -> Grid:
    found = grid(edges(polygon), bounds, n)
    assert found is not None
    return found


def at(one: Grid, points: Floats) -> UInt8s:
    """The state of the cells of some points of NDC."""
    left, bottom, across, up = one.place
    n = len(one.state)
    return np.array([one.state[column(y, bottom, up, n), column(x, left, across, n)] for x, y in points])


def answers(points: Floats, polygon: Floats) -> list[int]:
    """The lasso test of points of NDC: each as the origin, moved there by a matrix."""
    origin = np.zeros((1, 4), np.uint16)
    moved = np.eye(4)
    found = []
    for x, y in points:
        moved[:2, 3] = x, y
        found.append(INSIDE if inside(origin, moved, polygon)[0] else OUTSIDE)
    return found


POLYGONS = [circle(3), circle(100), scribble(1, 40), scribble(2, 300), scribble(3, 8) * [1, 1e-6]]


@pytest.mark.parametrize("polygon", POLYGONS)
@pytest.mark.parametrize("bounds", [EVERYWHERE, np.array([-0.5, 3, -1e-6, 0.4])])
def test_off_the_rim_a_cell_is_as_the_test_says(polygon: Floats, bounds: Floats) -> None:
    one = painted(polygon, 64, bounds)
    low, high = polygon.min(axis=0) - 0.1, polygon.max(axis=0) + 0.1
    low, high = np.maximum(low, bounds[[0, 2]]), np.minimum(high, bounds[[1, 3]])
    points = np.random.default_rng(5).uniform(low, high, (1500, 2))
    state = at(one, points)
    clear = state != RIM
    assert clear.sum() > 100
    assert state[clear].tolist() == answers(points[clear], polygon)


@pytest.mark.parametrize("polygon", POLYGONS)
def test_a_point_within_half_a_cell_of_an_edge_is_on_the_rim(polygon: Floats) -> None:
    one = painted(polygon, 128)
    random = np.random.default_rng(6)
    start, share = random.integers(0, len(polygon), 2000), random.random((2000, 1))
    on = polygon[start - 1] * share + polygon[start] * (1 - share)
    near = on + random.uniform(-0.499, 0.499, (2000, 2)) / one.place[2:]
    assert set(at(one, near).tolist()) == {RIM}


def test_the_rim_is_narrow() -> None:
    state = painted(circle(200), 256).state
    assert (
        state == RIM
    ).mean() < 4 * 3 / 256  # a circle meets about 4 cells a row and column, half a cell more each way
    assert (state == INSIDE).mean() == pytest.approx(np.pi / 4, abs=0.05)


def test_the_border_of_a_whole_polygon_is_outside() -> None:
    state = painted(scribble(4, 100), 64).state
    border = np.concatenate([state[0], state[-1], state[:, 0], state[:, -1]])
    assert set(border.tolist()) == {OUTSIDE}


def test_sums_count_the_cells_of_any_rectangle() -> None:
    one = painted(scribble(2, 300), 64)
    for a, b, c, d in np.random.default_rng(7).integers(0, 65, (200, 4)):
        (low, high), (left, right) = sorted((a, b)), sorted((c, d))
        part = one.state[low:high, left:right]
        total = one.sums[high, right] - one.sums[low, right] - one.sums[high, left] + one.sums[low, left]
        assert divmod(int(total), 2**32) == ((part == OUTSIDE).sum(), (part == INSIDE).sum())


@pytest.mark.parametrize(
    "polygon",
    [
        np.array([(0, 0), (1, 1), (2, 2.0)]) * [1, 0],  # no height
        circle(5) * [1e-14, 1] + [1, 0],  # as wide as the rounding of its coordinates
        np.array([(0, 0), (1, 1e-320), (1, 1)]),  # an edge along which products underflow
        circle(5) * 1e-110,
    ],
)
def test_polygons_too_thin_for_float64_have_no_grid(polygon: Floats) -> None:
    assert grid(edges(polygon), EVERYWHERE, 64) is None


def test_a_polygon_far_larger_than_the_points_has_no_grid() -> None:
    bounds = np.array([-1.0, 1, -1, 1])
    assert grid(edges(circle(5) * 1e6), bounds, 64) is not None
    assert grid(edges(circle(5) * 1e13), bounds, 64) is None
