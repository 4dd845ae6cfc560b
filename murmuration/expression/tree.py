"""The syntax tree of an expression: plain data, which an evaluator walks and a page can show."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from murmuration.expression.tokens import Token

Operator = Literal["+", "-", "*", "/", "^"]


@dataclass(frozen=True)
class Number:
    """A constant."""

    value: float


@dataclass(frozen=True)
class Name:
    """A column, or another value that the evaluator knows by name."""

    token: Token


@dataclass(frozen=True)
class Negation:
    """The negative of an expression."""

    operand: "Tree"


@dataclass(frozen=True)
class Call:
    """A function of one argument."""

    function: str
    argument: "Tree"


@dataclass(frozen=True)
class Binary:
    """Two expressions joined by an operator; "^" is the power."""

    operator: Operator
    left: "Tree"
    right: "Tree"


Tree: TypeAlias = Number | Name | Negation | Call | Binary


def names(tree: Tree) -> Iterator[Token]:
    """The names in an expression, from left to right."""
    match tree:
        case Name(token):
            yield token
        case Negation(inner) | Call(_, inner):
            yield from names(inner)
        case Binary(_, left, right):
            yield from names(left)
            yield from names(right)
        case Number():
            pass
