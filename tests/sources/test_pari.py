"""PARI in a child that may die, hang, or have nothing to say."""

import pytest

from murmuration.errors import DatasetError
from murmuration.sources import pari
from murmuration.sources.pari import Pari

MODEL = "[0,0,0,-432,8208]"


def test_minimal_models_and_arithmetic() -> None:
    with Pari() as one:
        assert one.ask("minimal", [MODEL, "[0,0,1,-1,0]"]) == [(0, -1, 1, 0, 0), (0, 0, 1, -1, 0)]
        assert one.ask("arithmetic", ["[0,0,1,-1,0]", "[0,-1,1,0,0]"]) == [(37, -1), (11, 1)]
        assert one.ask("arithmetic", []) == []


def test_a_curve_that_pari_refuses_costs_only_itself() -> None:
    with Pari() as one:
        assert one.ask("arithmetic", ["[0,0,1,-1,0]", "[0,0,nonsense]", "[0,-1,1,0,0]"]) == [(37, -1), None, (11, 1)]


def test_a_child_that_dies_is_replaced() -> None:
    with Pari() as one:
        assert one.ask("arithmetic", ["[0,0,1,-1,0]"]) == [(37, -1)]
        assert one._child is not None
        one._child.kill()
        one._child.wait()
        assert one.ask("arithmetic", ["[0,0,1,-1,0]"]) == [None]  # the question it died of is not asked again
        assert one.ask("arithmetic", ["[0,0,1,-1,0]"]) == [(37, -1)]


def test_a_question_without_an_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pari, "SECONDS", 0.5)
    monkeypatch.setitem(pari._CALLS, "minimal", "while(1,)")
    with Pari() as one:
        assert one.ask("minimal", [MODEL]) == [None]


def test_a_source_with_too_many_such_curves_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pari, "MOST_LOST", 1)
    with Pari() as one, pytest.raises(DatasetError, match="more than 1 that it cannot, the last x2"):
        one.ask("arithmetic", ["x1", "x2"])
