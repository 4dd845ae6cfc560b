"""An ingest in a process of its own whose disk can be made to fail; imported once, then forked for each trial."""

import os
import socket
import time
from multiprocessing.connection import Connection
from pathlib import Path

import murmuration.ingest.warm  # noqa: F401 - what each trial would need a second for
from murmuration.errors import MurmurationError
from murmuration.ingest import ingest
from murmuration.ingest.engine import Function, Outcome, failure
from murmuration.ingest.task import Task
from tests.ingest.conftest import raw, source
from tests.store.faults import install

ROWS, CHUNK = 90, 30
TABLE = raw()[:ROWS]


class Inline:
    """An engine that works where it is asked, so that one process makes all the calls to the disk."""

    workers, restarts = 1, 0

    def __init__(self) -> None:
        self._ended: list[Outcome] = []

    def __enter__(self) -> "Inline":
        return self

    def __exit__(self, *_: object) -> None:
        return

    def submit(self, function: Function, task: Task, seconds: float) -> None:  # noqa: ARG002 - nothing waits here
        """See Engine."""
        try:
            self._ended.append(Outcome(task, function(task)))
        except Exception as error:  # noqa: BLE001 - as the engines do
            self._ended.append(Outcome(task, failure(error)))

    def wait(self, seconds: float) -> list[Outcome]:  # noqa: ARG002
        """See Engine."""
        ended, self._ended = self._ended, []
        return ended


def fail(folder: Path, pipe: Connection, channel: socket.socket) -> None:
    """One run while the supervisor at the other end of ``channel`` makes the disk fail; says how it ended."""
    install(channel.detach())
    pipe.send("ready")
    pipe.recv()
    try:
        last = list(ingest(source(TABLE, CHUNK), folder, Inline(), every=0))[-1]
        answer = ("done", str(last.rows_done))
    except MurmurationError as error:
        answer = ("refused", str(error))
    except BaseException as error:  # noqa: BLE001 - whatever else it is, the parent shall see it
        answer = (type(error).__name__, str(error))
    pipe.send(answer)
    time.sleep(60)


def finish(folder: Path, pipe: Connection) -> None:
    """The same run on a disk that is well."""
    last = list(ingest(source(TABLE, CHUNK), folder, Inline()))[-1]
    pipe.send((last.rows_done, last.rows_quarantined))
    os._exit(0)
