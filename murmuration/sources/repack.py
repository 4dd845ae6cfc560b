"""Rewrite an archive in the layout that loses least to damage: frames cut at members, at most 128 KiB of content each.

Every frame states its size and ends in a checksum, a marker before it says where it belongs, and a seek table in zstd's
seekable format ends the file. Any zstd and tar read the result. Members of lines longer than a frame are split into
members of whole lines (``name``, ``name.0001``, ..., each with the header line where there is one): a damaged frame
then costs its own lines and not the whole file.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tarfile import PAX_FORMAT, TarInfo
from typing import BinaryIO

import zstandard

from murmuration.errors import DatasetError
from murmuration.sources.damage import SEEK, marker
from murmuration.sources.kinds import recognise
from murmuration.sources.pieces import Piece, pieces

FRAME = 2**17
PART = FRAME - 512 - 1024
"""Content of a member that still shares one frame with its header and padding."""


@dataclass
class _Out:
    file: BinaryIO
    archive: bytes
    compressor: zstandard.ZstdCompressor
    offset: int = 0
    table: bytes = b""
    frames: int = 0

    def write(self, data: bytes, head: bool) -> None:
        frame = self.compressor.compress(data)
        place = marker(self.archive, self.offset, head)
        self.file.write(place + frame)
        self.table += (len(place) + len(frame)).to_bytes(4, "little") + len(data).to_bytes(4, "little") + frame[-4:]
        self.offset += len(data)
        self.frames += 1

    def finish(self) -> None:
        # Zstandard Seekable Format: entries with checksums (bit 7), then their number, the descriptor and its magic.
        body = self.table + self.frames.to_bytes(4, "little") + bytes([0x80]) + 0x8F92EAB1.to_bytes(4, "little")
        self.file.write(SEEK.to_bytes(4, "little") + len(body).to_bytes(4, "little") + body)


def repack(source: str | Path, target: str | Path) -> int:
    """Write the members of an archive, or the files of a folder, to ``target`` (a .tar.zst); how many went in.

    Raises DatasetError when the source is not whole (the lost part would be lost for good without a word), or when the
    target exists.
    """
    source, target = Path(source), Path(target)
    if target.exists():
        raise DatasetError(f"{target}: expected a new file to write, found one: remove it or name another")
    compressor = zstandard.ZstdCompressor(level=9, write_checksum=True, write_content_size=True)
    found = pieces(source)
    if found.damage:
        raise DatasetError(f"{source}: expected a whole archive to repack, got a damaged one: {found.damage}")
    partial = target.with_name(target.name + ".part")
    try:
        with partial.open("xb") as file:
            out = _Out(file, secrets.token_bytes(8), compressor)
            for piece in found.pieces:
                _member(out, piece)
            out.write(bytes(1024), head=False)
            out.finish()
            file.flush()
            os.fsync(file.fileno())
        partial.rename(target)
    finally:
        partial.unlink(missing_ok=True)
    return len(found.pieces)


def _member(out: _Out, piece: Piece) -> None:
    with closing(piece.stored()) as stream:
        if piece.size <= PART or piece.packed or not _has_lines(piece.head):
            _copy(out, piece.name, piece.size, stream)
            return
        for number, part in enumerate(_parts(stream)):
            name = f"{piece.name}.{number:04}" if number else piece.name
            out.write(_header(name, len(part)) + part + bytes(-len(part) % 512), head=True)


def _has_lines(head: bytes) -> bool:
    kind = recognise(head)
    return kind is not None and kind.lines


def _parts(stream: BinaryIO) -> Iterator[bytes]:
    """Whole lines, up to PART bytes at a time; a header line is repeated, so that each part can be read by itself."""
    first = stream.readline(PART)
    kind = recognise(first)
    repeated = first if kind is not None and kind.header else b""
    part = first
    for line in stream:
        if len(part) + len(line) > PART:
            yield part
            part = repeated
        part += line
    yield part


def _copy(out: _Out, name: str, size: int, stream: BinaryIO) -> None:
    data, head, done = _header(name, size), True, 0
    while piece := stream.read(FRAME - 512 - len(data)):
        done += len(piece)
        data += piece
        if done == size:
            data = data + bytes(-size % 512)
        out.write(data, head)
        data, head = b"", False
    if data and head:
        out.write(data, head)
    if done != size:
        raise DatasetError(f"{name}: expected {size:,} bytes, got {done:,}")


def _header(name: str, size: int) -> bytes:
    info = TarInfo(name)
    info.size = size
    return info.tobuf(PAX_FORMAT)
