"""Health: liveness and readiness for monitors and load balancers.

``/healthz`` answers while the process runs. ``/readyz`` answers 200 once the data are loaded, and 503 while they are
being read, after a disk failed, while the data are missing, and during shutdown. Both answer without a token, since
monitors have none, and reveal nothing about the data: the reason and the compute status need a token.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from aiohttp import web

from server.door.access import GRANT

PATHS = ("/healthz", "/readyz")
"""Paths that are answered without a token."""

Word = Literal["loading", "ready", "failed", "stopping"]

Part = Literal["log", "data"]
"""Parts that fail and recover independently: the session's log, and the files of the data set."""


@dataclass
class Health:
    """The state of the server in a word, and the reason in a sentence."""

    word: Word = "loading"
    reason: str = "The data are being read."
    _failures: dict[Part, str] = field(default_factory=dict)

    def ready(self, part: Part = "log") -> None:
        """A part works, or works again. Shutdown is final."""
        self._failures.pop(part, None)
        self._update()

    def fail(self, reason: str, part: Part = "log") -> None:
        """A part failed: a full disk, an I/O error, missing files. Answers go on; :meth:`ready` ends the failure."""
        self._failures[part] = reason
        self._update()

    def stop(self) -> None:
        """The server shuts down."""
        self.word, self.reason = "stopping", "The server was stopped."

    def _update(self) -> None:
        if self.word != "stopping":
            self.word = "failed" if self._failures else "ready"
            self.reason = " ".join(self._failures.values())


def add(app: web.Application, health: Health, compute: Callable[[], str]) -> None:
    """Let an application answer both paths; ``compute`` returns the compute status in a word."""

    async def alive(_request: web.Request) -> web.Response:
        return web.json_response({"state": "alive"}, headers={"Cache-Control": "no-store"})

    async def ready(request: web.Request) -> web.Response:
        said: dict[str, str] = {"state": health.word}
        if GRANT in request:
            said |= {"compute": compute(), "reason": health.reason}
        status = 200 if health.word == "ready" else 503
        return web.json_response(said, status=status, headers={"Cache-Control": "no-store"})

    app.router.add_get("/healthz", alive)
    app.router.add_get("/readyz", ready)
