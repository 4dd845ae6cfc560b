"""Beginning: what a session starts from, new or as its log has it."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from murmuration.errors import MurmurationError, SessionError
from murmuration.table import CurveTable
from server import describe, replay
from server.compute import Compute, Picture, View
from server.log import Log
from server.shared import Shared

MOST_BESIDE = 9
"""Sessions of one data set that may be open at once without a folder being named."""


@dataclass(frozen=True)
class Beginning:
    """people: the id of the next new person.  log: None for a session that keeps none.

    about: what the log says of the data and of what was asked for, in every file's first line.
    """

    shared: Shared = field(default_factory=Shared)
    people: int = 1
    log: Log | None = None
    about: Mapping[str, Any] = field(default_factory=dict)


NEW = Beginning()
"""A session without a past, and without a log."""


def begin(folder: Path | None, compute: Compute, asked: View) -> tuple[Beginning, Picture]:
    """A session as the log in ``folder`` left it, or a new one, and what its first pane shows.

    That is what it showed at the end, unless the server was started with another view then: whoever asks for something
    else gets it. Versions and epochs are higher than any before, so nothing old is ever taken for new. Raises
    SessionError for a log that is in use, damaged, or of other data, and what a view can raise that cannot be made.
    """
    if folder is None:
        return NEW, compute.picture_now(asked)
    log = Log(folder)
    try:
        beginning, view = _read(log, compute.table, asked)
        try:
            return beginning, compute.picture_now(view)
        except MurmurationError:
            if view == asked:
                raise
            return beginning, compute.picture_now(asked)  # fewer primes than then, say
    except BaseException:
        log.close()
        raise


def _read(log: Log, table: CurveTable, asked: View) -> tuple[Beginning, View]:
    about = {"data": {"name": table.name, "rows": len(table), "digest": digest(table)}, "asked": describe.view(asked)}
    lines = log.read()
    if not lines:
        return Beginning(log=log, about=about), asked
    first = lines[0]
    if first.get("data") != about["data"]:
        raise SessionError(f"{log.folder}: expected the session of {table.name} ({len(table):,} curves), got that of "
                           f"other curves ({first.get('data')}): choose another folder with --session")  # fmt: skip
    shared = replay.replay(lines)
    people = max([first.get("next", 1), *(line["who"] + 1 for line in lines)])
    again = 0 in shared.panes and first.get("asked") == about["asked"]
    shared = replace(shared, version=shared.version + 1, naming=shared.naming + 1)
    return Beginning(shared, people, log, about), shared.panes[0].view if again else asked


def usual(state: Path, table: CurveTable) -> Path:
    """Where the session of a data set is kept when no folder is named: the first of its folders that is not in use."""
    stem = re.sub("[^0-9A-Za-z]+", "-", table.name).strip("-")[:40] or "curves"
    base = state / "sessions" / f"{stem}-{digest(table)[:12]}"
    for number in range(1, MOST_BESIDE + 1):
        folder = base if number == 1 else base.with_name(f"{base.name}-{number}")
        try:
            Log(folder).close()
        except SessionError:
            if number == MOST_BESIDE:
                raise
            continue
        return folder
    raise AssertionError("unreachable")


def digest(table: CurveTable) -> str:
    """What tells data sets apart whose rows mean different curves: SHA-256 of c4 and c6, row by row."""
    found = hashlib.sha256()
    found.update(table.invariants.c4.tobytes())
    found.update(table.invariants.c6.tobytes())
    found.update(repr(sorted(table.invariants.large.items())).encode())
    return found.hexdigest()
