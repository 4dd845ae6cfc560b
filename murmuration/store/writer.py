"""The writer's note: the process that is committing, and whether the previous commit was completed.

A file ``writer-*.json`` exists from before the first file of a commit until after its row is committed. Another process
can thus name the writer it waits for, and a writer that finds a note knows that an earlier one died or failed, possibly
leaving files that no snapshot holds. Looking through all files at every commit instead takes a time that grows with the
number of snapshots. Each commit has a note of its own, since a writer removes it after it has released the lock.
"""

import os
import uuid
from contextlib import suppress
from pathlib import Path

from murmuration import holder
from murmuration.durable import sync_folder

_NAMES = "writer-*.json"


def begin(folder: Path) -> Path:
    """Write the note of a commit by this process; it is durable when this returns."""
    note = folder / _NAMES.replace("*", uuid.uuid4().hex)
    with note.open("x", encoding="utf-8") as file:
        file.write(holder.note())
        file.flush()
        os.fsync(file.fileno())
    sync_folder(folder)
    return note


def end(note: Path) -> None:
    """Remove a note. If that fails, the next commit looks for stray files and finds none."""
    with suppress(OSError):
        note.unlink()


def left(folder: Path) -> list[Path]:
    """The notes there. With the lock held, each is of a commit that was not completed or has just been."""
    return list(folder.glob(_NAMES))


def current(folder: Path) -> str:
    """The writer in words, for an error message."""
    try:
        newest = max(left(folder), key=lambda note: note.stat().st_mtime_ns)
        return holder.told(newest.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return holder.told("")
