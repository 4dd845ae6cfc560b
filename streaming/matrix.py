"""Matrices as they are on the wire: 16 numbers, column by column."""

import numpy as np

from murmuration.errors import MessageError
from murmuration.types import Floats


def matrix(kind: str, numbers: list[float]) -> Floats:
    """The float64 (4, 4) matrix of 16 numbers of a message of a ``kind``. Raises MessageError for another count."""
    if len(numbers) != 16:
        raise MessageError(f"{kind}: expected a matrix of 16 numbers, column by column, got {len(numbers)}")
    return np.reshape(np.array(numbers, dtype=np.float64), (4, 4)).T
