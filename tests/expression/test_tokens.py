"""Tokens and their places."""

import pytest

import murmuration as mm
from murmuration.expression import MOST_CHARACTERS, nearest, tokens


def test_tokens_have_their_places() -> None:
    found = [(each.kind, each.text, each.start) for each in tokens(" log(N2)  >= 1.5e-3 and 'a b'")]
    assert found == [
        ("name", "log", 1), ("operator", "(", 4), ("name", "N2", 5), ("operator", ")", 7), ("operator", ">=", 10),
        ("number", "1.5e-3", 13), ("name", "and", 20), ("text", "'a b'", 24), ("end", "", 29),
    ]  # fmt: skip


def test_every_character_is_in_one_token() -> None:
    text = "a**b<=c==d!=e*f/g^h-i+j({k,[l]})<>=.5"
    assert "".join(each.text for each in tokens(text)) == text


@pytest.mark.parametrize(("text", "place"), [("rank & 1", 6), ("é", 1), ("rank\x00", 5), ("  'open", 3), ("a;b", 2)])
def test_other_characters_are_refused_with_their_place(text: str, place: int) -> None:
    with pytest.raises(mm.ExpressionError, match=f"a number, a name or an operator at character {place}, got "):
        list(tokens(text))


def test_a_long_text_is_refused_before_it_is_read() -> None:
    with pytest.raises(mm.ExpressionError, match="at most 1,000 characters, got 100,000"):
        next(tokens("(" * 100_000))
    assert len(list(tokens("1" * MOST_CHARACTERS))) == 2


def test_the_nearest_names() -> None:
    assert nearest("conductr", ["rank", "conductor", "torsion"]) == ["conductor"]
    assert nearest("RANK", ["rank", "torsion"]) == ["rank"]
    assert nearest("zzz", ["rank"]) == []
