import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from murmuration.cloud import order
from murmuration.cloud.order import MAX_CLASSES, STEPS, drawn
from murmuration.types import UInt16s


def morton(x: int, y: int, z: int) -> int:
    """The code by its definition: bit k of x, y, z at 3k, 3k + 1, 3k + 2."""
    return sum(((value >> k) & 1) << (3 * k + axis) for axis, value in enumerate((x, y, z)) for k in range(16))


def expected(points: UInt16s, index: list[int]) -> list[int]:
    """The order by comparing triples."""
    key = [(kind, morton(*map(int, point[:3])), i) for i, (point, kind) in enumerate(zip(points, index, strict=True))]
    return [i for *_, i in sorted(key)]


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.integers(1, 200), st.integers(1, 600), st.integers(1, 16), st.integers(0, 2**32), st.sampled_from([1, 10, 1000])
)
def test_the_order_is_that_of_class_code_and_row(
    monkeypatch: pytest.MonkeyPatch, n: int, classes: int, bits: int, seed: int, enough: int
) -> None:
    """However many cores share the work: one that is worth few points has many of them."""
    monkeypatch.setattr(order, "cores", lambda: 7)
    monkeypatch.setattr(order, "_ENOUGH", enough)
    random = np.random.default_rng(seed)
    whole = random.integers(0, 1 << bits, (n, 3)).astype(np.float64)  # few bits: many points share a code
    index = random.integers(0, classes, n).astype(np.uint16)
    rows = np.sort(random.choice(2**32, n, replace=False))
    position, row = drawn(whole, np.zeros(3), np.full(3, float(STEPS)), index, rows)
    unsorted = np.column_stack([whole, np.minimum(index, MAX_CLASSES)]).astype(np.uint16)
    places = expected(unsorted, index.tolist())
    assert np.array_equal(row, rows[places])
    assert np.array_equal(position, unsorted[places])


def test_coordinates_are_rounded_to_the_nearest_step() -> None:
    coordinates = np.array([[0.0, -1.0, 5.0], [1.0, 1.0, 5.0], [0.49, 0.0, 5.0]])
    low, extent = np.array([0.0, -1.0, 5.0]), np.array([1.0, 2.0, 1.0])
    position, row = drawn(coordinates, low, extent, np.zeros(3, np.uint16), np.arange(3))
    back = np.empty_like(position)
    back[row] = position
    assert back.tolist() == [[0, 0, 0, 0], [STEPS, STEPS, 0, 0], [round(0.49 * STEPS), STEPS // 2 + 1, 0, 0]]


@pytest.mark.parametrize("n", [0, 1])
def test_few_points(n: int) -> None:
    position, row = drawn(np.zeros((n, 3)), np.zeros(3), np.ones(3), np.zeros(n, np.uint16), np.arange(n))
    assert position.shape == (n, 4)
    assert row.tolist() == list(range(n))
