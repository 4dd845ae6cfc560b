"""Journal: writes the entries and notes of a session to its log; without a log it writes nothing.

An entry is on the disk before its change is made. Notes (joins, leaves, movements) may be lost in a power cut.
"""

import contextlib
import logging
import time
from collections.abc import Callable, Mapping
from typing import Any

from murmuration.errors import SessionError
from server.door.health import Health
from session.entry import Entry, to_fields
from session.log import Log

log = logging.getLogger(__name__)

FILM = 0.1
"""Seconds between two recorded movements of one person."""

Author = tuple[int, str]
"""Id and name; 0 and "" for the server itself."""


class Journal:
    """Writes entries and notes; ``state`` returns the checkpoint for the first line of a file."""

    def __init__(self, file: Log | None, well: Health, state: Callable[[], Mapping[str, Any]], recording: bool) -> None:
        """Begin a file. Raises SessionError when it cannot be written."""
        self._file, self._well, self._state = file, well, state
        self.recording = recording
        self._making = False
        self.begin()

    @property
    def kept(self) -> bool:
        """Whether there is a log at all."""
        return self._file is not None

    def begin(self, recording: bool | None = None) -> None:
        """Begin another file with a checkpoint; it is a recording if the last one was, unless given."""
        self.recording = self.recording if recording is None else recording
        if self._file is not None:
            self._file.begin(self.recording, **self._state())

    async def keep(self, entry: Entry) -> None:
        """Write an entry and wait until it is on the disk; :meth:`made` is to follow once its change is made.

        Raises SessionError when it cannot be written.
        """
        if self._file is None:
            return
        self._making = True
        try:
            self._file.append("change", entry.who, entry.name, **to_fields(entry))
            await self._settle(self._file)
        except SessionError as error:
            self._making = False
            self._well.fail(str(error))
            raise
        self._well.ready()

    def made(self) -> None:
        """The change of the entry that was kept is part of the state now."""
        self._making = False
        self._turn()

    def note(self, do: str, author: Author, **fields: Any) -> None:
        """Write a note; a failure is logged, nothing more."""
        if self._file is None:
            return
        try:
            self._file.append(do, *author, **fields)
        except SessionError as error:
            log.warning("%s", error)
        if not self._making:  # else the file may hold an entry that the state lacks
            self._turn()

    def film(self, filmed: dict[str, float], do: str, author: Author, **fields: Any) -> None:
        """Note a movement while a recording is on, at most once in FILM; ``filmed`` holds the time of each kind."""
        now = time.monotonic()
        if self.recording and now - filmed.get(do, 0.0) >= FILM:
            filmed[do] = now
            self.note(do, author, **fields)

    def close(self) -> None:
        """Close the log."""
        if self._file is not None:
            self._file.close()

    def _turn(self) -> None:
        """Begin another file when this one is full; after a failure it is tried again with the next line."""
        if self._file is not None and self._file.full:
            with contextlib.suppress(SessionError):
                self.begin()

    async def _settle(self, file: Log) -> None:
        try:
            await file.settle()
        except SessionError:
            self.begin()  # the line may be on the disk: a new checkpoint supersedes it
            raise
