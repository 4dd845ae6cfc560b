import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from murmuration.errors import StrokeError
from murmuration.selection.selection import Selection
from murmuration.selection.stroke import Operation

rows = st.sets(st.integers(0, 2**32 - 1), max_size=50)


def array(some: set[int]) -> np.ndarray[tuple[int], np.dtype[np.uint32]]:
    return np.array(sorted(some), dtype=np.uint32)


@given(rows, rows)
def test_operations_are_those_of_sets(a: set[int], b: set[int]) -> None:
    start = Selection().combine(array(a), "replace", {"step": 1})
    expected: dict[Operation, set[int]] = {"replace": b, "add": a | b, "subtract": a - b, "intersect": a & b}
    for operation, want in expected.items():
        found = start.combine(array(b), operation, {"step": 2})
        assert found.array().tolist() == sorted(want)
        assert found.array().dtype == np.uint32
        assert len(found) == len(want)
    assert start.array().tolist() == sorted(a)  # nothing was changed in place


def test_the_recipe_tells_what_was_done() -> None:
    first = Selection().combine(array({1, 2}), "replace", {"stroke": 1})
    second = first.combine(array({2}), "subtract", {"stroke": 2})
    assert second.recipe == ({"stroke": 1}, {"stroke": 2})
    assert second.combine(array({5}), "replace", {"stroke": 3}).recipe == ({"stroke": 3},)


def test_a_selection_recalled_into_itself_does_not_double_for_ever() -> None:
    one = Selection().combine(array({1}), "replace", {"stroke": 1})
    for _ in range(5):  # 3, 7, 15, 31, 63 steps
        one = one.combine(one.rows, "add", {"recall": "a", "recipe": list(one.recipe)})
    with pytest.raises(StrokeError, match="at most 100 strokes in one selection, got more: begin a new one"):
        one.combine(one.rows, "add", {"recall": "a", "recipe": list(one.recipe)})


def test_nothing_selected() -> None:
    assert len(Selection()) == 0
    assert Selection().array().tolist() == []


def test_unknown_operations_are_our_error() -> None:
    with pytest.raises(KeyError):
        Selection().combine(array({1}), "xor", {})  # type: ignore[arg-type]
