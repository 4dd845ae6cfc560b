"""Progress of a long run: bars on a terminal, or one JSON object a line for other programs."""

import json
import sys
import time
from types import TracebackType
from typing import Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from devshell.console import console
from murmuration.errors import MurmurationError
from murmuration.ingest import Progress as IngestProgress
from murmuration.ingest import Summary

_EVERY = 0.5
"""Seconds between two JSON lines."""


class Reporter:
    """Shows the progress of :func:`murmuration.build.build`: rows checked, in quarantine and pending, then traces."""

    def __init__(self, as_json: bool) -> None:
        self._json = as_json
        self._last: dict[str, Any] = {"rows_total": 0, "rows_done": 0, "rows_quarantined": 0}
        self._said = 0.0
        columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
        self._bars = Progress(*columns, console=console, transient=True, disable=as_json or not sys.stderr.isatty())
        self._tasks = {name: self._bars.add_task(name, total=None, visible=False) for name in ("ingest", "traces")}

    def __enter__(self) -> "Reporter":
        self._bars.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._bars.stop()
        if isinstance(error, MurmurationError) and self._json:
            self.finish("refused", {"classes": 0, "reason": str(error)})

    def ingest(self, progress: IngestProgress) -> None:
        """Report the state of the ingest."""
        self._last = progress.to_dict()
        text = f"ingest, {progress.rows_per_second:,.0f} rows/s"
        if progress.rows_quarantined or progress.restarts:
            text += f", {progress.rows_quarantined:,} in quarantine, {progress.restarts:,} restarts"
        settled = progress.rows_done + progress.rows_quarantined
        self._bars.update(
            self._tasks["ingest"], total=progress.rows_total, completed=settled, description=text, visible=True
        )
        self._say({"stage": "ingest", **self._last})

    def settled(self, told: Summary) -> None:
        """The figures of an ingest that is finished, now or by an earlier run."""
        self._last |= {"rows_total": told.rows_total, "rows_done": told.rows_done,
                       "rows_quarantined": told.rows_quarantined}  # fmt: skip

    def traces(self, done: int, total: int) -> None:
        """Report the number of rows traced and written."""
        self._bars.update(self._tasks["traces"], total=total, completed=done, visible=True)
        self._say({"stage": "traces", **self._last, "rows_traced": done})

    def finish(self, stage: str, result: dict[str, Any]) -> None:
        """The last line, at once."""
        self._said = 0.0
        self._say({"stage": stage, **self._last, **result})

    def _say(self, line: dict[str, Any]) -> None:
        now = time.monotonic()
        if self._json and now - self._said >= _EVERY:
            self._said = now
            print(json.dumps(line), flush=True)
