"""Expressions of columns, such as ``log(conductor)/2 + rank``: tokens, syntax tree, parser.

The parser is our own over a small grammar and evaluates nothing; :mod:`murmuration.projection.columns` evaluates trees
for axes. Text is bounded in length, nesting and size, so that hostile text costs no more than an honest mistake.
"""

from murmuration.expression.parse import FUNCTIONS, Cursor, arithmetic, parse
from murmuration.expression.tokens import MOST_CHARACTERS, Token, nearest, tokens, wrong
from murmuration.expression.tree import Binary, Call, Name, Negation, Number, Tree, names

__all__ = [
    "FUNCTIONS",
    "MOST_CHARACTERS",
    "Binary",
    "Call",
    "Cursor",
    "Name",
    "Negation",
    "Number",
    "Token",
    "Tree",
    "arithmetic",
    "names",
    "nearest",
    "parse",
    "tokens",
    "wrong",
]
