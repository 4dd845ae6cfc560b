"""gzip and zstd streams from forward-only sources, decoded in steps of bounded memory."""

import io
import zlib
from typing import BinaryIO, Protocol

import zstandard

from murmuration.errors import DatasetError
from murmuration.sources.frames import PIECE, WINDOW, guard

GZIP = b"\x1f\x8b"

MOST_EMPTY = 2**12
"""Streams without content that may follow each other; honest files have one or none."""


class _Decoder(Protocol):
    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, /) -> bytes: ...


def inflated(source: BinaryIO) -> io.BufferedReader:
    """The content of one or several gzip or zstd streams that follow each other.

    Reading raises zlib.error or zstandard.ZstdError for a damaged or cut one, DatasetError for a bomb.
    """
    return io.BufferedReader(_Inflated(source), PIECE)


class _Inflated(io.RawIOBase):
    def __init__(self, source: BinaryIO) -> None:
        self._source, self._out = source, b""
        self._waiting = source.read(2)
        self._gzip = self._waiting == GZIP
        # At most 1032 bytes come out of one with gzip, 32768 with zstd: 16 and 32 MiB of a step.
        self._bytes = 2**14 if self._gzip else 2**10
        self._decoder = self._new()
        self._fed, self._made, self._in_stream, self._empty = 2, 0, 0, 0

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        self._source.close()
        super().close()

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._out and self._step():
            pass
        taken = self._out[: len(buffer)]
        buffer[: len(taken)] = taken
        self._out = self._out[len(taken) :]
        return len(taken)

    def _step(self) -> bool:
        if self._decoder.eof:
            self._waiting = self._decoder.unused_data
            self._empty += self._in_stream == 0
            if self._empty > MOST_EMPTY:
                raise DatasetError(f"expected data, got more than {MOST_EMPTY:,} empty compressed streams")
            if not self._waiting and not self._more():
                return False
            self._decoder, self._in_stream = self._new(), 0
        if not self._waiting and not self._more():
            raise zlib.error("it is cut off")
        self._out = self._decoder.decompress(self._waiting)
        self._waiting = b""
        self._made += len(self._out)
        self._in_stream += len(self._out)
        guard(self._made, self._fed)
        return True

    def _more(self) -> bool:
        self._waiting = self._source.read(self._bytes)
        self._fed += len(self._waiting)
        return bool(self._waiting)

    def _new(self) -> _Decoder:
        if self._gzip:
            return zlib.decompressobj(31)
        return zstandard.ZstdDecompressor(max_window_size=WINDOW).decompressobj()
