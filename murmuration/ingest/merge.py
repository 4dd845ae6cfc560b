"""The good rows of an ingest: its files in the order of the source, one at a time."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from murmuration.errors import StoreError
from murmuration.ingest.files import read
from murmuration.ingest.ledger import opened
from murmuration.ingest.task import NOTHING


def merge(folder: Path) -> Iterator[pa.Table]:
    """The good rows, a table of at most 4,800 for each chunk, all of the first one's columns and types.

    Each file is held against its SHA-256. Raises StoreError before the first table unless all chunks are settled; at a
    file that is damaged, or has other columns; and after the last table unless the rows add up to the ledger's count.
    """
    with opened(folder) as ledger:
        counts = ledger.counts()
        if counts.pending or counts.done + counts.quarantined != counts.read:
            raise StoreError(f"{folder}: expected a finished ingest, got {counts.pending:,} rows pending; run it "
                             "again: it goes on where it stopped")  # fmt: skip
        rows, schema = 0, None
        for entry, file in ledger.settled():
            if file == NOTHING:
                continue
            table = read(folder, file)
            schema = schema or table.schema
            rows += table.num_rows
            try:
                yield table.select(schema.names).cast(schema)
            except (KeyError, ValueError) as error:
                raise StoreError(f"{entry.place}: expected the columns and types of the first chunk, got {error}; "
                                 "name the columns you want with --columns") from None  # fmt: skip
        if rows != counts.done:
            raise StoreError(f"{folder}: expected {counts.done:,} rows in the files, got {rows:,}")
