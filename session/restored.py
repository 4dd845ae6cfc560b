"""Restored: the state from which a session starts, empty or read from its log."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from murmuration.errors import MurmurationError, SessionError
from murmuration.table import CurveTable
from session import replay
from session.log import Log
from session.state import SessionState
from session.view import View, to_data

Made = TypeVar("Made")

MOST_BESIDE = 9
"""Sessions of one data set that may be open at once without a folder being named."""


@dataclass(frozen=True)
class Restored:
    """people: the id of the next new person.  log: None for a session without one.

    about: the data set and the view of the command line, as the first line of every file holds them.
    """

    state: SessionState = field(default_factory=SessionState)
    people: int = 1
    log: Log | None = None
    about: Mapping[str, Any] = field(default_factory=dict)


NEW = Restored()
"""A new session without a log."""


def restore(folder: Path | None, table: CurveTable, make: Callable[[View], Made], asked: View) -> tuple[Restored, Made]:
    """The session that the log in ``folder`` holds, or a new one, and ``make`` of the view of its first pane.

    The view is that of the log, unless the server was started with another one then: a changed command line takes
    precedence. Versions and epochs are higher than any before, so clients never take an old one for a new one. Raises
    SessionError for a log that is in use, damaged, or of other data, and the errors of ``make`` for ``asked``.
    """
    if folder is None:
        return NEW, make(asked)
    log = Log(folder)
    try:
        restored, view = _read(log, table, asked)
        try:
            return restored, make(view)
        except MurmurationError:
            if view == asked:
                raise
            return restored, make(asked)  # fewer primes than then, say
    except BaseException:
        log.close()
        raise


def _read(log: Log, table: CurveTable, asked: View) -> tuple[Restored, View]:
    about = {"data": {"name": table.name, "rows": len(table), "digest": table.digest}, "asked": to_data(asked)}
    lines = log.read()
    if not lines:
        return Restored(log=log, about=about), asked
    first = lines[0]
    if first.get("data") != about["data"]:
        raise SessionError(f"{log.folder}: expected the session of {table.name} ({len(table):,} curves), got that of "
                           f"other curves ({first.get('data')}): choose another folder with --session")  # fmt: skip
    state = replay.replay(lines)
    people = max([first.get("next", 1), *(line.get("who", 0) + 1 for line in lines)])
    again = 0 in state.panes and first.get("asked") == about["asked"]
    state = replace(state, version=state.version + 1, naming=state.naming + 1)
    return Restored(state, people, log, about), state.panes[0].view if again else asked


def usual(state: Path, table: CurveTable) -> Path:
    """Where the session of a data set is kept when no folder is named: the first of its folders that is not in use."""
    stem = re.sub("[^0-9A-Za-z]+", "-", table.name).strip("-")[:40] or "curves"
    base = state / "sessions" / f"{stem}-{table.digest[:12]}"
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
