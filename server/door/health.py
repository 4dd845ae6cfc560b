"""Health: whether the server is alive, and whether it is ready, for those who watch over it.

``/healthz`` says that the process answers, and nothing else. ``/readyz`` says with its status whether to send people
here: 200 when the data are there, 503 while they are read, after a disk has failed, and when the server ends. Both
answer without a token, since what watches over a server has none, and both say nothing about the data; why something
is not ready, and how the server computes, is for those who show one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from aiohttp import web

from server.door.access import SCOPE

PATHS = ("/healthz", "/readyz")
"""What is answered without a token."""

Word = Literal["loading", "ready", "failed", "stopping"]


@dataclass
class Health:
    """How the server is, in a word, with the reason in a sentence."""

    word: Word = "loading"
    reason: str = "The data are being read."

    def ready(self) -> None:
        """The data are there; also when what had failed works again. Nothing undoes the end."""
        self._become("ready", "")

    def fail(self, reason: str) -> None:
        """What must be kept cannot be: a full disk, an I/O error. Answers go on, and :meth:`ready` takes it back."""
        self._become("failed", reason)

    def stop(self) -> None:
        """The server ends."""
        self._become("stopping", "The server was stopped.")

    def _become(self, word: Word, reason: str) -> None:
        if self.word != "stopping":
            self.word, self.reason = word, reason


def add(app: web.Application, health: Health, compute: Callable[[], str]) -> None:
    """Let an application answer both paths; ``compute`` says in a word how it computes."""

    async def alive(_request: web.Request) -> web.Response:
        return web.json_response({"state": "alive"}, headers={"Cache-Control": "no-store"})

    async def ready(request: web.Request) -> web.Response:
        said: dict[str, str] = {"state": health.word}
        if SCOPE in request:
            said |= {"compute": compute(), "reason": health.reason}
        status = 200 if health.word == "ready" else 503
        return web.json_response(said, status=status, headers={"Cache-Control": "no-store"})

    app.router.add_get("/healthz", alive)
    app.router.add_get("/readyz", ready)
