"""Downloads: rows as files that others read, written in pieces.

Arrow for programs (the IPC file format, which is the stream of the socket's frames with an index behind it), Parquet
for storage, CSV for people and spreadsheets (labels cannot hold a formula or markup: the reader refuses them), and
lists of curves for Sage, PARI/GP and Magma. The same rows give the same bytes, in every process: a download that was
cut can be continued.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, TypeAlias

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from murmuration.types import UInt32s
from server.data.datasets import Rows, Where
from server.data.listing import LISTINGS, entries

TABLES = {
    "arrow": "application/vnd.apache.arrow.file",
    "parquet": "application/vnd.apache.parquet",
    "csv": "text/csv; charset=utf-8",
}
"""Formats of columns by suffix, with their media types."""

PIECE = 4 << 20
"""Bytes of columns in memory at once, about: a record batch of an Arrow file."""

GROUP = 32 << 20
"""The same for a row group of a Parquet file, whose index grows with each."""

MOST_ROWS = 65_536
"""Rows of the largest piece."""

Pieces: TypeAlias = Iterator[float]
"""A body being written: after each piece, the share that is written, 1.0 once after the last."""


@dataclass(frozen=True)
class Part:
    """Which of some rows, in which order, and which columns: start and stop count in that order."""

    rows: Rows
    columns: tuple[str, ...]
    start: int
    stop: int
    order: UInt32s | None

    def batches(self, size: int) -> Iterator[pa.RecordBatch]:
        """The rows in record batches of about ``size`` bytes."""
        step = piece(self.rows.select(self.columns), size)
        for start in range(self.start, self.stop, step):
            stop = min(start + step, self.stop)
            where: Where = slice(start, stop) if self.order is None else self.order[start:stop]
            yield self.rows.batch(where, self.columns)


def piece(schema: pa.Schema, size: int = PIECE) -> int:
    """How many rows of a schema make about ``size`` bytes."""
    width = sum(field.type.bit_width // 8 if pa.types.is_primitive(field.type) else 24 for field in schema)
    return max(1, min(MOST_ROWS, size // max(width, 1)))


def write(kind: str, part: Part, file: IO[bytes]) -> Pieces:
    """Write rows as a file of a kind, a piece at each step."""
    wanted = part.stop - part.start
    done = 0
    writers: dict[str, Callable[[Part, IO[bytes]], Iterator[int]]] = {
        "arrow": _arrow, "parquet": _parquet, "csv": _csv}  # fmt: skip
    for written in writers[kind](part, file) if kind in writers else _listing(kind, part, file):
        done += written
        if done < wanted:
            yield done / wanted
    yield 1.0


def media(kind: str) -> str:
    """The media type of a kind."""
    return TABLES[kind] if kind in TABLES else LISTINGS[kind].media


def stem(name: str, count: int) -> str:
    """A file name without suffix: plain ASCII for every name of a selection."""
    return f"{re.sub('[^0-9A-Za-z]+', '-', name).strip('-') or 'selection'}-{count}"


def _arrow(part: Part, file: IO[bytes]) -> Iterator[int]:
    with pa.ipc.new_file(file, part.rows.select(part.columns)) as writer:
        for batch in part.batches(PIECE):
            writer.write_batch(batch)
            yield batch.num_rows


def _parquet(part: Part, file: IO[bytes]) -> Iterator[int]:
    with pa.parquet.ParquetWriter(file, part.rows.select(part.columns), compression="zstd") as writer:
        for batch in part.batches(GROUP):
            writer.write_batch(batch)
            yield batch.num_rows


def _csv(part: Part, file: IO[bytes]) -> Iterator[int]:
    with pa.csv.CSVWriter(file, part.rows.select(part.columns)) as writer:
        for batch in part.batches(PIECE):
            writer.write_batch(batch)
            yield batch.num_rows


def _listing(kind: str, part: Part, file: IO[bytes]) -> Iterator[int]:
    listing = LISTINGS[kind]
    file.write(listing.head(part.rows.name, part.stop - part.start).encode())
    first = True
    for batch in part.batches(PIECE):
        text = listing.between.join(entries(listing, batch))
        file.write((text if first else listing.between + text).encode())
        first = False
        yield batch.num_rows
    file.write(listing.tail.encode())
