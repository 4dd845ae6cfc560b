"""Parameters: the fields that computations share, checked before the first part."""

from math import isfinite
from typing import Any

from murmuration.computation.fold import Parameters
from murmuration.errors import MurmurationError
from murmuration.primes import MOST
from murmuration.types import Window

VALUES = {"rank": range(31), "root_number": (-1, 1), "torsion": range(1, 17)}
"""The known values of each category. Arrays have a row for each, in this order after the unknown value."""

MOST_BINS = 10_000
"""Bins of p/N that are summed at once."""


def known(parameters: Parameters, *names: str) -> None:
    """Raises MurmurationError for a parameter of another name."""
    if other := sorted(parameters.keys() - set(names)):
        raise MurmurationError(f"expected the parameters {', '.join(names)}; got {str(other[0])[:60]!r}")


def primes_of(parameters: Parameters) -> int:
    """The number of primes. Raises MurmurationError unless it is a whole number of those that can be traced."""
    primes = parameters["primes"]
    if type(primes) is not int or not 1 <= primes <= MOST:
        raise MurmurationError(f"expected primes to be a whole number from 1 to {MOST:,}, got {str(primes)[:40]}")
    return primes


def class_of(parameters: Parameters) -> str:
    """The column ``by`` whose values group the curves. Raises MurmurationError for a column without known values."""
    by: Any = parameters["by"]
    if by not in VALUES:
        raise MurmurationError(f"expected by to be one of {', '.join(VALUES)}, got {by!r}")
    return str(by)


def window_of(parameters: Parameters) -> Window | None:
    """The conductor window, both ends included, or None. Raises MurmurationError for other data."""
    window: Any = parameters.get("conductor")
    if window is None:
        return None
    if not isinstance(window, (list, tuple)) or len(window) != 2 or not all(type(each) is int for each in window):
        raise MurmurationError(f"expected conductor to be two whole numbers, got {str(window)[:60]}")
    low, high = window
    return low, high


def bins_of(parameters: Parameters) -> tuple[int, float] | None:
    """Bins of p/N and their upper end, or None for sums at each prime. Raises MurmurationError for other data."""
    bins: Any = parameters.get("bins")
    top: Any = parameters.get("top")
    if bins is None and top is None:
        return None
    good = type(bins) is int and 1 <= bins <= MOST_BINS and type(top) in (int, float) and isfinite(top) and top > 0
    if not good:
        raise MurmurationError(
            f"expected bins from 1 to {MOST_BINS:,} and a positive, finite top, got {str(bins)[:20]} and "
            f"{str(top)[:20]}"
        )
    return bins, float(top)
