"""Messages to and from a worker: a Task, and its Receipt or its Failure.

A worker answers for a whole chunk: one file with the rows that are good, and each other row by name. So a chunk is
either pending or settled, never half.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import pyarrow as pa

from murmuration.errors import StoreError

Work: TypeAlias = Callable[[pa.Table], pa.Table]
"""Raw rows to checked ones, as many and in the same order; must be picklable. Raises for rows it refuses."""


@dataclass(frozen=True)
class Limits:
    """Limits of a chunk: seconds of time, and bytes of memory on top of its process's own at the start."""

    seconds: float = 30.0
    memory: int = 2**30


@dataclass(frozen=True)
class File:
    """A written file of checked rows: its name in ``chunks/``, rows, SHA-256, size in bytes. No rows, no file."""

    name: str
    rows: int
    sha256: str
    size: int


NOTHING = File("", 0, "", 0)


@dataclass(frozen=True)
class Bad:
    """A record that is not let in.

    offset: its row number in the source.
    label:  its label, as text of a stranger.
    sha256: SHA-256 of ``record`` in UTF-8.
    cause:  its fault, in one line.
    code:   exit code of the process that died of it, negative for a signal; None where it only raised.
    signal: name of that signal.
    pid:    that process.
    record: its columns as a JSON object, raw; of a duplicate, which was good otherwise, as checked.
    """

    offset: int
    label: str
    sha256: str
    cause: str
    code: int | None
    signal: str | None
    pid: int | None
    record: str


@dataclass(frozen=True)
class Task:
    """Raw rows of one chunk with all that a worker on any machine needs.

    chunk:   number of the chunk.
    offsets: row number of each row in the source.
    raw:     the rows as an Arrow IPC stream.
    folder:  where to write; on a cluster a folder that all machines share.
    """

    chunk: int
    offsets: range | tuple[int, ...]
    raw: bytes
    folder: Path
    work: Work
    limits: Limits


@dataclass(frozen=True)
class Receipt:
    """A settled chunk: its file, its bad records, the process that did it, and how many died on the way."""

    chunk: int
    file: File
    bad: tuple[Bad, ...]
    pid: int
    deaths: int = 0


@dataclass(frozen=True)
class Failure:
    """A task that came to nothing: why, with the exit code and PID of the process where they are known.

    ``fatal`` is a fault that no record caused, such as a full disk: the run ends with it.
    """

    cause: str
    code: int | None = None
    pid: int | None = None
    fatal: StoreError | None = None
