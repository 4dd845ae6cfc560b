import numpy as np
import pytest
from scipy.spatial import ConvexHull

from murmuration.cloud.hull import DIRECTIONS, hull
from murmuration.types import Bools, UInt16s


def every(position: UInt16s) -> Bools:
    return np.ones(len(position), dtype=np.bool_)


def cube() -> UInt16s:
    corners = [(x, y, z, 0) for x in (9, 65535) for y in (0, 65535) for z in (0, 60000)]
    return np.array(corners, dtype=np.uint16)


def pairs(edges: np.ndarray) -> set[frozenset[tuple[int, ...]]]:
    return {frozenset(tuple(map(int, end)) for end in edge) for edge in edges}


def test_a_box_has_twelve_edges_and_no_diagonal() -> None:
    edges = hull(cube(), every(cube()))
    assert len(edges) == 12
    assert all(np.count_nonzero(a != b) == 1 for a, b in edges)


def test_it_is_the_hull_of_the_outermost_points() -> None:
    points = np.random.default_rng(1).integers(0, 65536, (5000, 4)).astype(np.uint16)
    along = points[:, :3].astype(np.int64) @ DIRECTIONS.T
    outer = np.unique(points[np.concatenate([along.argmin(axis=0), along.argmax(axis=0)]), :3].astype(np.int64), axis=0)
    peer = ConvexHull(outer)
    sides = [(t[i], t[i - 1]) for t in peer.simplices for i in range(3)]
    wanted = {frozenset((tuple(outer[a]), tuple(outer[b]))) for a, b in sides}
    assert pairs(hull(points, every(points))) == wanted


def test_only_selected_points_count() -> None:
    points = np.concatenate([cube(), np.full((500, 4), 30000, dtype=np.uint16), cube() // 2])
    chosen = every(points)
    chosen[:8] = False
    assert hull(points, chosen).max() == 32767


@pytest.mark.parametrize("points", [cube()[:1], cube()[:2], cube()[:4], np.empty((0, 4), dtype=np.uint16)])
def test_what_lies_in_one_plane_has_none(points: UInt16s) -> None:
    assert hull(points, every(points)).shape == (0, 2, 3)
