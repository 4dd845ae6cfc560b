"""Presence, by a clock of the test's own."""

from dataclasses import replace

import pytest

from murmuration.errors import MessageError
from server.people.people import COLOURS, MEMORY, People
from streaming.messages import Here

HEAD = [0.0, 1.6, 0.0, 0.0, 0.0, 0.0, 1.0]
HERE = Here(1, "vr", HEAD, [HEAD])


def test_guests_are_numbered_and_coloured() -> None:
    people = People()
    one, _ = people.arrive("", "", 0.0)
    two, _ = people.arrive("", " Ada \n Lovelace", 0.0)
    assert (one.id, one.name, two.id, two.name) == (1, "Guest 1", 2, "Ada Lovelace")
    assert (one.colour, two.colour) == COLOURS[:2]
    assert [each.id for each in people.message().items] == [1, 2]
    assert people.arrive("", "\0", 0.0)[0].name == "Guest 3"


def test_a_person_that_reconnects_is_the_same() -> None:
    people = People(7)
    one, secret = people.arrive("", "Ada", 0.0)
    people.here(one.id, replace(HERE, seq=9))
    people.leave(one.id, 1.0)
    assert people.message().items == []
    back, same = people.arrive(secret, "", 5.0)
    assert (back.id, back.name, back.colour, same) == (7, "Ada", one.colour, secret)
    assert people.here(7, replace(HERE, seq=9)) == (None, False)  # an older one never replaces a newer
    assert people.here(7, replace(HERE, seq=10))[0] is not None
    assert people.arrive("of somebody else", "", 5.0)[0].id == 8


def test_a_person_that_left_long_ago_is_forgotten() -> None:
    people = People()
    one, secret = people.arrive("", "Ada", 0.0)
    people.leave(one.id, 1.0)
    assert people.arrive(secret, "", 1.0 + MEMORY)[0].id == 2


def test_silence_hides_and_a_sign_of_life_shows_again() -> None:
    people = People()
    one, _ = people.arrive("", "Ada", 0.0)
    people.here(one.id, HERE)
    assert not people.silent(9.9)
    assert people.silent(10.0)
    assert (people.message().items, [*people.moved()]) == ([], [])
    assert not people.silent(11.0)
    assert people.heard(one.id, 12.0)
    assert not people.heard(one.id, 12.5)
    assert [each.name for each in people.message().items] == ["Ada"]


def test_moves_come_newest_first_and_once() -> None:
    people = People()
    one, two = (people.arrive("", "", 0.0)[0].id for _ in range(2))
    people.here(one, HERE)
    people.here(two, HERE)
    assert [each.id for each in people.moved()] == [two, one]
    heard = people.moves
    assert [*people.moved(heard)] == []
    people.here(one, HERE)  # nothing newer
    assert people.moves == heard
    people.here(one, replace(HERE, seq=2))
    assert [(each.id, each.seq) for each in people.moved(heard)] == [(one, 2)]
    assert [each.id for each in people.moved()] == [one, two]
    people.leave(one, 1.0)
    assert [each.id for each in people.moved()] == [two]


def test_two_connections_of_one_person_are_one_person() -> None:
    people = People()
    one, secret = people.arrive("", "Ada", 0.0)
    people.arrive(secret, "", 0.0)
    people.leave(one.id, 1.0)
    assert len(people.message().items) == 1
    people.leave(one.id, 1.0)
    assert people.message().items == []


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (replace(HERE, head=HEAD[:6]), "7 numbers"),
        (replace(HERE, hands=[HEAD, HEAD, HEAD]), "two hands"),
        (replace(HERE, hands=[[]]), "7 numbers"),
        (replace(HERE, head=[float("nan")] * 7), "7 numbers"),
    ],
)
def test_malformed_poses_are_refused(bad: Here, said: str) -> None:
    people = People()
    one, _ = people.arrive("", "", 0.0)
    with pytest.raises(MessageError, match=said):
        people.here(one.id, bad)
    assert [*people.moved()] == []


def test_names_are_checked() -> None:
    people = People()
    one, _ = people.arrive("", "", 0.0)
    for bad in ("", " ", "x" * 41, "a\x07"):
        with pytest.raises(MessageError, match="1 to 40 printable"):
            people.introduce(one.id, bad)
    people.introduce(one.id, "Grace")
    assert people.find(one.id).name == "Grace"
