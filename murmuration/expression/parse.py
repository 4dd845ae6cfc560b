"""The parser of expressions, by recursive descent.

    sum      = product { ("+" | "-") product }
    product  = factor { ("*" | "/") factor }
    factor   = "-" factor | power
    power    = atom [ ("^" | "**") factor ]
    atom     = number | name | function "(" sum ")" | "(" sum ")"

so that -2^2 is -4 and 2^3^2 is 2^9, as in mathematics. A language of conditions parses its comparisons itself and
calls :func:`arithmetic` for their sides, on the same :class:`Cursor`.
"""

import math
from typing import get_args

from murmuration.expression.tokens import Token, tokens, wrong
from murmuration.expression.tree import Binary, Call, Name, Negation, Number, Operator, Tree

FUNCTIONS = ("abs", "exp", "floor", "log", "log10", "log2", "sign", "sqrt")
"""Functions of one argument; log is the natural logarithm."""

MOST_NESTED, MOST_NODES = 30, 200
"""Levels of nesting, and numbers, names and operators together, at most: walking a tree takes a frame a level."""

_ATOM = "a number, a column, a function or ("


class Cursor:
    """The tokens of a text and a place among them, and how deep and large the expression is so far."""

    def __init__(self, text: str) -> None:
        """Raises ExpressionError for a text that has no tokens of the grammar."""
        self.text = text
        self._tokens = list(tokens(text))
        self._place = 0
        self._depth = 0
        self._nodes = 0

    @property
    def next(self) -> Token:
        """The token at the place."""
        return self._tokens[self._place]

    def take(self, *texts: str) -> Token | None:
        """The next operator or name if it is one of these, and go on; else None."""
        token = self.next
        if token.kind not in ("operator", "name") or token.text not in texts:
            return None
        return self.advance()

    def advance(self) -> Token:
        """The next token; the place moves behind it, but not behind the end."""
        token = self.next
        self._place = min(self._place + 1, len(self._tokens) - 1)
        return token

    def expect(self, text: str, expected: str) -> None:
        """Take an operator. Raises ExpressionError if the next token is another."""
        if self.take(text) is None:
            raise wrong(self.text, self.next, expected)

    def node(self) -> None:
        """Count a number, name or operator."""
        self._nodes += 1
        if self._nodes > MOST_NODES:
            raise wrong(self.text, self.next, f"at most {MOST_NODES} numbers, names and operators")

    def enter(self) -> None:
        """Go a level deeper."""
        self._depth += 1
        if self._depth > MOST_NESTED:
            raise wrong(self.text, self.next, f"at most {MOST_NESTED} levels of nesting")

    def leave(self) -> None:
        """Come back from a level."""
        self._depth -= 1


def parse(text: str) -> Tree:
    """The tree of an expression. Raises ExpressionError with the place, the words expected and the word found."""
    cursor = Cursor(text)
    tree = arithmetic(cursor)
    if cursor.next.kind != "end":
        raise wrong(text, cursor.next, "an operator or the end")
    return tree


def arithmetic(cursor: Cursor) -> Tree:
    """The sum at the cursor, which moves behind it. Raises ExpressionError."""
    tree = _product(cursor)
    while (found := cursor.take("+", "-")) is not None:
        tree = _binary(cursor, found, tree, _product(cursor))
    return tree


def _product(cursor: Cursor) -> Tree:
    tree = _factor(cursor)
    while (found := cursor.take("*", "/")) is not None:
        tree = _binary(cursor, found, tree, _factor(cursor))
    return tree


def _factor(cursor: Cursor) -> Tree:
    cursor.enter()
    if cursor.take("-") is not None:
        cursor.node()
        tree: Tree = Negation(_factor(cursor))
    else:
        tree = _atom(cursor)
        if (found := cursor.take("^", "**")) is not None:
            tree = _binary(cursor, found, tree, _factor(cursor))
    cursor.leave()
    return tree


def _atom(cursor: Cursor) -> Tree:
    cursor.node()
    token = cursor.next
    match token.kind:
        case "number":
            value = float(token.text)
            if not math.isfinite(value):
                raise wrong(cursor.text, token, "a number below 1e308")
            cursor.advance()
            return Number(value)
        case "name":
            cursor.advance()
            if cursor.take("(") is None:
                return Name(token)
            if token.text not in FUNCTIONS:
                raise wrong(cursor.text, token, f"a function ({', '.join(FUNCTIONS)})", FUNCTIONS)
            return Call(token.text, _closed(cursor))
        case _:
            if cursor.take("(") is None:
                raise wrong(cursor.text, token, _ATOM)
            return _closed(cursor)


def _closed(cursor: Cursor) -> Tree:
    """The sum behind an opening bracket, and its closing one."""
    tree = arithmetic(cursor)
    cursor.expect(")", "an operator or )")
    return tree


def _binary(cursor: Cursor, operator: Token, left: Tree, right: Tree) -> Tree:
    cursor.node()
    symbol = "^" if operator.text == "**" else operator.text
    found = next(each for each in get_args(Operator) if each == symbol)
    return Binary(found, left, right)
