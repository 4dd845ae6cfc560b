"""zstd frames on the level of bytes (RFC 8878): where one begins and ends, and its content as a bounded stream.

The library decodes; this finds. A frame is walked by its block headers, so that damage inside a block does not hide
where the next frame begins, and so that a magic number inside a good frame's payload is never looked at.
"""

import io
import os
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import zstandard

from murmuration.errors import DatasetError

MAGIC = b"\x28\xb5\x2f\xfd"
WINDOW = 2**27
"""The largest window that is decoded: memory that a frame's header may ask for."""

PIECE = 2**20
FREE, RATIO = 2**26, 1000
"""After 64 MiB, more than a thousand bytes out of one is a bomb: curves compress four to one."""


@dataclass(frozen=True)
class Frame:
    """A frame's place in the file, the content size its header states, and whether it ends in a checksum."""

    start: int
    end: int
    size: int | None
    checksum: bool


class Bytes:
    """A file read at places, without a position that others could move; open as long as somebody may read it."""

    def __init__(self, path: Path) -> None:
        # Not a memory map: a file that is cut while it is read would then be a signal instead of an error.
        self._descriptor = os.open(path, os.O_RDONLY)
        weakref.finalize(self, os.close, self._descriptor)
        self.size = os.fstat(self._descriptor).st_size

    def read(self, start: int, length: int) -> bytes:
        """Up to ``length`` bytes from ``start``; fewer only at the end of the file."""
        return os.pread(self._descriptor, max(0, min(length, self.size - start)), start)

    def find(self, pattern: bytes, start: int) -> int:
        """The next offset of ``pattern`` from ``start`` on; -1 if there is none."""
        while start < self.size:
            data = self.read(start, PIECE + len(pattern) - 1)
            if (found := data.find(pattern)) >= 0:
                return start + found
            start += PIECE
        return -1


def walk(data: Bytes, start: int) -> Frame | str:
    """The frame that begins at ``start``, or its fault."""
    head = data.read(start, 18)
    if head[:4] != MAGIC or len(head) < 6:
        return "no zstd frame begins here"
    flags = head[4]
    single, checksum = bool(flags & 0x20), bool(flags & 0x04)
    if flags & 0x08:
        return "a frame header with a reserved bit set"
    at = 5 if single else 6
    if not single:
        base = 1 << (10 + (head[5] >> 3))
        window = base + base // 8 * (head[5] & 7)
    at += (0, 1, 2, 4)[flags & 3]
    width = (1 if single else 0, 2, 4, 8)[flags >> 6]
    size = int.from_bytes(head[at : at + width], "little") + (256 if width == 2 else 0) if width else None
    if single:
        window = size or 0
    if window > WINDOW:
        return f"a frame that wants {window / 2**20:,.0f} MiB of memory (128 are allowed)"
    at += start + width
    while True:
        block = data.read(at, 3)
        if len(block) < 3:
            return "a frame cut off at the end of the file"
        header = int.from_bytes(block, "little")
        last, kind, length = header & 1, header >> 1 & 3, header >> 3
        if kind == 3 or length > 2**17:
            return "a block that cannot be"
        at += 3 + (1 if kind == 1 else length)
        if last:
            break
    at += 4 if checksum else 0
    return Frame(start, at, size, checksum) if at <= data.size else "a frame cut off at the end of the file"


def content(data: Bytes, frame: Frame) -> Iterator[bytes]:
    """A frame's content in pieces of at most 1 MiB. Raises zstandard.ZstdError when it is damaged or lies of its size.

    Nothing of a frame is certain before its last piece: that is when its checksum is compared.
    """
    source = io.BufferedReader(Range(data, frame.start, frame.end), PIECE // 8)
    done = 0
    with zstandard.ZstdDecompressor(max_window_size=WINDOW).stream_reader(source) as reader:
        while piece := reader.read(PIECE):
            done += len(piece)
            guard(done, frame.end - frame.start)
            yield piece
    if frame.size is not None and done != frame.size:
        raise zstandard.ZstdError(f"{done:,} bytes where the header says {frame.size:,}")


def guard(made: int, read: int) -> None:
    """Raises DatasetError when so few bytes have turned into so many that they are a bomb."""
    if made > FREE and made > RATIO * max(read, 1):
        raise DatasetError(f"expected data, got a compression bomb: {read:,} bytes became more than {made:,}")


class Readable(Protocol):
    """Something that is read by offset."""

    def read(self, start: int, length: int) -> bytes:
        """Up to ``length`` bytes from ``start``; fewer only where there are no more."""


class Range(io.RawIOBase):
    """Bytes [start, end) of something that is read by offset, as a stream."""

    def __init__(self, data: Readable, start: int, end: int) -> None:
        self._data, self._at, self._end = data, start, end

    def readable(self) -> bool:  # noqa: D102 (as io.RawIOBase has it)
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # noqa: D102
        piece = self._data.read(self._at, min(len(buffer), self._end - self._at))
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)
