"""The grammar of axes, the same on the command line, in the page, in the headset and in Python.

``pc1``, ``pc2``, ...  principal components of a_p / sqrt(p)
``a2``, ``a3``, ...    a_p / sqrt(p) at one prime
``mn``, ``mn:1223``    Mestre-Nagao sum over all primes, or over those up to one
``m2``, ``d``          sum of a_p / p weighted by Zubrilina's density M2, or Sawin and Sutherland's D, at p/N
``ld1``, ``ld2``       linear discriminants of the class column
``shape1``, ...        principal components of means over 20 blocks of primes; ``shape1:40`` over 40 of them,
                       ``shape1:u25`` over 25 bins of p/N
``rank``, ...          any numeric column of the table
``log(sha)+1``, ...    an expression of columns (:mod:`murmuration.expression`)
``logN``               natural logarithm of the conductor
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

from murmuration.errors import ProjectionError
from murmuration.expression import MOST_CHARACTERS, Tree, nearest
from murmuration.expression import names as names_in
from murmuration.expression import parse as expression
from murmuration.projection.axis import Kind
from murmuration.types import Int64s

MOST = 3
"""Axes of a projection, at most."""

BLOCKS = 20
"""Blocks of primes of a shape, unless told otherwise."""

_LOGARITHM = expression("log(conductor)")
_WORD = re.compile(r"[\w:]*")
_COMPONENT = re.compile(r"pc([1-9][0-9]{0,8})")
_TRACE = re.compile(r"a([1-9][0-9]{0,8})")
_DISCRIMINANT = re.compile(r"ld([1-9][0-9]{0,2})")
_SHAPE = re.compile(r"shape([1-9][0-9]{0,2})(?::(u?)([1-9][0-9]{0,2}))?")
_MESTRE_NAGAO = re.compile(r"mn(?::([1-9][0-9]{0,8}))?")


@dataclass(frozen=True)
class Asked:
    """One axis as it was asked for.

    number: counts components, shapes and discriminants from 1; the prime of a trace, the last prime of a sum.
    count: of a shape, how many blocks or bins.  ratio: whether these are bins of p/N.
    expression: of a column, its expression.
    """

    name: str
    kind: Kind
    number: int = 0
    count: int = 0
    ratio: bool = False
    expression: Tree | None = None


def parse(text: str, primes: Int64s, columns: Collection[str]) -> tuple[Asked, ...]:
    """The axes named in a text, separated by commas; ``columns`` are the numeric ones of the table.

    Raises ProjectionError, and ExpressionError for an expression that cannot be read.
    """
    if len(text) > MOST * (MOST_CHARACTERS + 1):
        raise ProjectionError(
            f"expected one to three axes of at most {MOST_CHARACTERS:,} characters, got {len(text):,}"
        )
    names = [" ".join(name.split()) for name in text.split(",")]
    if len(names) > MOST or len(set(names)) != len(names):
        raise _unknown(text, primes, columns)
    return tuple(_axis(name, primes) or _column(name, primes, columns) for name in names)


def _column(name: str, primes: Int64s, columns: Collection[str]) -> Asked:
    if name not in columns and _WORD.fullmatch(name):
        raise _unknown(name, primes, columns)
    tree = expression(name)
    if next(names_in(tree), None) is None:
        raise _unknown(name, primes, columns)  # a constant
    return Asked(name, "column", expression=tree)


def _unknown(text: str, primes: Int64s, columns: Collection[str]) -> ProjectionError:
    near = nearest(text, (*columns, "pc1", "ld1", "shape1", "mn", "m2", "logN"))
    hint = f"; the nearest is {near[0]}" if near else ""
    return ProjectionError(
        f"expected one to three different axes such as pc1,pc2,pc3 (pc1 to pc{len(primes)}, a2 to a{primes[-1]} at "
        f"primes, mn, mn:2 to mn:{primes[-1]}, m2, d, ld1, shape1, logN, a numeric column or an expression such as "
        f"log(conductor)/2 + rank), got {text.strip()[:80]!r}{hint}"
    )


def _axis(name: str, primes: Int64s) -> Asked | None:
    if name == "logN":
        return Asked(name, "column", expression=_LOGARITHM)
    if (found := _COMPONENT.fullmatch(name)) and int(found[1]) <= len(primes):
        return Asked(name, "component", int(found[1]))
    if (found := _TRACE.fullmatch(name)) and int(found[1]) in primes:
        return Asked(name, "trace", int(found[1]))
    if name in ("m2", "d"):
        return Asked(name, "sum", int(primes[-1]))
    if found := _DISCRIMINANT.fullmatch(name):
        return Asked(name, "discriminant", int(found[1]))
    if found := _SHAPE.fullmatch(name):
        number, count, ratio = int(found[1]), int(found[3] or min(BLOCKS, len(primes))), bool(found[2])
        return (
            Asked(name, "shape", number, count, ratio) if number <= count and (ratio or count <= len(primes)) else None
        )
    if (found := _MESTRE_NAGAO.fullmatch(name)) and 2 <= (last := int(found[1] or primes[-1])) <= primes[-1]:
        return Asked(name, "sum", last)
    return None
