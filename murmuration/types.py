"""The array types of this library, by content. Shapes stand in the docstrings that use them."""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Bools: TypeAlias = npt.NDArray[np.bool_]
Int8s: TypeAlias = npt.NDArray[np.int8]
Int16s: TypeAlias = npt.NDArray[np.int16]
Int32s: TypeAlias = npt.NDArray[np.int32]
Int64s: TypeAlias = npt.NDArray[np.int64]
Integers: TypeAlias = npt.NDArray[np.integer[Any]]
UInt8s: TypeAlias = npt.NDArray[np.uint8]
UInt16s: TypeAlias = npt.NDArray[np.uint16]
UInt32s: TypeAlias = npt.NDArray[np.uint32]
UInt64s: TypeAlias = npt.NDArray[np.uint64]
Values: TypeAlias = npt.NDArray[np.int8] | npt.NDArray[np.int16]
"""Traces: int8 while every |a_p| fits, int16 above."""

Floats: TypeAlias = npt.NDArray[np.float64]

Window: TypeAlias = tuple[int, int]
"""Conductors from the first to the second, both included."""

Progress: TypeAlias = Callable[[int, int], None]
"""Called now and then with how much is done and how much there is."""
