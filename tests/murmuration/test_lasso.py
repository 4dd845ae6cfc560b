"""The lasso against the flat test, which is the definition: not one point may differ."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest

from murmuration.cloud import lasso as room
from murmuration.cloud.boxes import boxes
from murmuration.cloud.lasso import Lasso
from murmuration.cloud.order import STEPS, drawn
from murmuration.errors import StrokeError
from murmuration.polygon import inside
from murmuration.types import Bools, Floats, UInt16s, UInt32s

Random = np.random.Generator
MODEL = np.array([[2 / STEPS, 0, 0, -1], [0, 2 / STEPS, 0, -1], [0, 0, 2 / STEPS, -1], [0, 0, 0, 1]])

SHAPES: list[Callable[[Random, int], Floats]] = [
    lambda random, n: random.random((n, 3)),
    lambda random, n: random.normal(size=(n, 3)),
    lambda random, n: random.normal(size=(n, 3)) ** 3,  # most in a few boxes
    lambda random, n: random.integers(0, 8, (n, 3)) / 7,  # many on one spot
    lambda random, n: random.random((n, 1)) * [1, 1, 0] + random.random((n, 1)) * [0, 0, 1],  # a plane
]


def points(random: Random, n: int) -> tuple[UInt16s, UInt32s]:
    """Points of three classes in drawing order, and their rows."""
    at = SHAPES[random.integers(len(SHAPES))](random, n)
    extent = np.where(np.ptp(at, axis=0) > 0, np.ptp(at, axis=0), 1.0)
    return drawn(at, at.min(axis=0), extent, random.integers(0, 3, n).astype(np.uint16), np.arange(n))


def turned(random: Random) -> Floats:
    view = np.eye(4)
    view[:3, :3] = np.linalg.qr(random.normal(size=(3, 3)))[0]
    return np.asarray(view @ MODEL)


def perspective(random: Random) -> Floats:
    """From outside, at the border, within the cloud, or far away; sometimes scaled, which changes no quotient."""
    moved = np.eye(4)
    moved[:3, 3] = random.normal(size=3) * [0.3, 0.3, 1] - [0, 0, random.choice([0, 1, 2, 4, 40])]
    lens = np.array([[1.5, 0, 0, 0], [0, 1.5, 0, 0], [0, 0, -1, -0.1], [0, 0, -1, 0]])
    return np.asarray(lens @ moved @ turned(random) * random.choice([1, 1, 1e-150, 1e150, 1e-300]))


def cancelling(random: Random) -> Floats:
    """Products that cancel to many digits less."""
    m = random.normal(size=(4, 4)) @ MODEL
    large = 10 ** random.uniform(9, 13)
    m[0, :3] += [large, -large * (1 + random.normal() * 1e-15), 0]
    return np.asarray(m)


MATRICES: list[Callable[[Random], Floats]] = [
    turned,
    perspective,
    perspective,
    perspective,
    cancelling,
    lambda random: random.normal(size=(4, 4)) @ MODEL,
]


def sliver(random: Random, k: int) -> Floats:
    line = random.normal(size=2) + random.random((k, 1)) * random.normal(size=2)
    return np.asarray(line + random.normal(size=(k, 2)) * 10 ** random.uniform(-17, -2))


def loop(random: Random, k: int) -> Floats:
    t = np.sort(random.random(k)) * 2 * np.pi
    return np.asarray(random.uniform(0.01, 2) * np.column_stack([np.cos(t), np.sin(t)]))


def scattered(random: Random, k: int) -> Floats:
    """Crosses itself everywhere."""
    return random.normal(size=(k, 2))


def off_screen(random: Random, k: int) -> Floats:
    middle = random.normal(size=2) * 10 ** random.uniform(0, 6)
    return np.asarray(middle + random.normal(size=(k, 2)) * 10 ** random.uniform(-3, 6))


def far_vertices(random: Random, k: int) -> Floats:
    polygon = random.normal(size=(k, 2))
    polygon[random.integers(0, k, 3)] *= 10 ** random.uniform(0, 80)
    return polygon


def coarse(random: Random, k: int) -> Floats:
    """Repeated vertices, horizontal edges, edges along each other."""
    return np.asarray(random.integers(-4, 5, (k, 2)) / 4)


def nearly_flat_edges(random: Random, k: int) -> Floats:
    polygon = random.normal(size=(k, 2))
    some = random.integers(0, k, k // 2)
    polygon[some, 1] = polygon[(some + 1) % k, 1] + random.choice([0, 1e-320, 1e-300, 1e-17])
    return polygon


def scribble(random: Random, k: int) -> Floats:
    return np.asarray(random.normal(size=(k, 2)).cumsum(axis=0) / k**0.5)


POLYGONS = [sliver, loop, loop, scattered, off_screen, far_vertices, coarse, nearly_flat_edges, scribble]


def polygon_on(random: Random, position: UInt16s, m: Floats) -> Floats:
    """A polygon about where the points are seen; one in ten has its vertices on points."""
    x, y, w = m[[0, 1, 3]] @ np.column_stack([position[random.integers(0, len(position), 60), :3], np.ones(60)]).T
    seen = np.column_stack([x, y])[w > 0] / w[w > 0, None]
    seen = seen[(np.abs(seen) < 1e80).all(axis=1)] if len(seen) else np.zeros((1, 2))
    seen = seen if len(seen) else np.zeros((1, 2))
    k = int(random.choice([3, 4, 10, 64, 300]))
    if random.random() < 0.1:
        return np.asarray(seen[random.integers(0, len(seen), k)])
    middle = np.median(seen, axis=0)
    size = np.maximum(np.quantile(np.abs(seen - middle), 0.8, axis=0), 1e-12)
    return np.asarray(middle + size * POLYGONS[random.integers(len(POLYGONS))](random, k))


def flags(position: UInt16s, row: UInt32s, m: Floats, polygon: Floats) -> Bools:
    """The lasso's answer for each point."""
    found = np.zeros(len(row), dtype=np.bool_)
    found[Lasso(position, row, len(row), boxes(position), m, polygon).rows()] = True
    return np.asarray(found[row])


def differences(seed: int, tests: int) -> int:
    """How many of so many point tests differ from the flat test's, over many clouds, matrices and polygons."""
    random = np.random.default_rng(seed)
    wrong = hits = 0
    while tests > 0:
        position, row = points(random, int(random.choice([1, 5, 300, 3000, 60_000])))
        for _ in range(12):
            m = MATRICES[random.integers(len(MATRICES))](random)
            polygon = polygon_on(random, position, m)
            wanted = inside(position, m, polygon)
            wrong += int((flags(position, row, m, polygon) != wanted).sum())
            hits += int(wanted.sum())
            tests -= len(row)
    assert hits > 0
    return wrong


@pytest.mark.parametrize("seed", range(4))
def test_no_point_differs_from_the_flat_test(seed: int) -> None:
    assert differences(seed, 1_000_000) == 0


@pytest.mark.slow
def test_no_point_of_a_hundred_million_differs_from_the_flat_test() -> None:
    assert differences(2204, 100_000_000) == 0


# ---- one large cloud -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def large() -> tuple[UInt16s, UInt32s]:
    at = np.random.default_rng(7).normal(size=(200_000, 3))
    return drawn(at, at.min(axis=0), np.ptp(at, axis=0), np.zeros(len(at), np.uint16), np.arange(len(at)))


def circle(k: int, radius: float = 0.4) -> Floats:
    t = np.arange(k) * 2 * np.pi / k
    return np.asarray(radius * np.column_stack([np.cos(t), np.sin(t)]))


def zigzag(k: int) -> Floats:
    return np.column_stack([np.linspace(-0.5, 0.5, k), np.where(np.arange(k) % 2, -0.5, 0.5)])


@pytest.mark.parametrize("polygon", [circle(64), circle(10_000), zigzag(60), zigzag(1000)])
def test_a_large_cloud_is_answered_as_by_the_flat_test(large: tuple[UInt16s, UInt32s], polygon: Floats) -> None:
    wanted = inside(large[0], MODEL, polygon)
    assert 0.1 < wanted.mean() < 0.9
    assert (flags(*large, MODEL, polygon) == wanted).all()


def test_few_points_meet_the_test(large: tuple[UInt16s, UInt32s], monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted in steps of 20,000 points and edges; a flat test takes 200,000 points alone."""
    monkeypatch.setattr(room, "STEP", 20_000)
    monkeypatch.setattr(room, "cores", lambda: 1)
    for polygon in (circle(64, 0.8), circle(10_000, 0.8)):
        steps = steps_of(Lasso(*large, len(large[1]), boxes(large[0]), MODEL, polygon))
        assert steps < 13


def steps_of(one: Lasso) -> int:
    count = 1
    while one.step():
        count += 1
    return count


def test_a_polygon_of_many_long_edges_is_answered_in_short_steps(
    large: tuple[UInt16s, UInt32s], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each point is tested against 300 edges; a step ends after the run in which it has tested enough."""
    monkeypatch.setattr(room, "STEP", 1_000_000)
    monkeypatch.setattr(room, "cores", lambda: 1)
    one = Lasso(*large, len(large[1]), boxes(large[0]), MODEL, zigzag(300))
    tested = int(inside(large[0], MODEL, [(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)]).sum())
    assert steps_of(one) > 0.8 * 300 * tested / 1_000_000
    found = np.zeros(len(large[1]), dtype=np.bool_)
    found[one.rows()] = True
    assert (found[large[1]] == inside(large[0], MODEL, zigzag(300))).all()


def test_rows_are_ascending_and_equal_to_the_bitmap(large: tuple[UInt16s, UInt32s]) -> None:
    one = Lasso(*large, len(large[1]), boxes(large[0]), MODEL, circle(64))
    rows = one.rows()
    assert rows.dtype == np.uint32
    assert all(a < b for a, b in pairwise(rows.tolist()))
    assert list(one.bitmap()) == rows.tolist()


def test_a_lasso_beside_the_points_takes_none(large: tuple[UInt16s, UInt32s]) -> None:
    one = Lasso(*large, len(large[1]), boxes(large[0]), MODEL, circle(64) + np.array([5, 0]))
    assert not one.step()
    assert len(one.bitmap()) == 0


def test_a_malformed_polygon_is_refused(large: tuple[UInt16s, UInt32s]) -> None:
    with pytest.raises(StrokeError, match="at least 3 vertices"):
        Lasso(*large, len(large[1]), boxes(large[0]), MODEL, [(0, 0), (1, 1)])
