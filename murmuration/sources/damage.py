"""The certain parts of a zstd file: every frame is decoded and compared with its checksum before a byte of it is used.

An undamaged file is one run from end to end. Where something is wrong, the bytes between two good frames are a gap; the
magic number is looked for from there on. In a damaged file only frames that carry a checksum count: without one, 118 of
150 flipped bits decode to wrong bytes in silence. Files made by :mod:`murmuration.sources.repack` have a marker before
each frame (which archive it is of, where its content belongs, whether a member begins there), so that the size of a gap
is known, and a frame that only looks like one of ours, inside somebody's payload, is not taken for it.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from zlib import crc32

import zstandard

from murmuration.errors import DatasetError
from murmuration.sources.frames import MAGIC, PIECE, Bytes, Frame, content, walk

SKIPPABLE = range(0x184D2A50, 0x184D2A60)
MARK = 0x184D2A57
SEEK = 0x184D2A5E
SIGNATURE = b"MLABFRM1"
MARKER = 8 + len(SIGNATURE) + 8 + 8 + 1 + 4
"""Bytes of a marker: skippable header, signature, archive, offset, flags, CRC-32 of the bytes before it."""

MOST_FRAMES = 2**20
MOST_EMPTY = 2**12


@dataclass(frozen=True)
class Placed:
    """A frame, where its content begins in the tape, and how long that is."""

    frame: Frame
    offset: int
    length: int


@dataclass(frozen=True)
class Run:
    """Content [start, end) of the tape that is certain.

    joined: the gap before it is known in length, or there is none.
    heads:  offsets in it at which members are known to begin.
    """

    start: int
    end: int
    joined: bool
    heads: tuple[int, ...]


@dataclass(frozen=True)
class Scan:
    """The certain frames of a file in order, the runs they form, and the first fault.

    lost:     bytes of the file that are in no certain frame. total: bytes of the file.
    verified: whether every certain frame has a checksum.
    """

    frames: tuple[Placed, ...]
    runs: tuple[Run, ...]
    lost: int
    total: int
    verified: bool
    marked: bool
    reason: str

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong with the file."""
        return not self.reason


@dataclass(frozen=True)
class _Mark:
    archive: bytes
    offset: int
    head: bool


@dataclass(frozen=True)
class _Found:
    frame: Frame
    length: int
    mark: _Mark | None
    after_gap: bool


def scan(data: Bytes) -> Scan:
    """Decode the whole file, drop the content, and return the certain frames."""
    found: list[_Found] = []
    reason, lost, empty = "", 0, 0
    for item in _items(data):
        if isinstance(item, str):
            reason = reason or item
        elif isinstance(item, int):
            lost += item
        else:
            found.append(item)
            empty += item.length == 0
            if len(found) > MOST_FRAMES or empty > MOST_EMPTY:
                raise DatasetError(
                    f"expected at most {MOST_FRAMES:,} zstd frames, {MOST_EMPTY:,} of them empty, got more"
                )
    archive = next((each.mark.archive for each in found if each.mark), None)
    if reason:
        good = [each for each in found if each.frame.checksum and (archive is None or _is_of(each, archive))]
        lost += sum(each.frame.end - each.frame.start for each in found) - sum(
            each.frame.end - each.frame.start for each in good
        )
        found = good if archive is None else [*_in_order(good)]
    verified = all(each.frame.checksum for each in found)
    placed, runs = _place(found)
    return Scan(tuple(placed), tuple(runs), lost, data.size, verified, archive is not None, reason)


def _items(data: Bytes) -> Iterator[_Found | str | int]:
    """Good frames, the faults between them, and the number of damaged bytes."""
    at, mark, broken = 0, None, False
    while at < data.size:
        head = data.read(at, 8)
        if len(head) == 8 and int.from_bytes(head[:4], "little") in SKIPPABLE:
            mark = _marker(data.read(at, MARKER))
            end = at + 8 + int.from_bytes(head[4:], "little")
            if end <= data.size:
                at = end
                continue
        problem = result = walk(data, at)
        if isinstance(result, Frame):
            try:
                length = sum(map(len, content(data, result)))
                yield _Found(result, length, mark, broken)
                at, mark, broken = result.end, None, False
                continue
            except zstandard.ZstdError as error:
                problem = f"a frame that does not decode ({error})"
        yield f"{problem} at byte {at:,}"
        following = _next(data, at + 1)
        if isinstance(result, Frame) and _begins(data, result.end):
            following = result.end  # damage inside the blocks alone: a magic number in there is payload
        yield following - at
        at, mark, broken = following, None, True


def _begins(data: Bytes, at: int) -> bool:
    head = data.read(at, 4)
    return at == data.size or head == MAGIC or int.from_bytes(head, "little") in SKIPPABLE


def _next(data: Bytes, start: int) -> int:
    """Where the next frame or marker may begin."""
    marker = MARK.to_bytes(4, "little") + (MARKER - 8).to_bytes(4, "little") + SIGNATURE
    places = [place for place in (data.find(MAGIC, start), data.find(marker, start)) if place >= 0]
    return min(places, default=data.size)


def _marker(raw: bytes) -> _Mark | None:
    if len(raw) < MARKER or int.from_bytes(raw[:4], "little") != MARK or raw[8:16] != SIGNATURE:
        return None
    if _crc(raw[: MARKER - 4]) != raw[MARKER - 4 : MARKER]:
        return None
    return _Mark(raw[16:24], int.from_bytes(raw[24:32], "little"), bool(raw[32] & 1))


def marker(archive: bytes, offset: int, head: bool) -> bytes:
    """The skippable frame that goes before a frame: ``archive`` is 8 bytes that are the same throughout a file."""
    raw = MARK.to_bytes(4, "little") + (MARKER - 8).to_bytes(4, "little") + SIGNATURE + archive
    raw += offset.to_bytes(8, "little") + bytes([head])
    return raw + _crc(raw)


def _crc(raw: bytes) -> bytes:
    return crc32(raw).to_bytes(4, "little")


def _is_of(found: _Found, archive: bytes) -> bool:
    return found.mark is not None and found.mark.archive == archive


def _in_order(found: list[_Found]) -> Iterator[_Found]:
    """The markers whose places ascend: one that belongs before its predecessor's end was moved."""
    end = 0
    for each in found:
        assert each.mark is not None  # the caller kept only marked ones
        if each.mark.offset >= end:
            yield each
            end = each.mark.offset + each.length


def _place(found: list[_Found]) -> tuple[list[Placed], list[Run]]:
    placed: list[Placed] = []
    runs: list[Run] = []
    at = 0
    for each in found:
        known = each.mark.offset if each.mark else None
        joined = known is not None or not each.after_gap
        offset = at if known is None else known
        head = (offset,) if each.mark and each.mark.head else ()
        if runs and offset == at and joined and (known is not None or not each.after_gap):
            last = runs[-1]
            runs[-1] = Run(last.start, offset + each.length, last.joined, last.heads + head)
        else:
            runs.append(Run(offset, offset + each.length, joined, head))
        placed.append(Placed(each.frame, offset, each.length))
        at = offset + each.length
    return placed, runs


class Tape:
    """The content of a scanned file, read by offset; best read forward."""

    def __init__(self, data: Bytes, scanned: Scan) -> None:
        self._data, self.scan = data, scanned
        self._starts = [each.offset for each in scanned.frames]
        self._index, self._piece, self._at = -1, b"", 0
        self._pieces: Iterator[bytes] = iter(())

    @property
    def runs(self) -> tuple[Run, ...]:
        """The certain runs of the tape."""
        return self.scan.runs

    def read(self, start: int, length: int) -> bytes:
        """The content [start, start + length), shorter where the run ends."""
        out = bytearray()
        while len(out) < length:
            at = start + len(out)
            index = bisect_right(self._starts, at) - 1
            if index < 0 or at >= self._starts[index] + self.scan.frames[index].length:
                break
            if index != self._index or at < self._at:
                self._index, self._pieces = index, content(self._data, self.scan.frames[index].frame)
                self._piece, self._at = b"", self._starts[index]
            while at >= self._at + len(self._piece):
                self._at += len(self._piece)
                self._piece = next(self._pieces)
            inside = at - self._at
            out += self._piece[inside : inside + min(length - len(out), PIECE)]
        return bytes(out)
