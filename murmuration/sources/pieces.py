"""The pieces of a data set: a file, the files of a folder, the members of an archive, each as a stream of plain bytes.

One compression around an archive and one around a member are undone; anything nested deeper is left out with a note.
Nothing is ever written to disk. Compressed data are decoded once before the first row is used, since a checksum
stands at the very end.
"""

import io
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import zstandard

from murmuration.errors import DatasetError
from murmuration.sources import archive
from murmuration.sources.damage import Run, Tape, scan
from murmuration.sources.frames import MAGIC, PIECE, Bytes, Range
from murmuration.sources.inflate import GZIP, inflated
from murmuration.sources.kinds import HEAD

MOST_FILES = 2**16


@dataclass(frozen=True)
class Piece:
    """A file or member.

    head:   the first bytes of its content, decompressed.
    size:   bytes as stored. packed: whether they are compressed.
    path:   the file that it is, where that can be read in place.
    origin: the file that it is, or stands in.
    stored: a new stream of the bytes as stored; open() decompresses.
    """

    name: str
    head: bytes
    size: int
    packed: bool
    path: Path | None
    origin: Path
    stored: Callable[[], BinaryIO] = field(repr=False)

    def open(self) -> BinaryIO:
        """A new stream of the content."""
        return inflated(self.stored()) if self.packed else self.stored()

    def whole(self, budget: int) -> bytes:
        """The content at once. Raises DatasetError when it is more than ``budget``."""
        result = bytearray()
        with self.open() as stream:
            while data := stream.read(PIECE):
                result += data
                if len(result) > budget:
                    raise DatasetError(
                        f"{self.name}: expected at most {budget:,} bytes in an archive, got more: unpack it"
                    )
        return bytes(result)


@dataclass(frozen=True)
class Pieces:
    """The pieces, notes on those left out, and those lost to damage, by name and as a sentence."""

    pieces: tuple[Piece, ...]
    files: tuple[Path, ...]
    notes: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    damage: str = ""


def pieces(path: Path) -> Pieces:
    """The pieces of a file, folder or archive. Raises DatasetError when there are none that are certain."""
    if not path.is_dir():
        if not path.is_file():
            raise DatasetError("expected a file or folder, got a device or pipe")
        return _file(path, path.name)
    files = sorted(
        each for each in path.rglob("*") if each.is_file() and not each.is_symlink() and _visible(each, path)
    )
    if not files:
        raise DatasetError("expected a folder with files of curves, or a store with its catalog.db; got no files")
    if len(files) > MOST_FILES:
        raise DatasetError(f"expected a folder of at most {MOST_FILES:,} files, got {len(files):,}")
    found, notes = [], []
    for file in files:
        name = str(file.relative_to(path))
        held = _file(file, name, folder=True)
        found += [each for each in held.pieces if not _is_tar(each.head)]
        notes += [
            *held.notes,
            *(f"{name}: skipped, an archive in a folder" for each in held.pieces if _is_tar(each.head)),
        ]
    return Pieces(tuple(found), tuple(files), tuple(notes))


def _visible(file: Path, folder: Path) -> bool:
    """Whether no part of the name below the folder is hidden: a clone's .git holds no data."""
    return not any(part.startswith(".") for part in file.relative_to(folder).parts)


def _file(path: Path, name: str, folder: bool = False) -> Pieces:
    data = Bytes(path)
    magic = data.read(0, 4)
    if magic.startswith(GZIP):
        tape: Tape | _File | _Gzip = _Gzip(data)
    elif magic == MAGIC or (magic[1:] == b"\x2a\x4d\x18" and 0x50 <= magic[0] < 0x60):
        tape = Tape(data, scan(data))
    else:
        tape = _File(data)
    head = tape.read(0, HEAD) if tape.runs and tape.runs[0].start == 0 else b""
    damaged = isinstance(tape, Tape) and not tape.scan.whole
    headless = damaged and not (tape.runs and tape.runs[0].joined)  # its members tell whether it was an archive
    if (_is_tar(head) or headless or (isinstance(tape, Tape) and tape.scan.marked)) and not folder:
        return _archive(tape, path)
    if isinstance(tape, Tape) and damaged:
        raise DatasetError(f"expected a whole file, got a damaged one: {tape.scan.reason}")
    size = sum(run.end - run.start for run in tape.runs)
    kept, plain = tape, path if isinstance(tape, _File) else None
    piece = Piece(name, head, size, False, plain, path, lambda: io.BufferedReader(Range(kept, 0, size), 2**18))
    return Pieces((piece,), (path,), notes=_unverified(tape))


def _archive(tape: "Tape | _File | _Gzip", path: Path) -> Pieces:
    listing = archive.listing(tape)
    notes, found, damage, broken = [*_unverified(tape), *listing.notes], [], "", ""
    for member in listing.members:
        try:
            piece = _member(tape, member, path)
        except (zlib.error, zstandard.ZstdError, DatasetError) as error:
            listing.lost.append(member.name)
            broken = broken or f"{member.name}: {error}"
            continue
        if _is_tar(piece.head) or (piece.packed and piece.head.startswith((GZIP, MAGIC))):
            notes.append(f"{member.name}: skipped, an archive inside an archive")
        else:
            found.append(piece)
    reason = (tape.scan.reason if isinstance(tape, Tape) else "") or broken
    if reason or listing.lost or not listing.ended:
        lost = _share_lost(tape, listing)
        tail = "" if listing.ended else ", and an unknown number that came after its end"
        named = f"; lost by name: {', '.join(listing.lost[:20])}" if listing.lost else ""
        more = f" and {len(listing.lost) - 20:,} more" if len(listing.lost) > 20 else ""
        damage = f"{lost:.2%} of its bytes are lost{tail} ({reason or 'members are cut off'}){named}{more}"
    if not found:
        why = damage or "; ".join(notes[:3]) or "it holds none"
        raise DatasetError(f"expected an archive of data files, nothing of it is certain: {why}")
    return Pieces(tuple(found), (path,), tuple(notes), tuple(listing.lost), damage)


def _member(tape: "Tape | _File | _Gzip", member: archive.ArchiveMember, path: Path) -> Piece:
    start = tape.read(member.start, min(4, member.size))
    packed = start.startswith((GZIP, MAGIC))

    def stored() -> BinaryIO:
        return archive.stream(tape, member)

    if packed:  # to its end, where its checksum is
        with inflated(stored()) as stream:
            head = stream.read(HEAD)
            while stream.read(PIECE):
                pass
    else:
        head = tape.read(member.start, min(HEAD, member.size))
    return Piece(member.name, head, member.size, packed, None, path, stored)


def _share_lost(tape: "Tape | _File | _Gzip", listing: archive.Listing) -> float:
    """Of the content's bytes. Where a gap's length is not known it is reckoned at the file's mean compression."""
    certain = sum(run.end - run.start for run in tape.runs)
    if not isinstance(tape, Tape):
        total = tape.size
    elif tape.scan.marked:
        total = max(run.end for run in tape.runs)
    else:
        total = round(certain * tape.scan.total / max(1, tape.scan.total - tape.scan.lost))
    used = sum(archive.BLOCK + -(-member.size // archive.BLOCK) * archive.BLOCK for member in listing.members)
    return max(0.0, 1 - used / total) if total else 1.0


def _unverified(tape: "Tape | _File | _Gzip") -> tuple[str, ...]:
    if isinstance(tape, Tape) and not tape.scan.verified:
        return ("its zstd frames carry no checksums: a flipped bit can pass unseen; `devshell repack` adds them",)
    return ()


def _is_tar(head: bytes) -> bool:
    return head[257:262] == b"ustar"


class _File:
    """A file that is not compressed, as a tape."""

    def __init__(self, data: Bytes) -> None:
        self._data = data
        self.size = data.size
        self.runs = (Run(0, data.size, True, ()),)

    def read(self, start: int, length: int) -> bytes:
        return self._data.read(start, length)


class _Gzip:
    """A gzip file as a tape: read forward, from the beginning again when somebody looks back.

    Raises DatasetError when it is damaged: a gzip stream is certain at its end and not before.
    """

    def __init__(self, data: Bytes) -> None:
        self._data = data
        self._open()
        self.size = 0
        try:
            while piece := self._stream.read(PIECE):
                self.size += len(piece)
        except (zlib.error, DatasetError) as error:
            raise DatasetError(f"expected a whole gzip file, nothing of this one is certain: {error}") from None
        self.runs = (Run(0, self.size, True, ()),)
        self._open()

    def read(self, start: int, length: int) -> bytes:
        if start < self._at:
            self._open()
        while self._at < start and (piece := self._stream.read(min(PIECE, start - self._at))):
            self._at += len(piece)
        result = self._stream.read(length)
        self._at += len(result)
        return result

    def _open(self) -> None:
        self._stream = inflated(io.BufferedReader(Range(self._data, 0, self._data.size), PIECE))
        self._at = 0
