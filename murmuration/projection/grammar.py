"""The grammar of axes, the same on the command line, in the page, in the headset and in Python.

``pc1``, ``pc2``, ...  principal components of a_p / sqrt(p)
``a2``, ``a3``, ...    a_p / sqrt(p) at one prime
``logN``               natural logarithm of the conductor
"""

import re
from dataclasses import dataclass

from murmuration.errors import ProjectionError
from murmuration.projection.axis import Kind
from murmuration.types import Int64s

MOST = 3
"""Axes of a projection, at most."""

_COMPONENT = re.compile(r"pc([1-9][0-9]{0,8})")
_TRACE = re.compile(r"a([1-9][0-9]{0,8})")


@dataclass(frozen=True)
class Asked:
    """One axis as it was asked for. ``number`` counts components from 1, and is the prime of a trace."""

    name: str
    kind: Kind
    number: int = 0


def parse(text: str, primes: Int64s) -> tuple[Asked, ...]:
    """The axes named in a text, separated by commas. Raises ProjectionError."""
    names = [name.strip() for name in text.split(",")]
    axes = [_axis(name, primes) for name in names]
    unknown = next((name for name, axis in zip(names, axes, strict=True) if axis is None), None)
    if unknown is not None or len(names) > MOST or len(set(names)) != len(names):
        problem = text if unknown is None else unknown
        raise ProjectionError(f"expected one to three different axes such as pc1,pc2,pc3 (pc1 to pc{len(primes)}, "
                              f"a2 to a{primes[-1]} at primes, logN), got {problem[:80]!r}")  # fmt: skip
    return tuple(axis for axis in axes if axis is not None)


def _axis(name: str, primes: Int64s) -> Asked | None:
    if name == "logN":
        return Asked(name, "column")
    if (found := _COMPONENT.fullmatch(name)) and int(found[1]) <= len(primes):
        return Asked(name, "component", int(found[1]))
    if (found := _TRACE.fullmatch(name)) and int(found[1]) in primes:
        return Asked(name, "trace", int(found[1]))
    return None
