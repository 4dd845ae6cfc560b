"""Compute status: the device that computes and its load, as every client is told.

The first of these that holds is shown: the data are missing; an announcement by hand; a slow task; the device.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from server import metrics
from streaming.messages import Compute, State

COMPUTING = State("cpu", "Computing on the CPU.")
"""The state of a server without a GPU."""

PATIENCE = 0.3
"""Seconds that work may take before the server calls itself busy."""


class ComputeStatus:
    """The state now; ``tell`` is called with every other one."""

    def __init__(self, tell: Callable[[State], None]) -> None:
        self._device = self.state = COMPUTING
        self._failed: State | None = None
        self._announced: State | None = None
        self._long: dict[int, State] = {}
        self._works = 0
        self._tell = tell
        metrics.set_compute(self.state.compute)

    def announce(self, compute: Compute | None) -> None:
        """What somebody says, in place of what is so; None takes that back."""
        self._announced = _announced(compute) if compute else None
        self._update()

    def fails(self, reason: str | None) -> None:
        """The data of the server are missing, for a reason; None: they are there again."""
        self._failed = State("failed", reason) if reason else None
        self._update()

    def computes(self, state: State) -> None:
        """Another device computes from now on."""
        self._device = state
        self._long.clear()  # news: whatever takes long may go on, but this is heard at once
        self._update()

    @asynccontextmanager
    async def working(self, text: str) -> AsyncIterator[None]:
        """While this lasts longer than PATIENCE the server is busy."""
        self._works += 1
        work = self._works
        timer = asyncio.get_running_loop().call_later(PATIENCE, self._busy, work, text)
        try:
            yield
        finally:
            timer.cancel()
            self._long.pop(work, None)
            self._update()

    def _busy(self, work: int, text: str) -> None:
        self._long[work] = State("busy", text)
        self._update()

    def _update(self) -> None:
        now = self._failed or self._announced or next(iter(self._long.values()), self._device)
        if now != self.state:
            self.state = now
            metrics.set_compute(now.compute)
            self._tell(now)


def _announced(compute: Compute) -> State:
    return State(compute, f"Set to {compute} by hand; `devshell vr state auto` takes it back.")
