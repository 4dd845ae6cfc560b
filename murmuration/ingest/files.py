"""Files of checked rows: on the disk before their name is known, and read only with the right hash.

Each is written under a name of its own that was never used before, so a worker that outlives its run overwrites
nothing; files that the ledger does not hold are swept when the next run starts.
"""

import hashlib
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa

from murmuration.durable import sync_folder
from murmuration.errors import StoreError
from murmuration.ingest.task import NOTHING, File

CHUNKS = "chunks"


def packed(table: pa.Table) -> bytes:
    """A table as an Arrow IPC stream; of a slice only its rows (pickle would take the whole table)."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    data: bytes = sink.getvalue().to_pybytes()
    return data


def unpacked(data: bytes) -> pa.Table:
    """The table of an IPC stream."""
    with pa.ipc.open_stream(data) as reader:
        return reader.read_all()


def write(folder: Path, offset: int, table: pa.Table | None) -> File:
    """Write and fsync. Raises StoreError where the disk does not take it."""
    if table is None or not table.num_rows:
        return NOTHING
    data = packed(table.combine_chunks())
    name = f"{offset:012d}-{secrets.token_hex(6)}.arrows"
    path = folder / CHUNKS / name
    half = path.with_suffix(".part")
    try:
        with half.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        half.rename(path)
        sync_folder(path.parent)
    except OSError as error:
        raise StoreError(f"{folder}: expected to write {len(data):,} bytes, got {error.strerror}; make room or mend "
                         "the disk, and run again: it goes on where it stopped") from None  # fmt: skip
    return File(name, table.num_rows, hashlib.sha256(data).hexdigest(), len(data))


def read(folder: Path, file: File) -> pa.Table:
    """The rows of a file. Raises StoreError for a file that is missing or changed."""
    try:
        data = (folder / CHUNKS / file.name).read_bytes()
    except OSError as error:
        raise StoreError(f"{folder}: expected {file.name}, got {error.strerror}; workers must write to a folder that "
                         "this machine sees too") from None  # fmt: skip
    if len(data) != file.size or hashlib.sha256(data).hexdigest() != file.sha256:
        raise StoreError(f"{folder}: expected the {file.size:,} bytes of {file.name} that were written, got others; "
                         "run the ingest again: it redoes this chunk")  # fmt: skip
    table = unpacked(data)
    table.validate(full=True)
    return table


def sound(folder: Path, file: File) -> bool:
    """Whether a file is there with the bytes that were written."""
    try:
        with (folder / CHUNKS / file.name).open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest() == file.sha256
    except OSError:
        return False


def sweep(folder: Path, keep: Iterable[str]) -> None:
    """Remove files that are half written or were never recorded."""
    kept = set(keep)
    for path in (folder / CHUNKS).iterdir():
        if path.name not in kept:
            path.unlink(missing_ok=True)
