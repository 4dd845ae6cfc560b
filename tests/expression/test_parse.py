"""The parser: precedence, and one line with the place for every mistake."""

import random

import pytest

import murmuration as mm
from murmuration.expression import Binary, Call, Name, Negation, Number, Tree, names, parse
from murmuration.expression.parse import FUNCTIONS, MOST_NESTED, MOST_NODES


def written(tree: Tree) -> str:
    """An expression with every bracket."""
    match tree:
        case Number(value):
            return f"{value:g}"
        case Name(token):
            return token.text
        case Negation(inner):
            return f"(-{written(inner)})"
        case Call(function, argument):
            return f"{function}({written(argument)})"
        case Binary(operator, left, right):
            return f"({written(left)}{operator}{written(right)})"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("log(conductor)/2 + rank", "((log(conductor)/2)+rank)"),
        ("a - b - c", "((a-b)-c)"),
        ("a / b * c", "((a/b)*c)"),
        ("a + b * c", "(a+(b*c))"),
        ("-a^2", "(-(a^2))"),
        ("2^-3", "(2^(-3))"),
        ("2^3^2", "(2^(3^2))"),
        ("2**3", "(2^3)"),
        ("a*-b", "(a*(-b))"),
        ("((a))", "a"),
        ("sqrt(abs(a7))*.5", "(sqrt(abs(a7))*0.5)"),
        ("log", "log"),
    ],
)
def test_precedence(text: str, meant: str) -> None:
    tree = parse(text)
    assert written(tree) == meant
    assert written(parse(meant)) == meant


def test_names_are_listed_with_their_places() -> None:
    assert [(each.text, each.start) for each in names(parse("log(b) - a^b"))] == [("b", 4), ("a", 9), ("b", 11)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "expected a number, a column, a function or ( at character 1, got the end"),
        ("1 +", "expected a number, a column, a function or ( at character 4, got the end"),
        ("a b", "expected an operator or the end at character 3, got 'b'"),
        ("(a", "expected an operator or ) at character 3, got the end"),
        ("a)", "expected an operator or the end at character 2, got ')'"),
        ("lgo(a)", "expected a function (abs, exp, floor, log, log10, log2, sign, sqrt) at character 1, got 'lgo'; the "
                   "nearest is log"),
        ("1e999", "expected a number below 1e308 at character 1, got '1e999'"),
        ("a < 3", "expected an operator or the end at character 3, got '<'"),
        ("__import__('os')", "expected a function (abs, exp, floor, log, log10, log2, sign, sqrt) at character 1"),
    ],
)  # fmt: skip
def test_mistakes_are_told_with_their_place(text: str, said: str) -> None:
    with pytest.raises(mm.ExpressionError) as caught:
        parse(text)
    assert said in str(caught.value)


@pytest.mark.parametrize("text", ["(" * 500, "-" * 500 + "a", "2^" * 300 + "a", "log(" * 200, "a" + "+a" * 400])
def test_depth_and_size_are_bounded(text: str) -> None:
    with pytest.raises(mm.ExpressionError, match=f"at most ({MOST_NESTED} levels|{MOST_NODES} numbers)"):
        parse(text)


def test_every_text_of_the_alphabet_is_read_or_refused_in_one_line() -> None:
    pieces = random.Random(17)
    parts = ["a", "rank", "1", "2.5", "(", ")", "+", "-", "*", "/", "^", "log(", "'t'", "<", ",", " ", "$", *FUNCTIONS]
    refused, read = [], 0
    for _ in range(5000):
        text = "".join(pieces.choices(parts, k=pieces.randrange(1, 12)))
        try:
            tree = parse(text)
        except mm.ExpressionError as error:
            refused.append(str(error))
        else:
            read += 1
            assert written(parse(written(tree))) == written(tree)
    assert read > 100
    assert not any("\n" in line for line in refused)
