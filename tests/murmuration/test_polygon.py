"""The lasso against brute force, bit for bit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import murmuration as mm
from murmuration.polygon import MAX_VERTICES, inside

Points = np.ndarray[tuple[int, int], np.dtype[np.uint16]]
Array = np.ndarray[tuple[int, int], np.dtype[np.float64]]


def brute(points: Points, m: Array, polygon: Array) -> list[bool]:
    """The definition, point by point and edge by edge, in Python floats."""
    result = []
    for x, y, z in points[:, :3].astype(float).tolist():
        cx, cy, _, cw = (((float(r[0]) * x + float(r[1]) * y) + float(r[2]) * z) + float(r[3]) for r in m)
        odd = False
        if cw > 0:
            px, py = np.float64(cx) / cw, np.float64(cy) / cw
            (left, bottom), (right, top) = polygon.min(axis=0), polygon.max(axis=0)
            corners = polygon.tolist() if left <= px <= right and bottom <= py <= top else []
            for (x1, y1), (x2, y2) in zip(corners, corners[1:] + corners[:1], strict=True):
                if (y1 > py) != (y2 > py):
                    odd ^= bool(px < np.float64(x2 - x1) * (py - y1) / (y2 - y1) + x1)
        result.append(odd)
    return result


points = hnp.arrays(np.uint16, st.tuples(st.integers(1, 40), st.just(4)))
unit = st.floats(-1, 1, width=64)
matrices = hnp.arrays(np.float64, (4, 4), elements=unit).map(lambda m: m * np.array([3e-5, 3e-5, 3e-5, 1]))
# Vertices on a coarse grid too: repeated points, horizontal edges, crossings at vertices, edges along each other.
vertex = unit | st.floats(-50, 50) | st.integers(-4, 4).map(lambda k: k / 4)
polygons = hnp.arrays(np.float64, st.tuples(st.integers(3, 60), st.just(2)), elements=vertex)


@settings(max_examples=400, deadline=None)
@given(points, matrices, polygons)
def test_equal_to_brute_force(points: Points, m: Array, polygon: Array) -> None:
    with np.errstate(all="ignore"):
        assert inside(points, m, polygon).tolist() == brute(points, m, polygon)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(3, 3000))
def test_equal_to_brute_force_with_many_vertices(seed: int, corners: int) -> None:
    rng = np.random.default_rng(seed)
    points = rng.integers(0, 2**16, (12, 4), dtype=np.uint16)
    m = rng.normal(size=(4, 4)) * np.array([3e-5, 3e-5, 3e-5, 1])
    polygon = rng.normal(size=(corners, 2)).cumsum(axis=0) / corners**0.5  # a scribble
    assert inside(points, m, polygon).tolist() == brute(points, m, polygon)


# Points on the line y = z = 0, drawn from 0 to 2 of NDC by the identity scaled.
LINE = np.column_stack([np.arange(0, 65536, 1024), *[np.zeros(64, int)] * 3]).astype(np.uint16)
SCALE = np.diag([2 / 65536, 1, 1, 1])


def test_a_square_takes_the_points_in_it() -> None:
    square = [(0.5, -1), (1.5, -1), (1.5, 1), (0.5, 1)]
    assert np.flatnonzero(inside(LINE, SCALE, square)).tolist() == list(range(16, 48))


def test_even_odd_leaves_out_points_circled_twice() -> None:
    outer, inner = [(0, -1), (2, -1), (2, 1), (0, 1)], [(0.5, -0.5), (1.5, -0.5), (1.5, 0.5), (0.5, 0.5)]
    both = [*outer, outer[0], *inner, inner[0]]
    found = np.flatnonzero(inside(LINE, SCALE, both)).tolist()
    assert found == [*range(16), *range(48, 64)]


def test_points_behind_the_viewpoint_are_never_inside() -> None:
    behind = SCALE.copy()
    behind[3] = [-2 / 65536, 0, 0, 1]  # w = 1 - x: the farther half is behind
    everywhere = [(-1e6, -1e6), (1e6, -1e6), (1e6, 1e6), (-1e6, 1e6)]
    assert np.flatnonzero(inside(LINE, behind, everywhere)).tolist() == list(range(32))


def test_degenerate_lassos_select_nothing() -> None:
    for flat in ([(0, 0)] * 3, [(0, 0), (1, 0), (2, 0)], [(0, -1), (0, 1), (0, -1)]):
        assert not inside(LINE, SCALE, flat).any()


@pytest.mark.parametrize(
    ("matrix", "polygon", "message"),
    [
        (SCALE, [(0, 0), (1, 1)], "at least 3 vertices"),
        (SCALE, [], "at least 3 vertices"),
        (SCALE, [(0, 0), (np.nan, 1), (1, 1)], "NaN or infinity"),
        (SCALE, [(0, 0), (np.inf, 1), (1, 1)], "NaN or infinity"),
        (SCALE, np.zeros((MAX_VERTICES + 1, 2)), "3 to 10,000 vertices, got 10,001: simplify"),
        (SCALE, np.zeros((10**6, 2)), "got 1,000,000"),
        (SCALE, [(-1e308, -1e308), (1e308, -1e308), (0, 1e308)], "within 1e[+]100 of the middle, got 1e[+]308"),
        (SCALE, None, "something else|at least 3"),
        (SCALE, 5, "at least 3 vertices"),
        (SCALE, [(0, 0, 0)] * 3, "vertices"),
        (SCALE, "lasso", "something else"),
        (SCALE[:3], [(0, 0), (1, 0), (0, 1)], "4x4 matrix of finite numbers, got an array of shape 3x4"),
        (SCALE * np.nan, [(0, 0), (1, 0), (0, 1)], "with NaN or infinity"),
    ],
)
def test_a_malformed_lasso_is_refused_in_one_line(matrix: Array, polygon: Array, message: str) -> None:
    with pytest.raises(mm.StrokeError, match=message):
        inside(LINE, matrix, polygon)
