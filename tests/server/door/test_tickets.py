"""Tickets for one use, with a clock of the test's own."""

import pytest

from server.door.tickets import CONTINUED, MOST, UNUSED, Tickets
from server.door.tokens import Grant

EDITOR, VIEWER = Grant("editor", "a"), Grant("viewer", "b")


class Clock:
    """A clock that moves when told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_socket_spends_its_ticket() -> None:
    tickets = Tickets()
    ticket = tickets.new("/ws", EDITOR)
    assert tickets.spend(ticket, "/api/table.csv", "", ranged=False) is None
    assert tickets.spend(ticket, "/ws", "pane=0", ranged=False) == EDITOR
    assert tickets.spend(ticket, "/ws", "pane=0", ranged=False) is None
    assert tickets.spend(ticket, "/ws", "pane=0", ranged=True) is None


def test_the_ranges_of_one_download_share_its_ticket() -> None:
    clock = Clock()
    tickets = Tickets(clock)
    ticket = tickets.new("/api/table.csv", VIEWER)
    assert tickets.spend(ticket, "/api/table.csv", "limit=9", ranged=False) == VIEWER
    assert tickets.spend(ticket, "/api/table.csv", "limit=9", ranged=False) is None  # a second download
    assert tickets.spend(ticket, "/api/table.csv", "limit=8", ranged=True) is None  # another download
    for _ in range(3):
        clock.now += CONTINUED - 1
        assert tickets.spend(ticket, "/api/table.csv", "limit=9", ranged=True) == VIEWER
    clock.now += CONTINUED
    assert tickets.spend(ticket, "/api/table.csv", "limit=9", ranged=True) is None


def test_a_ticket_lapses() -> None:
    clock = Clock()
    tickets = Tickets(clock)
    ticket = tickets.new("/ws", EDITOR)
    clock.now = UNUSED
    assert tickets.spend(ticket, "/ws", "", ranged=False) is None
    assert tickets.spend("", "/ws", "", ranged=False) is None


@pytest.mark.parametrize("path", ["", "/", "/state", "/session", "ws", "/wsx", "/apix", "/metrics", "/api/\n"])
def test_only_the_socket_and_downloads_take_tickets(path: str) -> None:
    with pytest.raises(ValueError, match="expected a path that takes tickets"):
        Tickets().new(path, EDITOR)


def test_one_browser_cannot_displace_the_tickets_of_another() -> None:
    tickets = Tickets()
    other = tickets.new("/ws", EDITOR)
    many = [tickets.new("/ws", VIEWER) for _ in range(MOST + 1)]
    assert tickets.spend(many[0], "/ws", "", ranged=False) is None
    assert tickets.spend(many[-1], "/ws", "", ranged=False) == VIEWER
    assert tickets.spend(other, "/ws", "", ranged=False) == EDITOR
