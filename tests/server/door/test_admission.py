"""Bounds on connections without a token, with a clock and connections of the test's own."""

import logging
from functools import partial

import pytest

from server.door.admission import REPORT, Admission


class Clock:
    """A clock that moves when told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


class Connections:
    """Opens connections by name, and keeps the names of those that were closed to make room."""

    def __init__(self, admission: Admission) -> None:
        self.admission = admission
        self.closed: list[str] = []

    def open(self, names: str) -> None:
        for name in names:
            self.admission.opened(name, partial(self.closed.append, name))


def test_the_oldest_connection_without_a_request_makes_room() -> None:
    connections = Connections(Admission(most=3))
    connections.open("abcde")
    assert connections.closed == ["a", "b"]
    assert len(connections.admission) == 3


def test_idle_connections_and_answered_ones_do_not_displace_each_other() -> None:
    admission = Admission(most=2)
    connections = Connections(admission)
    connections.open("ab")
    for name in "ab":
        admission.answered(name)
    connections.open("cde")
    assert connections.closed == ["c"]
    admission.answered("e")
    assert connections.closed == ["c", "a"]
    admission.answered("a")  # closed meanwhile
    assert len(admission) == 3


def test_a_connection_that_showed_a_token_is_never_closed() -> None:
    admission = Admission(most=1)
    connections = Connections(admission)
    connections.open("e")
    admission.gone("e")
    connections.open("ab")
    admission.halve()
    assert connections.closed == ["a", "b"]
    assert len(admission) == 0


def test_a_flood_is_one_line_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    admission = Admission(most=1, now=clock)

    def open(first: int, end: int) -> None:
        for n in range(first, end):
            admission.opened(n, lambda: None)

    with caplog.at_level(logging.WARNING):
        open(0, 1000)
        clock.now = REPORT - 1
        open(1000, 2000)
        assert [each.getMessage() for each in caplog.records] == [
            "Too many connections without a token: 1 closed, the oldest first."
        ]
        clock.now = REPORT
        open(2000, 2001)
    assert caplog.records[-1].getMessage() == "Too many connections without a token: 1,999 closed, the oldest first."
