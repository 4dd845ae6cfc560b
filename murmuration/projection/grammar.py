"""The grammar of axes, the same on the command line, in the page, in the headset and in Python.

``pc1``, ``pc2``, ...  principal components of a_p / sqrt(p)
``a2``, ``a3``, ...    a_p / sqrt(p) at one prime
``mn``, ``mn:1223``    Mestre-Nagao sum over all primes, or over those up to one
``m2``, ``d``          sum of a_p / p weighted by Zubrilina's density M2, or Sawin and Sutherland's D, at p/N
``ld1``, ``ld2``       linear discriminants of the class column
``shape1``, ...        principal components of means over 20 blocks of primes; ``shape1:40`` over 40 of them,
                       ``shape1:u25`` over 25 bins of p/N
``logN``               natural logarithm of the conductor
"""

import re
from dataclasses import dataclass

from murmuration.errors import ProjectionError
from murmuration.projection.axis import Kind
from murmuration.types import Int64s

MOST = 3
"""Axes of a projection, at most."""

BLOCKS = 20
"""Blocks of primes of a shape, unless told otherwise."""

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
    """

    name: str
    kind: Kind
    number: int = 0
    count: int = 0
    ratio: bool = False


def parse(text: str, primes: Int64s) -> tuple[Asked, ...]:
    """The axes named in a text, separated by commas. Raises ProjectionError."""
    names = [name.strip() for name in text.split(",")]
    axes = [_axis(name, primes) for name in names]
    unknown = next((name for name, axis in zip(names, axes, strict=True) if axis is None), None)
    if unknown is not None or len(names) > MOST or len(set(names)) != len(names):
        problem = text if unknown is None else unknown
        raise ProjectionError(f"expected one to three different axes such as pc1,pc2,pc3 (pc1 to pc{len(primes)}, "
                              f"a2 to a{primes[-1]} at primes, mn, mn:2 to mn:{primes[-1]}, m2, d, ld1, shape1, logN), "
                              f"got {problem[:80]!r}")  # fmt: skip
    return tuple(axis for axis in axes if axis is not None)


def _axis(name: str, primes: Int64s) -> Asked | None:
    if name == "logN":
        return Asked(name, "column")
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
