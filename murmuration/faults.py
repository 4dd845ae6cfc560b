"""Faults of rows, as lines, and the one to tell first."""

import re
from collections import Counter
from collections.abc import Sequence


def commonest(faults: Sequence[str]) -> str:
    """The first fault of the commonest kind, and how many rows have one of that kind; "" for no faults.

    Faults are of a kind when they expect the same thing.
    """
    kinds = Counter(map(_kind, faults))
    if not kinds:
        return ""
    kind, count = kinds.most_common(1)[0]
    first = next(each for each in faults if _kind(each) == kind)
    return first.removeprefix("DatasetError: ") + (f" (and {count - 1:,} more like it)" if count > 1 else "")


def _kind(fault: str) -> str:
    expected = re.search(r"expected .*?(?=, got |$)", fault)
    return expected[0] if expected else fault
