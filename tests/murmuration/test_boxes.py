import numpy as np
import pytest

from murmuration.cloud.boxes import BEHIND, BOTH, FAN, FRONT, RUN, bounds, boxes, slack
from murmuration.cloud.order import STEPS
from murmuration.polygon import projected
from murmuration.types import Floats, UInt16s


def some(n: int) -> UInt16s:
    return np.random.default_rng(n).integers(0, STEPS + 1, (n, 4), dtype=np.uint16)


@pytest.mark.parametrize("n", [1, 2, RUN, RUN + 1, FAN * RUN, FAN * RUN + 1, 30 * FAN * RUN, 2000 * RUN + 7])
def test_a_box_of_each_level_is_that_of_its_points(n: int) -> None:
    position, found = some(n), boxes(some(n))
    assert found.runs == -(-n // RUN)
    assert found.first[-1] - found.first[-2] == 1
    span = RUN
    for begin, end in zip(found.first[:-1], found.first[1:], strict=True):
        for box in range(begin, end):
            part = position[span * (box - begin) : span * (box - begin + 1), :3]
            assert found.low[box].tolist() == part.min(axis=0).tolist()
            assert found.high[box].tolist() == part.max(axis=0).tolist()
        span *= FAN


def matrix(random: np.random.Generator, kind: int) -> Floats:
    m = random.normal(size=(4, 4)) * [1e-5, 1e-5, 1e-5, 1]
    m[3, 3] += 12  # the viewpoint is far enough
    if kind == 1:  # one x for all points: nothing but rounding tells them apart
        m[0] = 0.3 * m[3]
    if kind == 2:
        m[0] *= 1e12
        m[0, 3] = -STEPS / 2 * m[0, :3].sum()
    return np.asarray(m)


@pytest.mark.parametrize("kind", [0, 1, 2])
def test_no_point_of_a_box_is_projected_beyond_its_bounds(kind: int) -> None:
    random = np.random.default_rng(kind)
    for _ in range(200):
        m = matrix(random, kind)
        low = random.integers(0, STEPS - 40, 3).astype(np.uint16)
        high = low + random.integers(0, 40, 3).astype(np.uint16)
        rounding = slack(m)
        assert rounding is not None
        where, x0, x1, y0, y1 = bounds(low, high, m, rounding)
        assert where == FRONT
        for x, y, z in random.integers(low, high + 1, (50, 3)).astype(float):
            px, py, _ = projected(x, y, z, m)
            assert x0 < px < x1
            assert y0 < py < y1


def test_bounds_are_tight() -> None:
    m = np.diag([2 / STEPS, 2 / STEPS, 0, 1.0])
    rounding = slack(m)
    assert rounding is not None
    low, high = np.array([100, 200, 0], np.uint16), np.array([300, 500, STEPS], np.uint16)
    _, *found = bounds(low, high, m, rounding)
    assert np.array(found) * STEPS / 2 == pytest.approx([100, 300, 200, 500], abs=1e-6)


@pytest.mark.parametrize(
    ("depth", "where"),
    [
        ((-1, 3000), BEHIND),  # cw = 3000 - z for z in 3000..4000: 0 is not in front
        ((-1, 3001), BOTH),
        ((-1, 3500), BOTH),
        ((-1, 4000), BOTH),
        ((-1, 4001), FRONT),
        ((-1, 2000), BEHIND),
        ((0, 0), BEHIND),
    ],
)
def test_a_box_is_in_front_behind_or_both(depth: tuple[float, float], where: int) -> None:
    m = np.eye(4)
    m[3, 2:] = depth
    low, high = np.array([0, 0, 3000], np.uint16), np.array([9, 9, 4000], np.uint16)
    rounding = slack(m)
    if rounding is None:
        assert not any(depth)
        return
    found = bounds(low, high, m, rounding)[0]
    assert found == where or (found == BOTH and where == BEHIND)  # opening a box is never wrong


def test_matrices_beyond_what_a_float_multiplies_have_no_bound() -> None:
    assert slack(np.eye(4) * 1e300) is None
    assert slack(np.eye(4) * 1e308) is None
    assert slack(np.diag([1, 1, 1, 1e-200])) is None
    assert slack(np.eye(4) * 1e100) is not None
