import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from murmuration.errors import DatasetError
from murmuration.sources import brackets
from murmuration.sources.brackets import elements, parts, unquoted


def found(text: str, piece: int = 2**18) -> list[tuple[str, str, int]]:
    """Name, text and line of each element, read in pieces of so many bytes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(brackets, "_PIECE", piece)
        return [(each.name, each.text, each.line) for each in elements(io.BytesIO(text.encode()), "x")]


MIXED = """\\\\ a comment with [ and " and '
/* another, of
   two lines: [ */
labels  =  {[\\
"11.a1",   # "not this"
"a, \\"b\\" ]"]};
data := [*
[*1, [2, [3]]*], // [
4*];
f(x) = { return([x]) }
"""
OF_MIXED = [
    ("labels", '"11.a1"', 5),
    ("labels", '"a, \\"b\\" ]"', 6),
    ("data", "[*1, [2, [3]]*]", 8),
    ("data", "4", 9),
    ("", "x", 10),
]


@pytest.mark.parametrize("piece", [1, 2, 3, 7, 64, 2**18])
def test_elements_do_not_depend_on_how_the_stream_is_cut(piece: int) -> None:
    assert found(MIXED, piece) == OF_MIXED


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('["11a1", [0,-1], []]', ["11a1", "[0,-1]", "[]"]),
        ("[*1, [*2, 3*]*]", ["1", "[*2, 3*]"]),
        (r'["a\"b", "c,d]"]', ['a"b', "c,d]"]),
        ("[1, 2", ["1"]),
        ("[]", []),
        ("x", []),
        ("]]][[[", []),
    ],
)
def test_parts(text: str, expected: list[str]) -> None:
    assert parts(text) == expected


def test_quotes_and_escapes() -> None:
    assert unquoted(r'"a\"b"') == 'a"b'
    assert unquoted('"') == '"'


@settings(deadline=None, max_examples=200)
@given(st.text(alphabet='[]*,"\\#/\n ab1', max_size=60), st.integers(1, 9))
def test_any_text_gives_the_same_elements_in_any_pieces(text: str, piece: int) -> None:
    assert found(text, piece) == found(text)


@pytest.mark.parametrize("text", ["data = [" + "[" * 2**21, 'data = ["' + "x" * 2**21, "data = [" + "1 " * 2**20,
                                  "/*" + "x" * 2**21])  # fmt: skip
def test_an_element_without_an_end_is_refused_at_a_mebibyte(text: str) -> None:
    with pytest.raises(DatasetError, match=r"x: expected list elements of at most 1,048,576 bytes, .* from line 1 on"):
        found(text)
