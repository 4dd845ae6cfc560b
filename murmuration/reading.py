"""Reading a data set into one table in memory: the reader of the library, the notebook and the server."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from murmuration.errors import DatasetError
from murmuration.faults import commonest
from murmuration.sources import Options, Source, open_source
from murmuration.table import SCHEMA, CurveTable, Examined, examine, joined


@dataclass(frozen=True)
class Collected:
    """A whole source in memory.

    table:  its sound rows, with the source's own columns after the usual ones.
    faults: row number in the source -> the fault of that row, one line.
    """

    table: CurveTable
    faults: dict[int, str]

    @property
    def commonest(self) -> str:
        """The first fault of the commonest kind, with the number of rows that have one like it."""
        return commonest(list(self.faults.values()))


def read(path: str | Path, options: Options | None = None, *, skip: bool = False) -> CurveTable:
    """The curves of a data set: of any file, folder or archive in docs/formats.md, "cremona", or "height:2^18".

    path:    as for :func:`murmuration.sources.open_source`.
    options: the part of it to take; all curves if not given. A window, ranks or one curve of each class are options.
    skip:    leave out rows that are not elliptic curves as stated; ``note`` counts them.

    The columns are the usual ones, then others that the data set has, and ``lmfdb_label`` if it is known of any curve.
    ``note`` of the table states all guesses and reductions.

    Raises DatasetError, in a line that begins with the path, when it cannot be read, when no row is good, and unless
    ``skip`` when any row is not.
    """
    source = open_source(path, options or Options(every=True))
    found = collect(source, str(path))
    assert found is not None  # there was no limit
    if found.faults and (not skip or not len(found.table)):
        advice = "" if not len(found.table) else "; read(..., skip=True) leaves such rows out"
        raise DatasetError(f"{path}: {found.commonest}{advice}")
    return replace(found.table, columns=_with_lmfdb(found.table.columns))


def collect(source: Source, spec: str, most: int | None = None) -> Collected | None:
    """All rows of a source, checked, in memory; None when there are more than ``most``.

    A label that comes again is a fault of the later row. Raises DatasetError for a source without rows, in a line that
    begins with ``spec``, and for all that reading it raises.
    """
    parts: list[Examined] = []
    faults: dict[int, str] = {}
    offsets: list[int] = []
    rows = 0
    for chunk in source.chunks():
        rows += chunk.table.num_rows
        if most is not None and rows > most:
            return None
        found = examine(chunk.table, source.name)
        parts.append(found)
        offsets += (chunk.offset + found.rows).tolist()
        faults |= {chunk.offset + row: fault for row, fault in found.faults.items()}
    if not parts:
        raise DatasetError(f"{spec}: expected at least one curve, got none")
    table = joined([each.table for each in parts])
    table, twice = _once(table, offsets)
    faults |= twice
    left = [f"{len(faults):,} of {rows:,} rows left out: {commonest(list(faults.values()))}"] if faults else []
    columns = _marked(table.columns, source.provenance)
    note = "; ".join((*source.remarks, *left))
    return Collected(replace(table, columns=columns, note=note), dict(sorted(faults.items())))


def _once(table: CurveTable, offsets: list[int]) -> tuple[CurveTable, dict[int, str]]:
    """The first row of each label, and the fault of each other one."""
    labels = table.columns["label"].combine_chunks()
    if pc.count_distinct(labels).as_py() == len(labels):
        return table, {}
    first: dict[str, int] = {}
    faults, kept = {}, []
    for row, label in enumerate(labels.to_pylist()):
        if first.setdefault(label, row) == row:
            kept.append(row)
        else:
            faults[offsets[row]] = (
                f"{label}: expected each label once, got it again; first in row {offsets[first[label]]:,}"
            )
    return table.pick(np.array(kept, dtype=np.int64)), faults


def _with_lmfdb(columns: pa.Table) -> pa.Table:
    """The columns with ``lmfdb_label``: as given, else the label where it has the LMFDB's form; not if all are null."""
    label = columns["label"]
    own = pc.if_else(pc.match_substring_regex(label, r"^[0-9]+\.[a-z]+[0-9]+$"), label, pa.scalar(None, pa.string()))
    if "lmfdb_label" in columns.column_names:
        own = pc.coalesce(columns["lmfdb_label"], own)
        columns = columns.drop_columns(["lmfdb_label"])
    if own.null_count == len(own):
        return columns
    return columns.append_column(pa.field("lmfdb_label", pa.string(), metadata={"provenance": "proved"}), own)


def _marked(columns: pa.Table, provenance: Mapping[str, str]) -> pa.Table:
    """The columns; each but the usual ones with its provenance, by which a store lets it be unknown."""
    fields = [
        field.with_metadata({"provenance": provenance.get(field.name, "conditional")})
        if field.name not in SCHEMA.names
        else field
        for field in columns.schema
    ]
    return columns.cast(pa.schema(fields))
