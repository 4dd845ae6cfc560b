"""CurveTable: one row for each curve, checked once when it is made.

The unit of the data is the isogeny class, since curves of one class share every a_p; a table holds one curve of each.
Everything downstream refers to a curve by its row number in this table, from the traces to the lasso.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from murmuration.errors import DatasetError
from murmuration.invariants import Invariants, conductor_divides, invariants, non_minimal, singular
from murmuration.types import Int8s, Int16s, Int64s, Integers

SCHEMA = pa.schema(
    [
        ("class", pa.string()),
        ("label", pa.string()),
        ("conductor", pa.int64()),
        ("rank", pa.int8()),
        ("root_number", pa.int8()),
        ("torsion", pa.int16()),
        ("ainvs", pa.string()),
    ]
)
"""The columns of every table. ``root_number`` is (-1)^rank: proved for rank <= 3 under parity, else conditional."""

CATEGORICAL = ("rank", "root_number", "torsion")
"""Columns with few values: what averages and colours go by."""

UNKNOWN = -128
"""What a categorical column holds where the value is unknown (null in the table). An unknown conductor is 0."""

# Labels end in files, spreadsheets, pages and links. This shape carries no markup, no formula and no sentence.
_LABEL = "^[0-9A-Za-z][0-9A-Za-z._:/-]{0,63}$"
_AINVS = r"^\[(0|-?[1-9][0-9]{0,39})(,(0|-?[1-9][0-9]{0,39})){4}\]$"


@dataclass(frozen=True)
class CurveTable:
    """Elliptic curves over Q by row.

    columns:    an Arrow table of :data:`SCHEMA`, one row a curve.
    invariants: c4 and c6 of each row, exact; the models are minimal and not singular.
    small:      the a-invariants modulo 6, int8 (rows, 5): all that p = 2 and 3 need.
    name:       what to call the data set.
    """

    columns: pa.Table
    invariants: Invariants
    small: Int8s
    name: str

    def __len__(self) -> int:
        return int(self.columns.num_rows)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of c4 and c6 row by row, in hexadecimal: equal for tables in which each row is the same curve."""
        found = hashlib.sha256()
        found.update(self.invariants.c4.tobytes())
        found.update(self.invariants.c6.tobytes())
        found.update(repr(sorted(self.invariants.large.items())).encode())
        return found.hexdigest()

    @cached_property
    def conductor(self) -> Int64s:
        """Conductors, int64 (rows,); 0 where unknown."""
        column: Int64s = pc.fill_null(self.columns["conductor"], 0).to_numpy()
        return column

    def category(self, column: str) -> Int16s:
        """A categorical column, int16 (rows,), UNKNOWN where it is null. Raises DatasetError for any other column."""
        if column not in CATEGORICAL:
            raise DatasetError(f"expected one of the columns {', '.join(CATEGORICAL)}, got {column!r}")
        values: Int16s = pc.fill_null(self.columns[column].cast(pa.int16()), UNKNOWN).to_numpy()
        return values

    def window(self, low: int, high: int) -> Int64s:
        """Rows whose conductor lies in [low, high], both ends included; ascending."""
        return np.flatnonzero((self.conductor >= low) & (self.conductor <= high))

    def part(self, start: int, stop: int) -> "CurveTable":
        """Rows start to stop, as a table of their own."""
        inv, stop = self.invariants, min(stop, len(self))
        large = {row - start: pair for row, pair in inv.large.items() if start <= row < stop}
        return CurveTable(
            self.columns.slice(start, stop - start),
            Invariants(inv.c4[start:stop], inv.c6[start:stop], large),
            self.small[start:stop],
            self.name,
        )

    def take(self, rows: Integers) -> pa.Table:
        """The columns of some rows, in the order given."""
        return self.columns.take(pa.array(rows))


def joined(parts: Iterable[CurveTable]) -> CurveTable:
    """The rows of some tables, at least one, as one table with the name of the first."""
    tables, large, first = list(parts), dict[int, tuple[int, int]](), 0
    for each in tables:
        large |= {first + row: pair for row, pair in each.invariants.large.items()}
        first += len(each)
    c4, c6 = (np.concatenate(side) for side in zip(*((t.invariants.c4, t.invariants.c6) for t in tables), strict=True))
    columns = pa.concat_tables([each.columns for each in tables]).combine_chunks()
    small = np.concatenate([each.small for each in tables])
    return CurveTable(columns, Invariants(c4, c6, large), small, tables[0].name)


def make(columns: pa.Table, name: str, unknown: bool = False) -> CurveTable:
    """A checked table from Arrow columns label, conductor, rank, torsion and ainvs, "[a1,a2,a3,a4,a6]".

    It may have class and root_number, which else is (-1)^rank. With ``unknown``, conductor, rank, torsion and root
    number may be null.

    Raises DatasetError, naming the first offending label and how many there are, for: a missing column, no rows, a
    value of the wrong type, a label that is there twice or holds other than letters, digits and ``._:/-``, a singular
    or non-minimal model, a conductor that does not divide the discriminant.
    """
    wanted = ("label", "conductor", "rank", "torsion", "ainvs", "class", "root_number")
    twice = [want for want in wanted if columns.column_names.count(want) > 1]
    if twice:
        raise DatasetError(f"expected each column once, got {twice[0]} {columns.column_names.count(twice[0])} times")
    missing = [want for want in wanted[:5] if want not in columns.column_names]
    if missing:
        have = ", ".join(columns.column_names) or "none"
        raise DatasetError(f"expected the columns label, conductor, rank, torsion, ainvs; {', '.join(missing)} is "
                           f"missing (found: {have})")  # fmt: skip
    if columns.num_rows == 0:
        raise DatasetError("expected at least one curve, got an empty table")
    labels = _unique(_labels(columns["label"]))
    conductor = _integers(columns["conductor"], "conductor", labels, 11, 2**62, unknown)
    rank = _integers(columns["rank"], "rank", labels, 0, 30, unknown)
    torsion = _integers(columns["torsion"], "torsion", labels, 1, 16, unknown)
    texts, small, inv = _models(columns["ainvs"], labels)
    _refuse(singular(inv), labels, "a curve with nonzero discriminant", "a singular model")
    scaled = non_minimal(inv, pc.fill_null(conductor, 0).to_numpy())
    _refuse(scaled, labels, "a global minimal model", "one that is not minimal",
            "replace it by PARI's ellminimalmodel")  # fmt: skip
    known = pc.is_valid(conductor).to_numpy(zero_copy_only=False)
    wrong = np.flatnonzero(known & ~conductor_divides(inv, pc.fill_null(conductor, 1).to_numpy()))
    _refuse(list(map(int, wrong)), labels, "a conductor that divides the discriminant", "one that does not")
    root = _root_numbers(columns, rank, labels)
    arrays = [_classes(columns, labels), labels, conductor, rank, root, torsion, texts]
    checked = pa.table([each.cast(field.type) for each, field in zip(arrays, SCHEMA, strict=True)], schema=SCHEMA)
    return CurveTable(checked, inv, small, name)


def _labels(column: pa.ChunkedArray) -> pa.Array:
    labels = column.cast(pa.string()).combine_chunks()
    good = pc.fill_null(pc.match_substring_regex(labels, _LABEL), False)
    if not pc.all(good).as_py():
        bad = labels.filter(pc.invert(good)).to_pylist()
        raise DatasetError(f"expected labels of letters, digits and ._:/- (at most 64), got {str(bad[0])[:70]!r}"
                           f"{_more(len(bad))}")  # fmt: skip
    return labels


def _unique(labels: pa.Array) -> pa.Array:
    if pc.count_distinct(labels).as_py() < len(labels):
        twice = [each for each in pc.value_counts(labels).to_pylist() if each["counts"] > 1]
        raise DatasetError(f"expected each label once, got {twice[0]['values']!r} {twice[0]['counts']} times"
                           f"{_more(len(twice))}: remove the repeated rows")  # fmt: skip
    return labels


def _integers(column: pa.ChunkedArray, name: str, labels: pa.Array, low: int, high: int, unknown: bool) -> pa.Array:
    """A column as int64. Text that reads as an integer is taken; anything else names its label."""
    values = _cast(column)
    if values is None or (values.null_count and not unknown):
        wrong = (i for i in range(len(column)) if not _whole(column[i : i + 1], unknown))
        index = next(wrong, 0)
        raise DatasetError(f"{labels[index]}: expected {name} to be a whole number, got "
                           f"{str(column[index].as_py())[:40]!r}")  # fmt: skip
    values = values.combine_chunks()
    inside = pc.fill_null(pc.and_(pc.greater_equal(values, low), pc.less_equal(values, high)), True)
    outside = np.flatnonzero(~inside.to_numpy(zero_copy_only=False))
    _refuse(list(map(int, outside)), labels, f"{name} between {low} and {high:,}",
            str(values[outside[0]]) if len(outside) else "")  # fmt: skip
    return values


def _root_numbers(columns: pa.Table, rank: pa.Array, labels: pa.Array) -> pa.Array:
    """The root number as given, else (-1)^rank, else null."""
    parity = pc.subtract(1, pc.multiply(2, pc.bit_wise_and(rank, 1)))
    if "root_number" not in columns.column_names:
        return parity
    given = _integers(columns["root_number"], "root_number", labels, -1, 1, unknown=True)
    _refuse(np.flatnonzero(pc.fill_null(pc.equal(given, 0), False).to_numpy(zero_copy_only=False)).tolist(), labels,
            "root_number -1 or 1", "0")  # fmt: skip
    return pc.coalesce(given, parity)


def _cast(column: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """A column of numbers, or of decimal digits, as int64; None where that loses or invents anything."""
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        column = column.cast(pa.string())
        if not pc.all(pc.match_substring_regex(column, "^-?[0-9]{1,18}$")).as_py() and column.null_count < len(column):
            return None
    elif not (
        pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind) or kind == pa.null()
    ):
        return None
    try:
        return column.cast(pa.int64())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):  # not all whole numbers: the caller names the first
        return None


def _whole(one: pa.ChunkedArray, unknown: bool) -> bool:
    cast = _cast(one)
    return cast is not None and (unknown or not cast.null_count)


def _models(column: pa.ChunkedArray, labels: pa.Array) -> tuple[pa.Array, Int8s, Invariants]:
    """The a-invariants as canonical texts, their residues modulo 6, and c4, c6."""
    texts = pc.replace_substring(column.cast(pa.string()), " ", "").combine_chunks()
    good = pc.fill_null(pc.match_substring_regex(texts, _AINVS), False)
    if not pc.all(good).as_py():
        row = pc.index(good, False).as_py()
        raise DatasetError(f'{labels[row]}: expected ainvs as "[a1,a2,a3,a4,a6]" with integers of at most '
                           f"40 digits, got {str(texts[row])[:60]!r}")  # fmt: skip
    numbers = pc.list_flatten(pc.split_pattern(pc.utf8_trim(texts, "[]"), ","))
    long = pc.greater(pc.utf8_length(numbers), 18)  # may not fit in int64
    short = pc.if_else(long, "0", numbers).cast(pa.int64()).to_numpy().reshape(-1, 5)
    small = (short % 6).astype(np.int8)
    large = {}
    for row in np.unique(np.flatnonzero(long.to_numpy(zero_copy_only=False)) // 5).tolist():
        large[row] = tuple(map(int, texts[row].as_py()[1:-1].split(",")))
        small[row] = [a % 6 for a in large[row]]
    return texts, small, invariants(short, large)


def _classes(columns: pa.Table, labels: pa.Array) -> pa.Array:
    """The isogeny class of each row: given, or the label without its curve number where it has one."""
    if "class" in columns.column_names:
        return _labels(columns["class"])
    return pc.replace_substring_regex(labels, r"^([0-9]+[A-Za-z]+|[0-9]+\.[a-z]+)[0-9]+$", r"\1")


def _refuse(rows: list[int], labels: pa.Array, expected: str, came: str, hint: str = "") -> None:
    if rows:
        advice = f"; {hint}" if hint else ""
        raise DatasetError(f"{labels[rows[0]]}: expected {expected}, got {came}{_more(len(rows))}{advice}")


def _more(count: int) -> str:
    return f" (and {count - 1:,} more like it)" if count > 1 else ""
