"""What Arrow IPC messages say of their sizes, read before pyarrow decodes them.

A record batch may be compressed, each buffer by itself; the eight bytes before a buffer say how long it becomes, and
pyarrow allocates that. So 64 KB could ask for any number of GiB. The sizes stand in the message's metadata (a
FlatBuffers table, Arrow's ``format/Message.fbs``), of which the few fields that matter are read here.
"""

import struct

import pyarrow as pa

from murmuration.errors import DatasetError

MAGIC = b"ARROW1\0\0"

_DICTIONARY, _BATCH = 2, 3
"""Kinds of messages (MessageHeader) that have buffers."""


def opened(data: pa.NativeFile) -> pa.NativeFile:
    """A file or stream, at the beginning of its messages: a file is a stream between two magics and a footer."""
    data.seek(len(MAGIC) if data.read(len(MAGIC)) == MAGIC else 0)
    return data


def check(data: pa.NativeFile, budget: int) -> None:
    """Raises DatasetError for a message that would become more than ``budget`` bytes, or that claims 2^31 rows."""
    reader = pa.ipc.MessageReader.open_stream(opened(data))
    number = 0
    while True:
        try:
            message = reader.read_next_message()
        except StopIteration:
            return
        number += 1
        try:
            rows, size = _sizes(message.metadata.to_pybytes(), message.body)
        except (struct.error, IndexError):
            raise DatasetError(f"expected Arrow data, got a message (number {number}) that cannot be") from None
        if not 0 <= rows < 2**31:
            raise DatasetError(f"expected fewer than 2^31 rows, record batch {number} claims {rows:,}")
        if not 0 <= size <= budget:
            raise DatasetError(f"expected record batches of at most {budget:,} bytes, number {number} claims {size:,}: "
                               "write the file in smaller ones")  # fmt: skip


def _sizes(metadata: bytes, body: pa.Buffer | None) -> tuple[int, int]:
    """Rows of a record batch, and bytes of its buffers when they are decompressed."""
    root = _at("<I", metadata, 0)
    kind, place = _field(metadata, root, 1), _field(metadata, root, 2)
    if not kind or not place or body is None or metadata[kind] not in (_DICTIONARY, _BATCH):
        return 0, 0
    batch = place + _at("<I", metadata, place)
    if metadata[kind] == _DICTIONARY:
        inner = _field(metadata, batch, 1)
        batch = inner + _at("<I", metadata, inner)
    length, buffers, compression = (_field(metadata, batch, k) for k in (0, 2, 3))
    rows = _at("<q", metadata, length) if length else 0
    if not compression or not buffers:
        return rows, body.size
    vector, size = buffers + _at("<I", metadata, buffers), 0
    for k in range(_at("<I", metadata, vector)):
        offset, stored = struct.unpack_from("<qq", metadata, vector + 4 + 16 * k)
        if stored:
            stated = _at("<q", body.slice(offset, 8).to_pybytes() if 0 <= offset <= body.size else b"", 0)
            size += max(stated, stored) if stated >= -1 else 2**62  # -1: this buffer is stored as it is
    return rows, size


def _field(data: bytes, table: int, index: int) -> int:
    """Where a field of a table is; 0 for one that is left out."""
    vtable = table - _at("<i", data, table)
    if 4 + 2 * index >= _at("<H", data, vtable):
        return 0
    offset = _at("<H", data, vtable + 4 + 2 * index)
    return table + offset if offset else 0


def _at(kind: str, data: bytes, place: int) -> int:
    if place < 0:
        raise IndexError
    value: int = struct.unpack_from(kind, data, place)[0]
    return value
