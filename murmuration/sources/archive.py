"""tar members as streams: parsed in memory, never extracted, damaged ones left out and named.

A reader of our own, because tarfile trusts sizes, follows PAX headers of any length, and cannot begin in the middle. It
takes regular members only; links are never followed, names that lead outside are not taken, and both are reported.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from murmuration.errors import DatasetError
from murmuration.sources.damage import Run
from murmuration.sources.frames import Range, Readable

BLOCK = 512
MOST_MEMBERS = 2**16
LONGEST_EXTENSION = 2**16
"""Bytes of a PAX header or a long name; common archives use a few hundred."""


class Content(Readable, Protocol):
    """The bytes that members are read from: content by offset, and the runs of it that are certain."""

    @property
    def runs(self) -> tuple[Run, ...]:
        """The stretches that are certain, ascending."""


@dataclass(frozen=True)
class ArchiveMember:
    """A regular file in an archive: where its content begins in the tape, and how long it is."""

    name: str
    start: int
    size: int


@dataclass
class Listing:
    """The members that are certain, the lost ones whose names are known, and notes on members left out.

    ended: whether the archive's end was reached, or it was cut off before.
    """

    members: list[ArchiveMember] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    ended: bool = False


@dataclass(frozen=True)
class _Header:
    name: str
    size: int
    kind: bytes


def listing(tape: Content) -> Listing:
    """The members of a tape. A member is certain when its headers and all of its content lie in one run."""
    result = Listing()
    position: int | None = 0
    for run in tape.runs:
        if not run.joined:
            position = None
        position = _members(tape, run, position, result)
    return result


def stream(tape: Content, member: ArchiveMember) -> io.BufferedReader:
    """A member's content."""
    return io.BufferedReader(Range(tape, member.start, member.start + member.size), 2**18)


def _members(tape: Content, run: Run, position: int | None, result: Listing) -> int | None:
    """List the members of one run; where the next header is expected, None when that is not known."""
    synced = position is not None
    at = position if position is not None and position >= run.start else _resync(tape, run, run.start)
    if position is not None and position < run.start:
        synced = False
    first, zeros = len(result.members), False
    longer: dict[str, str] = {}
    while at is not None and at + BLOCK <= run.end:
        raw = tape.read(at, BLOCK)
        if not raw.strip(b"\0"):
            zeros, at = True, at + BLOCK
            continue
        header = _header(raw)
        if header is None:
            if synced and not zeros and at == 0:
                raise DatasetError("expected a tar archive, got something else")
            at = _resync(tape, run, at + 1)
            synced, first, zeros, longer = False, len(result.members), False, {}
            continue
        if zeros:
            # A real archive ends with its zeros. An archive found by resyncing that ends so was nested in a member.
            if not synced:
                del result.members[first:]
            zeros, synced = False, True
        if header.size < 0:
            result.notes.append(f"{header.name}: skipped, its size is negative")
            at += BLOCK
            continue
        end = at + BLOCK + -(-header.size // BLOCK) * BLOCK
        longer = _entry(tape, run, at, header, longer, result)
        at = end
        if len(result.members) + len(result.notes) > MOST_MEMBERS:
            raise DatasetError(f"expected at most {MOST_MEMBERS:,} members in an archive, got more")
    result.ended = zeros
    return at


def _entry(
    tape: Content, run: Run, at: int, header: _Header, longer: dict[str, str], result: Listing
) -> dict[str, str]:
    """Take one header's entry into the listing; returns the extension that holds for the next entry."""
    start = at + BLOCK
    if header.kind in b"xgLK":
        if header.size > LONGEST_EXTENSION:
            raise DatasetError(
                f"expected tar headers of at most {LONGEST_EXTENSION:,} bytes, got one of {header.size:,}"
            )
        data = tape.read(start, header.size)
        return longer | _extension(header.kind, data) if start + header.size <= run.end else {}
    name = longer.get("path", header.name)
    size = int(longer["size"]) if longer.get("size", "").isdigit() else header.size
    if header.kind in b"12":
        result.notes.append(f"{name[:100]}: skipped, a link")
    elif header.kind not in (b"0", b"\0", b"7"):
        if header.kind != b"5":
            result.notes.append(f"{name[:100]}: skipped, not a regular file")
    elif name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name):
        result.notes.append(f"{name[:100]}: skipped, its name leads out of the archive")
    elif size != header.size:
        result.notes.append(f"{name[:100]}: skipped, two sizes are given for it")
    elif start + size > run.end:
        result.lost.append(name)
    else:
        result.members.append(ArchiveMember(name, start, size))
    return {}


def _header(raw: bytes) -> _Header | None:
    """A ustar, PAX or GNU header with a correct checksum; None for other bytes."""
    stated = raw[148:156].strip(b"\0 ")
    if raw[257:262] != b"ustar" or not re.fullmatch(rb"[0-7]{1,7}", stated):
        return None
    if sum(raw[:148]) + sum(raw[156:]) + 8 * ord(" ") != int(stated, 8):
        return None
    field_ = raw[124:136]
    if field_[0] & 0x80:
        size = (
            int.from_bytes(field_, "big", signed=True)
            if field_[0] & 0x40
            else int.from_bytes(field_, "big") - (1 << 95)
        )
    elif re.fullmatch(rb"[0-7]{0,12}", field_.strip(b"\0 ")):
        size = int(field_.strip(b"\0 ") or b"0", 8)
    else:
        return None
    name = raw[:100].split(b"\0")[0]
    if raw[257:263] == b"ustar\0" and (prefix := raw[345:500].split(b"\0")[0]):
        name = prefix + b"/" + name
    return _Header(name.decode("utf-8", "replace"), size, raw[156:157])


def _extension(kind: bytes, data: bytes) -> dict[str, str]:
    """Path and size that a PAX header or a GNU long name gives to the member that follows."""
    if kind == b"L":
        return {"path": data.split(b"\0")[0].decode("utf-8", "replace")}
    if kind != b"x":
        return {}
    result, at = {}, 0
    while match := re.match(rb"(\d{1,5}) ", data[at : at + 6]):
        record = data[at : at + int(match[1])][len(match[0]) :]
        key, equals, value = record.rstrip(b"\n").partition(b"=")
        if not equals:
            break
        if key in (b"path", b"size"):
            result[key.decode()] = value.decode("utf-8", "replace")
        at += int(match[1])
    return result


def _resync(tape: Content, run: Run, start: int) -> int | None:
    """The next header at or after ``start``: at a known head where there are any, else where one proves itself."""
    if run.heads:
        return next((head for head in run.heads if head >= start), None)
    return next(_headers(tape, run, start), None)


def _headers(tape: Content, run: Run, start: int) -> Iterator[int]:
    step = 2**20
    at = start
    while at < run.end:
        data = tape.read(at, min(step + BLOCK, run.end - at))
        found = data.find(b"ustar")
        while 0 <= found < step + 257:
            place = found - 257
            if place >= 0 and len(data) >= place + BLOCK and _header(data[place : place + BLOCK]) is not None:
                yield at + place
            found = data.find(b"ustar", found + 1)
        at += step
