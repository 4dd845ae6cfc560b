"""Columns beside the usual ones (regulator, other labels, ...): their types, independent of those in a file."""

import math
import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from murmuration.types import Bools

_KINDS = {
    pa.float64(): ("regulator", "real_period", "special_value", "sha", "faltings_height"),
    pa.int64(): ("tamagawa_product", "modular_degree", "height", "selmer_2_rank", "analytic_rank", "cm"),
}
"""Types, where they are not text."""


def kind(name: str) -> pa.DataType:
    """The type of a column of this name."""
    return next((kind for kind, names in _KINDS.items() if name in names), pa.string())


def typed(column: pa.ChunkedArray, name: str) -> tuple[pa.Array, Bools]:
    """A column in its type, null where a value is not of it or not finite, and a mask of such values."""
    wanted, column = kind(name), column.combine_chunks()
    try:
        values = column.cast(wanted)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        parse = float if pa.types.is_floating(wanted) else int
        values = pa.array([_parsed(each, parse) for each in column.to_pylist()], wanted)
    if pa.types.is_floating(wanted):
        values = pc.if_else(pc.is_finite(values), values, pa.scalar(None, wanted))
    odd: Bools = pc.and_(values.is_null(), column.is_valid()).to_numpy(zero_copy_only=False)
    return values, np.array(odd)


def _parsed(value: object, parse: type[float] | type[int]) -> float | int | None:
    text = str(value)
    if parse is int:
        return int(text) if re.fullmatch(r"-?[0-9]{1,18}", text) else None
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
