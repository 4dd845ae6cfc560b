"""The sizes that Arrow IPC messages state, read before pyarrow decodes them.

A record batch may be compressed, each buffer by itself; the eight bytes before a buffer say how long it becomes, and
pyarrow allocates that. So 64 KB could ask for any number of GiB. The sizes stand in the message's metadata (a
FlatBuffers table, Arrow's ``format/Message.fbs``), of which the few fields that matter are read here.
"""

import struct
from collections.abc import Iterator

import pyarrow as pa

from murmuration.errors import DatasetError

MAGIC = b"ARROW1\0\0"

_DICTIONARY, _BATCH = 2, 3
"""Kinds of messages (MessageHeader) that have buffers."""


def opened(data: pa.NativeFile) -> pa.NativeFile:
    """A file or stream, at the beginning of its messages: a file is a stream between two magics and a footer."""
    data.seek(len(MAGIC) if data.read(len(MAGIC)) == MAGIC else 0)
    return data


def streamed(data: pa.NativeFile) -> bool:
    """Whether the messages follow each other from the beginning, each after its length.

    The format says so of files, too, but Polars 2 writes the first message of a file without its length, so that only
    the footer finds the messages.
    """
    if data.read(len(MAGIC)) != MAGIC:
        return True
    return bool(data.read(4) == b"\xff\xff\xff\xff")


def check(data: pa.NativeFile, budget: int) -> None:
    """Raises DatasetError for a message that would become more than ``budget`` bytes, or that claims 2^31 rows."""
    for number, (metadata, body) in enumerate(_stream(data) if streamed(data) else _blocks(data), 1):
        try:
            rows, size = _sizes(metadata, body)
        except (struct.error, IndexError):
            raise DatasetError(f"expected Arrow data, got a message (number {number}) that cannot be") from None
        if not 0 <= rows < 2**31:
            raise DatasetError(f"expected fewer than 2^31 rows, record batch {number} claims {rows:,}")
        if not 0 <= size <= budget:
            raise DatasetError(f"expected record batches of at most {budget:,} bytes, number {number} claims {size:,}: "
                               "write the file in smaller ones")  # fmt: skip


def _stream(data: pa.NativeFile) -> Iterator[tuple[bytes, pa.Buffer | None]]:
    """Metadata and body of each message of a stream, or of a file read as one."""
    data.seek(0)
    reader = pa.ipc.MessageReader.open_stream(opened(data))
    while True:
        try:
            message = reader.read_next_message()
        except StopIteration:
            return
        yield message.metadata.to_pybytes(), message.body


def _blocks(data: pa.NativeFile) -> Iterator[tuple[bytes, pa.Buffer | None]]:
    """Metadata and body of each dictionary and record batch that the footer of a file names (``format/File.fbs``)."""
    size = data.size()
    data.seek(max(0, size - 10))
    tail = data.read(10)
    length = int.from_bytes(tail[:4], "little", signed=True)
    if tail[4:] != b"ARROW1" or not 0 < length <= min(size - 18, 2**26):
        raise DatasetError("expected an Arrow file, got one without a footer")
    data.seek(size - 10 - length)
    footer = data.read(length)
    try:
        root = _at("<I", footer, 0)
        places = [place for index in (2, 3) if (place := _field(footer, root, index))]
        found = [
            struct.unpack_from("<qi4xq", footer, vector + 4 + 24 * k)
            for vector in (place + _at("<I", footer, place) for place in places)
            for k in range(_at("<I", footer, vector))
        ]
    except (struct.error, IndexError):
        raise DatasetError("expected an Arrow file, got one with a footer that cannot be") from None
    for offset, head, body in found:
        if min(offset, head, body) < 0 or offset + head + body > size:
            raise DatasetError("expected an Arrow file, got one whose footer points beyond its end")
        data.seek(offset)
        metadata = data.read(head)
        start = 8 if metadata[:4] == b"\xff\xff\xff\xff" else 4
        yield metadata[start:], data.read_buffer(body)


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
