"""Guards: the conditions that every row of a snapshot satisfies.

A guard checks each batch while it is written, so that nothing is read twice. The first batch that violates it ends the
commit, with an error that names the rows and the column. :mod:`murmuration.store.store`, which knows the promised
number of rows, checks the row counts.
"""

import math

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit

from murmuration import primes
from murmuration.errors import StoreError
from murmuration.invariants import invariants, singular
from murmuration.store import rows as _rows
from murmuration.table import SCHEMA
from murmuration.types import Bools, Int8s, Int16s, Int32s, Int64s

GUARDS = ("row counts", "Hasse's bound", "discriminant", "finite numbers", "known classes")
"""The names in a snapshot's ``guards``: all of its written rows passed these."""

CURVES = "valid curves"
"""Another: all rows of the snapshot are those of a :class:`murmuration.table.CurveTable`, which costs more to check."""

DOMAINS: dict[str, tuple[int, int]] = {"conductor": (11, 2**62), "rank": (0, 30), "torsion": (1, 16)}
"""Least and greatest value of a column, as in :mod:`murmuration.table`."""

UNKNOWN = {"root_number": 1, **{name: least for name, (least, _) in DOMAINS.items()}}
"""Columns that may be null for an unknown value, each with a valid value that replaces a null in the check."""

_DIGITS = 18
"""Number of decimal digits that always fit in int64."""


def check(batch: pa.RecordBatch, first: int) -> None:
    """Raises StoreError if a batch violates a guard; its first row is row ``first`` of the snapshot."""
    for field, given in zip(batch.schema, batch.columns, strict=True):
        if given.null_count and not _may_be_unknown(field):
            raise _refusal(given.is_null().to_numpy(zero_copy_only=False), first, field.name, "a value", "null")
        column = pc.fill_null(given, UNKNOWN[field.name]) if given.null_count and field.name in UNKNOWN else given
        if _rows.holds_traces(field):
            _hasse(column, field, first)
        elif field.name == "ainvs":
            _discriminant(column, first)
        elif field.name in DOMAINS:
            _domain(column, field.name, first)
        elif field.name == "root_number":
            wrong = np.abs(column.to_numpy()) != 1
            if wrong.any():
                raise _refusal(wrong, first, field.name, "1 or -1", str(column[int(wrong.argmax())]))
        else:
            _finite(column, field.name, first)


def _may_be_unknown(field: pa.Field) -> bool:
    """Null means unknown in the columns above, and in the further columns of a source."""
    given = b"provenance" in (field.metadata or {}) and field.name not in SCHEMA.names
    return field.name in UNKNOWN or (given and not pa.types.is_nested(field.type))


def bounds(field: pa.Field) -> Int16s:
    """The greatest |a_p| at each prime of a trace column: the integer part of 2 sqrt p."""
    start, stop = _rows.primes_of(field)
    return np.array([math.isqrt(4 * p) for p in primes.first(stop)[start:].tolist()], dtype=np.int16)


def _hasse(column: pa.FixedSizeListArray, field: pa.Field, first: int) -> None:
    flat = column.flatten()
    if flat.null_count:
        raise StoreError(f"{field.name}: expected a trace at every prime, got null in rows {first:,} to "
                         f"{first + len(column) - 1:,}; nothing was committed")  # fmt: skip
    values, most = flat.to_numpy().reshape(len(column), -1), bounds(field)
    wrong = np.zeros(len(column), dtype=bool)
    if _beyond(values, most, wrong):
        row = int(wrong.argmax())
        k = int((np.abs(values[row].astype(np.int32)) > most).argmax())
        p = int(primes.first(_rows.primes_of(field)[1])[_rows.primes_of(field)[0] + k])
        raise _refusal(wrong, first, field.name, f"|a_{p}| <= {most[k]} (Hasse)", f"a_{p} = {values[row, k]}")


@njit(cache=True, nogil=True)
def _beyond(values: Int8s | Int16s, most: Int16s, wrong: Bools) -> int:
    """Mark rows with |value| > most; returns the number of such values. The branch-free inner loop vectorises."""
    count = 0
    for i in range(len(values)):
        outside = np.int16(0)
        for k in range(len(most)):
            a = np.int16(values[i, k])
            outside |= np.int16(a > most[k]) | np.int16(a < -most[k])
        wrong[i] = outside != 0
        count += int(outside)
    return count


def _discriminant(column: pa.Array, first: int) -> None:
    texts = column.cast(pa.string())
    _, offsets, data = texts.buffers()
    where = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    bytes_ = np.frombuffer(data, np.uint8) if data is not None else np.empty(0, np.uint8)
    short, wide = np.zeros((len(texts), 5), dtype=np.int64), np.zeros(len(texts), dtype=np.int8)
    _parse(bytes_, where, short, wide)
    if (wide < 0).any():
        came = repr(str(texts[int((wide < 0).argmax())])[:60])
        raise _refusal(wide < 0, first, "ainvs", '"[a1,a2,a3,a4,a6]" in whole numbers', came)
    large = {row: tuple(map(int, texts[row].as_py()[1:-1].split(","))) for row in np.flatnonzero(wide).tolist()}
    zero = singular(invariants(short, large))
    if zero:
        wrong = np.zeros(len(texts), dtype=bool)
        wrong[zero] = True
        raise _refusal(wrong, first, "ainvs", "a nonzero discriminant", str(texts[zero[0]])[:60])


@njit(cache=True, nogil=True)
def _parse(data: npt.NDArray[np.uint8], where: Int32s, out: Int64s, wide: Int8s) -> None:
    """Parse "[a1,...,a6]" of each row; ``wide``: 1 for a number beyond int64, -1 for text of another form."""
    for row in range(len(where) - 1):
        start, stop = where[row], where[row + 1]
        good = stop - start >= 2 and data[start] == 91 and data[stop - 1] == 93  # [ ]
        k, digits, sign, value = 0, 0, 1, 0
        for i in range(start + 1, stop):
            c = data[i]
            if 48 <= c <= 57:
                digits += 1
                if digits <= _DIGITS:
                    value = 10 * value + (c - 48)
                else:
                    wide[row] = 1
            elif c == 45 and digits == 0 and sign == 1:
                sign = -1
            elif (c == 44 and k < 4) or (i == stop - 1 and k == 4):
                good = good and digits > 0
                out[row, k] = sign * value
                k, digits, sign, value = k + 1, 0, 1, 0
            else:
                good = False
        if not good or k != 5:
            wide[row] = -1


def _domain(column: pa.Array, name: str, first: int) -> None:
    if not pa.types.is_integer(column.type):
        raise StoreError(f"{name}: expected whole numbers, got {column.type}; nothing was committed")
    low, high = DOMAINS[name]
    values = column.to_numpy()
    wrong = (values < low) | (values > high)
    if wrong.any():
        raise _refusal(wrong, first, name, f"{low} to {high:,}", str(values[wrong.argmax()]))


def _finite(column: pa.Array, name: str, first: int) -> None:
    """Floats, alone or in lists of fixed length, are neither NaN nor infinite."""
    width = 1
    while pa.types.is_fixed_size_list(column.type):
        width, column = width * column.type.list_size, column.flatten()
    if pa.types.is_list(column.type) or pa.types.is_struct(column.type):
        raise StoreError(f"{name}: expected plain values or lists of a fixed size, got {column.type}; nothing was "
                         "committed")  # fmt: skip
    if not pa.types.is_floating(column.type):
        return
    wrong = ~np.isfinite(pc.fill_null(column, math.nan if width > 1 else 0.0).to_numpy())
    if wrong.any():
        came = str(column[int(wrong.argmax())])
        raise _refusal(wrong.reshape(-1, width).any(axis=1), first, name, "finite numbers", came)


def _refusal(wrong: Bools, first: int, column: str, expected: str, came: str) -> StoreError:
    rows = np.flatnonzero(wrong) + first
    which = f"row {rows[0]:,}" if len(rows) == 1 else f"{len(rows):,} rows from {rows[0]:,} to {rows[-1]:,}"
    return StoreError(f"{column}: expected {expected}, got {came} ({which}, perhaps more after these); nothing was "
                      "committed: mend the data")  # fmt: skip
