"""Undo and redo of the shared state, without a server."""

import numpy as np
import pytest

from murmuration.errors import MessageError
from murmuration.selection.selection import Selection
from murmuration.selection.stroke import Operation
from session import history
from session.state import SessionState


def drawn(state: SessionState, *rows: int, operation: Operation = "replace") -> SessionState:
    return state.drawn(np.array(rows, dtype=np.uint32), operation, {"stroke": {"operation": operation}})


def held(state: SessionState) -> list[int]:
    return list(state.selection.rows)


def test_undo_and_redo_go_through_every_change() -> None:
    start = SessionState()
    one = drawn(start, 1, 2, 3)
    two = drawn(one, 3, 4, operation="add")
    named = two.named("four")
    back = named.undone()
    assert dict(back.names.kept) == {}
    assert (back.history.undo, back.history.redo) == ("lasso added, 4 curves", "name four")
    back = back.undone()
    assert (held(back), back.history.undo) == ([1, 2, 3], "lasso, 3 curves")
    back = back.undone()
    assert (held(back), back.history.undo) == ([], "")
    with pytest.raises(MessageError, match="Nothing to undo"):
        back.undone()
    forth = back.redone().redone().redone()
    assert (held(forth), list(forth.names.kept)) == ([1, 2, 3, 4], ["four"])
    with pytest.raises(MessageError, match="Nothing to redo"):
        forth.redone()


def test_versions_only_grow_and_only_with_a_change() -> None:
    state = drawn(SessionState(), 1)
    named = state.named("a")
    assert (named.version, named.naming) == (1, 1)
    undone = named.undone()
    assert (undone.version, undone.naming) == (1, 2)
    assert undone.undone().version == 2


def test_a_new_change_clears_redo() -> None:
    state = drawn(drawn(SessionState(), 1).undone(), 2)
    assert state.history.redo == ""
    assert state.history.undo == "lasso, 1 curve"


def test_the_words_of_each_change() -> None:
    state = drawn(SessionState(), *range(1812)).named("band")
    assert state.recalled("band", "intersect").history.undo == "recall band intersected, 1,812 curves"
    assert state.cleared().history.undo == "clear"
    assert state.forgot("band").history.undo == "forget band"
    assert drawn(state, 1, operation="subtract").history.undo == "lasso taken away, 1,811 curves"


def test_marks_are_no_step_and_stay_through_undo() -> None:
    state = drawn(SessionState(), 1, 2).named("a").marked("a", True)
    assert state.history.undo == "name a"
    later = drawn(state, 3).undone()
    assert later.names.kept["a"].slot == 1
    gone = state.forgot("a")
    assert gone.names.marks() == {}
    assert gone.undone().names.kept["a"].slot == 1  # its slot is still free
    other = drawn(gone, 5).named("b").marked("b", True).undone().undone().undone()
    assert list(other.names.kept) == ["a"]


def test_a_slot_that_was_taken_meanwhile_is_not_taken_back() -> None:
    state = drawn(SessionState(), 1).named("a").named("b").marked("a", True).forgot("a").marked("b", True)
    assert {name: one.slot for name, one in state.undone().names.kept.items()} == {"a": 0, "b": 1}


def test_the_history_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    state = SessionState()
    for row in range(history.MOST + 50):
        state = drawn(state, row)
    assert len(state.history.past) == history.MOST
    monkeypatch.setattr(history, "BYTES", 100_000)
    wide = np.arange(0, 100_000, 7, dtype=np.uint32)  # 12.5 KB as bits
    for start in range(20):
        state = drawn(state, *(wide + start).tolist())
    assert 5 <= len(state.history.past) <= 9
    assert len(Selection()) == len(SessionState().selection)
