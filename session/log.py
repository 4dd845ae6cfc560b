"""Log: the events of a session, one JSON object a line, in files that survive kills and full disks.

Each line holds ``seq`` (1, 2, 3, ... over all files), ``at`` (the server's time, for people: order is by ``seq``),
``who`` and ``name`` (id and name of the author, 0 and "" for the server), ``do`` (the kind of the line), the fields of
that kind, and last ``crc``, the CRC-32 of the line without it. :mod:`session.replay` gives the lines their meaning.

A file begins with the whole state (``do`` is "state"), written and fsynced under another name first, so a start reads
the newest file alone. When it has grown past :data:`MOST` the next is begun and those before are deleted, except for
recordings: the name of such a file ends in ``-recording``, and it is kept until a user deletes it.

A change is fsynced before it is answered, so a power cut loses no selection that a client was told of. Notes of
movements, joins and leaves are not fsynced: losing a second of them costs nothing.
"""

import asyncio
import contextlib
import fcntl
import json
import os
import re
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from murmuration.durable import sync_folder
from murmuration.errors import SessionError
from session.convert import FORMAT, converted

MOST = 32 << 20
"""Bytes that a file may grow by before the next is begun."""

_NAME = re.compile(r"(\d{6})(-recording)?\.jsonl")
_CRC = re.compile(rb',"crc":"([0-9a-f]{8})"}')
_CRC_LENGTH = len(',"crc":"00000000"}')


class Log:
    """The files of one session, in a folder that no other server writes to."""

    def __init__(self, folder: Path) -> None:
        """Lock the folder, and make it if needed. Raises SessionError when it is in use or cannot be written."""
        self.folder = folder
        self._file = -1
        self._size = self._first = 0
        self._seq = 0
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise _unwritable(folder, error) from None
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._lock)
            raise SessionError(f"{folder}: another server has this session open. Choose another folder with --session, "
                               "or --session none") from None  # fmt: skip

    def read(self) -> list[dict[str, Any]]:
        """The lines from the newest whole state on; none for a new session. A last line that is torn is dropped.

        Raises SessionError for a file that is damaged elsewhere.
        """
        found = self._files()
        result = list(lines(found[-1])) if found else []
        self._seq = result[-1]["seq"] if result else 0
        return result

    def begin(self, recording: bool = False, **state: Any) -> None:
        """Begin the next file with the whole state, and delete those before that are no recordings.

        Raises SessionError when it cannot be written; then the log is as it was.
        """
        before = self._files()
        number = int(before[-1].name[:6]) + 1 if before else 1
        path = self.folder / f"{number:06d}{'-recording' if recording else ''}.jsonl"
        line = self._line("state", 0, "", {"format": FORMAT, **state})
        temporary = self.folder / "next.tmp"
        file = -1
        try:
            file = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
            _write(file, line)
            os.fsync(file)
            os.rename(temporary, path)
            sync_folder(self.folder)
        except OSError as error:
            if file >= 0:
                os.close(file)
            raise _unwritable(self.folder, error) from None
        if self._file >= 0:
            os.close(self._file)
        self._file, self._size, self._first = file, len(line), len(line)
        self._seq += 1
        for old in before:
            if "-recording" not in old.name:
                with contextlib.suppress(OSError):  # it costs room, nothing else, and the next is deleted with it
                    old.unlink()

    def append(self, do: str, who: int, name: str, **fields: Any) -> None:
        """Add a line; it survives the process, and after :meth:`settle` the machine.

        Raises SessionError when it cannot be written; then the log is as it was.
        """
        line = self._line(do, who, name, fields)
        try:
            _write(self._file, line)
        except OSError as error:
            with contextlib.suppress(OSError):
                os.ftruncate(self._file, self._size)  # part of a line may be there
            raise _unwritable(self.folder, error) from None
        self._size += len(line)
        self._seq += 1

    async def settle(self) -> None:
        """Wait until all that was appended is on the disk. Raises SessionError when that fails."""
        try:
            await asyncio.get_running_loop().run_in_executor(None, os.fsync, self._file)
        except OSError as error:
            raise _unwritable(self.folder, error) from None

    @property
    def full(self) -> bool:
        """Whether the next file should be begun. A file whose first line is large may double."""
        return self._size - self._first > max(MOST, self._first)

    def close(self) -> None:
        """Close the file and unlock the folder."""
        for file in (self._file, self._lock):
            if file >= 0:
                os.close(file)
        self._file = self._lock = -1

    def _line(self, do: str, who: int, name: str, fields: dict[str, Any]) -> bytes:
        at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        own = {"seq": self._seq + 1, "at": at, "who": who, "name": name, "do": do}
        body = json.dumps({**own, **fields}, separators=(",", ":"), allow_nan=False).encode()
        return body[:-1] + b',"crc":"%08x"}\n' % zlib.crc32(body)

    def _files(self) -> list[Path]:
        return sorted(path for path in self.folder.iterdir() if _NAME.fullmatch(path.name))


def lines(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of one file, checked, in today's format. A last one that was torn by a crash is left out.

    Raises SessionError, naming the line, for one that is damaged, missing or of an unknown format.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SessionError(f"{path}: expected a readable log, got {error.strerror}") from None
    rows = data.split(b"\n")
    whole, seq, format = rows[:-1], None, FORMAT
    for number, row in enumerate(whole, 1):
        line = _parsed(row)
        if line is None and number == len(whole) and number > 1 and not rows[-1]:
            return  # blocks of one write may reach the disk in any order, so a torn line may have its end
        if line is None or (seq is not None and line["seq"] != seq + 1) or (number == 1 and line["do"] != "state"):
            raise SessionError(f"{path}, line {number}: expected a line as it was written, got one that is damaged or "
                               "out of order; restore the file, or move the folder away to begin anew")  # fmt: skip
        seq, format = line["seq"], line.get("format", 1) if number == 1 else format
        yield converted(line, format)
    if seq is None:
        raise SessionError(f"{path}: expected the session's state in the first line, got none; restore the file, or "
                           "move the folder away to begin anew")  # fmt: skip


def _parsed(row: bytes) -> dict[str, Any] | None:
    """A line without its checksum, or None for one that does not agree with it."""
    crc = _CRC.fullmatch(row[-_CRC_LENGTH:])
    body = row[:-_CRC_LENGTH] + b"}"
    if crc is None or int(crc[1], 16) != zlib.crc32(body):
        return None
    try:
        line = json.loads(body)
    except ValueError:
        return None
    good = isinstance(line, dict) and isinstance(line.get("seq"), int) and isinstance(line.get("do"), str)
    return line if good else None


def _write(file: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(file, left) :]


def _unwritable(folder: Path, error: OSError) -> SessionError:
    return SessionError(f"{folder}: expected to write the session's log, got: {error.strerror}. Nothing was changed; "
                        "free some room, or start with --session FOLDER or none")  # fmt: skip
