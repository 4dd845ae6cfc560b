"""The work of ingest, and the check of any work's result at the boundary: in the worker, and again in the parent."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from murmuration.errors import DatasetError
from murmuration.table import SCHEMA, examine

_WHOLE = ("conductor", "rank", "torsion")


def validate(raw: pa.Table) -> pa.Table:
    """Raw rows as a checked table: the columns of a CurveTable, then the source's others in their types.

    Raises DatasetError with the first fault unless every row is sound.
    """
    found = examine(raw, "chunk")
    if found.faults:
        raise DatasetError(next(iter(found.faults.values())))
    _once(found.table.columns["label"])
    return found.table.columns


def _once(labels: pa.ChunkedArray) -> None:
    if pc.count_distinct(labels).as_py() < len(labels):
        raise DatasetError("expected each label once")  # the halves of the rows are tried, and each row for itself


def check(table: pa.Table, raw: pa.Table) -> None:
    """Refuse the result of a worker unless it is the table that was requested.

    Raises DatasetError, naming label and column, unless there are as many rows as in ``raw`` with the same labels and
    integers, in the types of a CurveTable, no value of it lost, and no NaN or infinity in any column of floats.
    """
    if table.num_rows != raw.num_rows:
        raise DatasetError(f"expected {raw.num_rows:,} rows from the work, got {table.num_rows:,}")
    first = table.schema.names[: len(SCHEMA)]
    if first != SCHEMA.names or any(not table.schema.field(each.name).type.equals(each.type) for each in SCHEMA):
        raise DatasetError(f"expected the columns {', '.join(SCHEMA.names)} first, got {', '.join(first)}")
    for name in SCHEMA.names:
        lost = table[name].is_null()
        if name in raw.column_names:
            lost = pc.and_(lost, raw[name].is_valid())
        elif name == "root_number":
            lost = pc.and_(lost, table["rank"].is_valid())  # nothing to take it from
        _refuse(lost, table, name)
    _refuse(pc.not_equal(table["label"], raw["label"].cast(pa.string())), table, "label")
    for name in _WHOLE:
        _refuse(pc.not_equal(table[name].cast(pa.int64()), raw[name].cast(pa.int64())), table, name)
    for field in table.schema:
        if pa.types.is_floating(field.type):
            _refuse(pc.invert(pc.is_finite(table[field.name])), table, field.name)


def _refuse(wrong: pa.ChunkedArray, table: pa.Table, name: str) -> None:
    rows = np.flatnonzero(pc.fill_null(wrong, False).to_numpy())
    if len(rows):
        label, value = table["label"][int(rows[0])].as_py(), table[name][int(rows[0])].as_py()
        more = f" (and {len(rows) - 1:,} more like it)" if len(rows) > 1 else ""
        raise DatasetError(f"{label}: expected the {name} it was read with, finite and not lost, got {value!r}{more}")
