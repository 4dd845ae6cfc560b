"""A selection as a file that others can read: CSV for people, Parquet with its recipe for machines."""

import io
import json
import re

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from gestures.selection import Selection
from murmuration.table import CurveTable

KINDS = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet"}
"""The formats by suffix, with their media types."""


def write(kind: str, table: CurveTable, selection: Selection) -> bytes:
    """The selected curves: every column of the table and the row number, in the order of the rows.

    Labels cannot hold a formula or markup (the reader refuses them), so a CSV opens safely in a spreadsheet. The
    Parquet file carries the data set's name and the recipe of the selection in its schema metadata, as JSON.
    """
    rows = selection.array()
    curves = table.take(rows).append_column("row", pa.array(rows.astype(np.uint32)))
    sink = io.BytesIO()
    if kind == "csv":
        pa.csv.write_csv(curves, sink)
    else:
        about = {"murmuration": json.dumps({"dataset": table.name, "recipe": selection.recipe})}
        pa.parquet.write_table(curves.replace_schema_metadata(about), sink, compression="zstd")
    return sink.getvalue()


def stem(name: str | None, count: int) -> str:
    """A file name without suffix: plain ASCII, whatever a selection is called."""
    return f"{re.sub('[^0-9A-Za-z]+', '-', name or 'selection').strip('-') or 'selection'}-{count}"
