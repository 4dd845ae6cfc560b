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
"""Seconds of a task before the state is "busy"."""


class ComputeStatus:
    """The current state; ``tell`` is called with each new one."""

    def __init__(self, tell: Callable[[State], None]) -> None:
        self._device = self.state = COMPUTING
        self._failed: State | None = None
        self._announced: State | None = None
        self._long: dict[int, State] = {}
        self._works = 0
        self._tell = tell
        metrics.set_compute(self.state.compute)

    def announce(self, compute: Compute | None) -> None:
        """Show a state that was set by hand; None returns to the measured one."""
        self._announced = _announced(compute) if compute else None
        self._update()

    def fails(self, reason: str | None) -> None:
        """The data of the server are missing, for a reason; None: they are there again."""
        self._failed = State("failed", reason) if reason else None
        self._update()

    def computes(self, state: State) -> None:
        """Another device computes from now on."""
        self._device = state
        self._long.clear()  # a slow task may go on, but a change of the device is shown at once
        self._update()

    @asynccontextmanager
    async def working(self, text: str) -> AsyncIterator[None]:
        """A context for a task: the state is "busy" once it takes longer than PATIENCE."""
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
