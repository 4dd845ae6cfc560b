"""Codes that let browsers in, with a clock of the test's own."""

import re

import pytest

from server.door.codes import ALPHABET, LENGTH, MOST, USUAL, Codes, spaced


class Clock:
    """A clock that moves when told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_code_has_eight_letters_and_digits_that_cannot_be_confused() -> None:
    many = [Codes().new("editor") for _ in range(200)]
    assert len(set(many)) == 200
    assert set("".join(many)) == set(ALPHABET)
    assert {len(code) for code in many} == {LENGTH} == {8}
    assert re.fullmatch("[0-9A-HJ-KM-NP-TV-Z]+", "".join(many))
    assert spaced("K7QM3XRT") == "K7QM 3XRT"


@pytest.mark.parametrize("change", [str.lower, spaced, lambda code: f" {code[:4]}-{code[4:]} ",
                                    lambda code: code.replace("1", "l").replace("0", "o")])  # fmt: skip
def test_a_code_is_read_as_people_type_it(change: object) -> None:
    assert callable(change)
    codes = Codes()
    for _ in range(50):
        assert codes.scope(change(codes.new("viewer"))) == "viewer"


def test_a_code_lasts_ten_minutes_for_any_number_of_browsers() -> None:
    clock = Clock()
    codes = Codes(clock)
    code, long = codes.new("editor"), codes.new("viewer", 8 * 3600)
    clock.now = USUAL - 1
    assert [codes.scope(code) for _ in range(3)] == ["editor"] * 3
    clock.now = USUAL
    assert (codes.scope(code), codes.scope(long)) == (None, "viewer")
    clock.now = 8 * 3600
    assert codes.scope(long) is None


@pytest.mark.parametrize("wrong", ["", "0", "K7QM3XR", "K7QM3XRTT", "\xff", "\udcff", "ſ" * 8])
def test_a_wrong_code_opens_nothing(wrong: str) -> None:
    codes = Codes()
    codes.new("editor")
    assert codes.scope(wrong) is None


def test_few_codes_are_valid_at_once() -> None:
    codes = Codes()
    many = [codes.new("editor") for _ in range(MOST + 3)]
    assert [codes.scope(code) for code in many] == [None] * 3 + ["editor"] * MOST
