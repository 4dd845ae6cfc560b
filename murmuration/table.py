"""CurveTable: one row for each curve, checked once when it is made.

The unit of the data is the isogeny class, since curves of one class share every a_p; a table holds one curve of each.
Everything downstream refers to a curve by its row number in this table, from the traces to the lasso.
"""

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from murmuration import beside
from murmuration.errors import DatasetError
from murmuration.invariants import Invariants, conductor_divides, invariants, non_minimal, singular
from murmuration.types import Bools, Int8s, Int16s, Int64s, Integers

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
"""Columns with few values, by which averages are made and points coloured."""

UNKNOWN = -128
"""The value of a categorical column where it is unknown (null in the table). An unknown conductor is 0."""

# Labels end in files, spreadsheets, pages and links. This shape carries no markup, no formula and no sentence.
_LABEL = "^[0-9A-Za-z][0-9A-Za-z._:/-]{0,63}$"
_LABELS = "expected labels of letters, digits and ._:/- (at most 64)"
_WORDS = {pa.float64(): "a finite number", pa.int64(): "a whole number"}
_OWN = {*SCHEMA.names, "refused"}
_REDUCE = "install PARI (pip install cypari), and models are reduced as they are read"
_AINVS = r"^\[(0|-?[1-9][0-9]{0,39})(,(0|-?[1-9][0-9]{0,39})){4}\]$"


@dataclass(frozen=True)
class CurveTable:
    """Elliptic curves over Q by row.

    columns:    an Arrow table of :data:`SCHEMA`, one row a curve.
    invariants: c4 and c6 of each row, exact; the models are minimal and not singular.
    small:      the a-invariants modulo 6, int8 (rows, 5): all that p = 2 and 3 need.
    name:       the name of the data set.
    note:       remarks on it (guesses, reduced models, rows left out), as one line; "" for none.
    """

    columns: pa.Table
    invariants: Invariants
    small: Int8s
    name: str
    note: str = ""

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

    def pick(self, rows: Int64s) -> "CurveTable":
        """Some rows, ascending, as a table of their own."""
        inv = self.invariants
        large = {new: inv.large[old] for new, old in enumerate(rows.tolist()) if old in inv.large}
        return CurveTable(
            self.columns.take(pa.array(rows)),
            Invariants(inv.c4[rows], inv.c6[rows], large),
            self.small[rows],
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


@dataclass(frozen=True)
class Examined:
    """The outcome of an examination of raw rows.

    table:  the sound rows in their order; may hold no row.
    rows:   their numbers among the rows examined, int64, ascending.
    faults: row number -> the first fault of that row, one line that names its label.
    non_minimal: rows whose only fault so far is that their model is not minimal, int64.
    """

    table: CurveTable
    rows: Int64s
    faults: dict[int, str]
    non_minimal: Int64s


def make(columns: pa.Table, name: str, unknown: bool = False) -> CurveTable:
    """A checked table from Arrow columns label, conductor, rank, torsion and ainvs, "[a1,a2,a3,a4,a6]".

    It may have class and root_number, which else is (-1)^rank. With ``unknown``, conductor, rank, torsion and root
    number may be null.

    Raises DatasetError, naming the first offending label and how many there are, for: a missing column, no rows, a
    value of the wrong type, a label that is there twice or holds other than letters, digits and ``._:/-``, a singular
    or non-minimal model, a conductor that does not divide the discriminant.
    """
    table, faults = _examined(columns, name, unknown)
    if faults.first:
        raise DatasetError(faults.summary())
    if columns.num_rows == 0:
        raise DatasetError("expected at least one curve, got an empty table")
    _unique(table.columns["label"])
    return table


def trusted(columns: pa.Table, name: str) -> CurveTable:
    """A table of rows that :func:`make` or :func:`examine` accepted before, in their columns, without the checks.

    Only for rows that cannot have changed since, such as those of verified files.
    """
    _, small, inv = _models(columns["ainvs"], columns["label"].combine_chunks(), _Faults())
    return CurveTable(columns.select(SCHEMA.names).cast(SCHEMA), inv, small, name)


def examine(columns: pa.Table, name: str) -> Examined:
    """The sound rows of a table as :func:`make` takes it, and the fault of each other row; labels may come twice.

    Conductor, rank, torsion and root number may be null. A text column ``refused`` says of each row for which it is not
    null why a reader refuses it; other columns are kept in the types of :mod:`murmuration.beside`. Raises DatasetError
    for a missing or repeated column alone.
    """
    table, faults = _examined(columns, name, True)
    table = replace(table, columns=_with_others(table.columns, columns, faults))
    if not faults.first:
        return Examined(table, np.arange(len(table)), {}, np.empty(0, dtype=np.int64))
    good = np.ones(columns.num_rows, dtype=bool)
    good[list(faults.first)] = False
    rows = np.flatnonzero(good)
    scaled = sorted(row for row, fault in faults.first.items() if fault.hint == _REDUCE)
    lines = {row: faults.line(row) for row in sorted(faults.first)}
    return Examined(table.pick(rows), rows, lines, np.array(scaled, dtype=np.int64))


@dataclass(frozen=True)
class _Fault:
    """``expected`` is the same text for all faults of a kind."""

    label: str
    expected: str
    came: str
    hint: str = ""

    def line(self, more: str = "") -> str:
        prefix = f"{self.label}: " if self.label else ""
        came = f", got {self.came}" if self.came else ""
        return f"{prefix}{self.expected}{came}{more}{'; ' if self.hint else ''}{self.hint}"


class _Faults:
    """The first fault of each row, in the order of the checks; rows with one take no part in later checks."""

    def __init__(self) -> None:
        self.first: dict[int, _Fault] = {}

    def add(self, rows: Iterable[int], fault: Callable[[int], _Fault]) -> None:
        for row in rows:
            if row not in self.first:
                self.first[row] = fault(row)

    def line(self, row: int) -> str:
        return self.first[row].line()

    def summary(self) -> str:
        """The fault that was found first, and how many rows have one of its kind."""
        one = next(iter(self.first.values()))
        count = sum(each.expected == one.expected for each in self.first.values())
        return one.line(_more(count))


def _examined(columns: pa.Table, name: str, unknown: bool) -> tuple[CurveTable, _Faults]:
    """All rows as a table, with placeholders where a value is at fault, and the faults."""
    _complete(columns)
    faults = _Faults()
    labels = columns["label"].cast(pa.string()).combine_chunks()
    if "refused" in columns.column_names:
        said = columns["refused"]
        faults.add(_true(said.is_valid()), lambda row: _Fault(_shown(labels, row), str(said[row]), ""))
    faults.add(_true(_unlike(labels, _LABEL)), lambda row: _Fault("", _LABELS, repr(str(labels[row])[:70])))
    classes = _classes(columns, labels)
    faults.add(_true(_unlike(classes, _LABEL)), lambda row: _Fault("", _LABELS, repr(str(classes[row])[:70])))
    conductor = _integers(columns["conductor"], "conductor", labels, (11, 2**62), unknown, faults)
    rank = _integers(columns["rank"], "rank", labels, (0, 30), unknown, faults)
    torsion = _integers(columns["torsion"], "torsion", labels, (1, 16), unknown, faults)
    texts, small, inv = _models(columns["ainvs"], labels, faults)
    faults.add(
        singular(inv),
        lambda row: _Fault(str(labels[row]), "expected a curve with nonzero discriminant", "a singular model"),
    )
    scaled = non_minimal(inv, pc.fill_null(conductor, 0).to_numpy())
    faults.add(
        scaled,
        lambda row: _Fault(str(labels[row]), "expected a global minimal model", "one that is not minimal", _REDUCE),
    )
    known = pc.is_valid(conductor).to_numpy(zero_copy_only=False)
    wrong = np.flatnonzero(known & ~conductor_divides(inv, pc.fill_null(conductor, 1).to_numpy())).tolist()
    faults.add(
        wrong,
        lambda row: _Fault(
            str(labels[row]), "expected a conductor that divides the discriminant", f"{conductor[row]}, which does not"
        ),
    )
    root = _root_numbers(columns, rank, labels, faults)
    arrays = [classes, labels, conductor, rank, root, torsion, texts]
    checked = pa.table([each.cast(field.type) for each, field in zip(arrays, SCHEMA, strict=True)], schema=SCHEMA)
    return CurveTable(checked, inv, small, name), faults


def _with_others(checked: pa.Table, columns: pa.Table, faults: _Faults) -> pa.Table:
    """The checked columns and the others, in their types."""

    def fault(name: str) -> Callable[[int], _Fault]:
        words = f"expected {name} to be {_WORDS.get(beside.kind(name), 'text')}"
        return lambda row: _Fault(str(checked["label"][row]), words, repr(str(columns[name][row].as_py())[:40]))

    for name in columns.column_names:
        if name not in _OWN:
            values, odd = beside.typed(columns[name], name)
            faults.add(np.flatnonzero(odd).tolist(), fault(name))
            checked = checked.append_column(name, values)
    return checked


def _complete(columns: pa.Table) -> None:
    wanted = ("label", "conductor", "rank", "torsion", "ainvs", "class", "root_number", "refused")
    twice = [want for want in wanted if columns.column_names.count(want) > 1]
    if twice:
        raise DatasetError(f"expected each column once, got {twice[0]} {columns.column_names.count(twice[0])} times")
    missing = [want for want in wanted[:5] if want not in columns.column_names]
    if missing:
        have = ", ".join(columns.column_names) or "none"
        raise DatasetError(f"expected the columns label, conductor, rank, torsion, ainvs; {', '.join(missing)} is "
                           f"missing (found: {have})")  # fmt: skip


def _unique(labels: pa.ChunkedArray) -> None:
    if pc.count_distinct(labels).as_py() < len(labels):
        twice = [each for each in pc.value_counts(labels.combine_chunks()).to_pylist() if each["counts"] > 1]
        raise DatasetError(f"expected each label once, got {twice[0]['values']!r} {twice[0]['counts']} times"
                           f"{_more(len(twice))}: remove the repeated rows")  # fmt: skip


def _integers(
    column: pa.ChunkedArray, name: str, labels: pa.Array, limits: tuple[int, int], unknown: bool, faults: _Faults
) -> pa.Array:
    """A column as int64, null where a value is unknown or at fault. Text that reads as an integer is taken."""
    values, odd = _whole(column.combine_chunks())
    if not unknown:
        odd |= column.is_null().to_numpy()
    faults.add(
        np.flatnonzero(odd).tolist(),
        lambda row: _Fault(
            str(labels[row]), f"expected {name} to be a whole number", repr(str(column[row].as_py())[:40])
        ),
    )
    low, high = limits
    outside = pc.fill_null(pc.or_(pc.less(values, low), pc.greater(values, high)), False)
    came = values
    faults.add(
        _true(outside),
        lambda row: _Fault(str(labels[row]), f"expected {name} between {low} and {high:,}", str(came[row])),
    )
    return pc.if_else(outside, pa.scalar(None, pa.int64()), values)


def _whole(column: pa.Array) -> tuple[pa.Array, Bools]:
    """The values as int64, null where they are unknown or no whole numbers, and which are no whole numbers."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    kind, nothing = column.type, pa.nulls(len(column), pa.int64())
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind) or kind == pa.null():
        try:
            return column.cast(pa.int64()), np.zeros(len(column), dtype=bool)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):  # not all whole numbers: one by one
            pass
    if pa.types.is_floating(kind):
        whole = pc.and_(pc.less(pc.abs(column), 2.0**53), pc.equal(pc.floor(column), column))
        good = pc.fill_null(whole, True)
        values = pc.if_else(good, column, pa.scalar(None, kind)).cast(pa.int64())
    elif _textual(kind) or pa.types.is_integer(kind) or pa.types.is_decimal(kind):
        text = column.cast(pa.string())
        good = pc.fill_null(pc.match_substring_regex(text, "^-?[0-9]{1,18}$"), True)
        values = pc.if_else(good, text, pa.scalar(None, pa.string())).cast(pa.int64())
    else:
        good, values = column.is_null(), nothing
    return values, ~good.to_numpy(zero_copy_only=False)


def _textual(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _root_numbers(columns: pa.Table, rank: pa.Array, labels: pa.Array, faults: _Faults) -> pa.Array:
    """The root number as given, else (-1)^rank, else null."""
    parity = pc.subtract(1, pc.multiply(2, pc.bit_wise_and(rank, 1)))
    if "root_number" not in columns.column_names:
        return parity
    given = _integers(columns["root_number"], "root_number", labels, (-1, 1), True, faults)
    faults.add(
        _true(pc.fill_null(pc.equal(given, 0), False)),
        lambda row: _Fault(str(labels[row]), "expected root_number -1 or 1", "0"),
    )
    return pc.coalesce(given, parity)


def _models(column: pa.ChunkedArray, labels: pa.Array, faults: _Faults) -> tuple[pa.Array, Int8s, Invariants]:
    """The a-invariants as canonical texts, their residues modulo 6, and c4, c6; 37a1's where there are none."""
    texts = pc.replace_substring(column.cast(pa.string()), " ", "").combine_chunks()
    bad = _unlike(texts, _AINVS)
    faults.add(
        _true(bad),
        lambda row: _Fault(
            str(labels[row]),
            'expected ainvs as "[a1,a2,a3,a4,a6]" with integers of at most 40 digits',
            repr(str(texts[row])[:60]),
        ),
    )
    texts = pc.if_else(bad, "[0,0,1,-1,0]", texts)
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
    own = pc.replace_substring_regex(labels, r"^([0-9]+[A-Za-z]+|[0-9]+\.[a-z]+)[0-9]+$", r"\1")
    if "class" not in columns.column_names:
        return own
    return pc.coalesce(columns["class"].cast(pa.string()).combine_chunks(), own)


def _unlike(texts: pa.Array, pattern: str) -> pa.Array:
    return pc.invert(pc.fill_null(pc.match_substring_regex(texts, pattern), False))


def _shown(labels: pa.Array, row: int) -> str:
    """The label of a refused row where it is one; of a line that is not a row, nothing."""
    label = str(labels[row])
    return label if re.fullmatch(_LABEL[1:-1], label) else ""


def _true(mask: pa.Array | pa.ChunkedArray) -> list[int]:
    """The rows of a mask."""
    rows: list[int] = np.flatnonzero(mask.to_numpy(zero_copy_only=False) if isinstance(mask, pa.Array)
                                     else mask.to_numpy()).tolist()  # fmt: skip
    return rows


def _more(count: int) -> str:
    return f" (and {count - 1:,} more like it)" if count > 1 else ""
