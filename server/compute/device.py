"""Device: the GPU, in a child process that may die.

A fatal CUDA error takes its process along, so the server never touches the GPU itself: a child does, which is sent
traces part by part and answers with their products. When it dies, in the middle of an answer or not, whoever waits
computes on the CPU at once, everybody is told, and another child is started, later each time it dies soon.

The child holds no data, so there is nothing to restore, and no answer is used that did not come whole. It is a plain
subprocess with a socket: multiprocessing would import the command line in it, and fork a GPU's context.

Run as ``python -m server.compute.device KIND DESCRIPTOR``, this module is the child. KIND is "gpu", or "process" for a
child that computes on the CPU, which shows the same behaviour on a machine without a GPU.
"""

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Literal

import numpy as np

from murmuration.projection import products
from murmuration.traces import TraceParts, Traces, backend
from murmuration.types import Floats, Int64s
from streaming.messages import State

Kind = Literal["gpu", "process"]

FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0
"""Seconds until a child that died is started again: doubled each time it dies within LONGEST_WAIT."""


class DeviceLostError(Exception):
    """There is no child now, or it died before its answer was whole. Whoever asked computes on the CPU."""


class Device:
    """The child, as the server sees it. ``tell`` hears what computes, whenever that changes."""

    def __init__(self, kind: Kind) -> None:
        self._kind = kind
        self._child: asyncio.subprocess.Process | None = None
        self._connection: Connection | None = None
        self._asking = threading.Lock()

    async def run(self, tell: Callable[[State], None]) -> None:
        """Keep a child alive until cancelled, or until it says that this machine has no GPU."""
        wait = FIRST_WAIT
        try:
            while True:
                began = time.monotonic()
                name = await self._begin()
                if name == "":
                    return
                if name is not None:
                    tell(State("gpu" if self._kind == "gpu" else "cpu", f"Computing on {name}."))
                    await self._died()
                    tell(State("cpu", f"{name} was lost. Computing on the CPU until it is back."))
                await self._end()
                wait = FIRST_WAIT if time.monotonic() - began > LONGEST_WAIT else wait
                await asyncio.sleep(wait)
                wait = min(2 * wait, LONGEST_WAIT)
        finally:
            await self._end()

    def products(self, traces: TraceParts, rows: Int64s) -> tuple[Floats, Floats]:
        """What :func:`murmuration.projection.products` gives, by the child, in this thread; the very same numbers.

        Raises DeviceLostError when there is no child, or it dies meanwhile.
        """
        connection = self._connection
        if connection is None:
            raise DeviceLostError
        with self._asking:
            try:
                connection.send(traces.primes)
                for _, part in traces.parts(rows):
                    connection.send(part)
                connection.send(None)
                total, gram = connection.recv()
            except BaseException as error:
                connection.close()  # half a question may be there: the child ends, and another one begins
                if isinstance(error, (OSError, EOFError)):
                    raise DeviceLostError from error
                raise
        return total, gram

    async def _begin(self) -> str | None:
        """Start a child; what it computes on, "" when this machine has no GPU, None when it died at once."""
        ours, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-m", "server.compute.device", self._kind, str(theirs.fileno())]
            # A session of its own: Ctrl-C is for the server, which lets the child go.
            self._child = await asyncio.create_subprocess_exec(
                *command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, start_new_session=True
            )
        connection = Connection(ours.detach())
        try:
            name: str = await asyncio.to_thread(connection.recv)
        except (OSError, EOFError):
            connection.close()
            return None
        self._connection = connection
        return name

    async def _died(self) -> None:
        assert self._child is not None
        await self._child.wait()

    async def _end(self) -> None:
        """Let the child go. Whoever waits for it hears that it is lost."""
        connection, self._connection = self._connection, None
        if self._child is not None:
            with contextlib.suppress(ProcessLookupError):
                self._child.kill()
            await self._child.wait()
        if connection is not None:
            await asyncio.to_thread(self._close, connection)

    def _close(self, connection: Connection) -> None:
        with self._asking:  # not under the hands of a thread that is about to hear of the end
            connection.close()


# ---- the child -------------------------------------------------------------------------------------------------------


def main(kind: str, descriptor: int) -> None:
    """Answer until the server is gone."""
    connection = Connection(descriptor)
    if kind == "gpu" and not backend.available():
        connection.send("")
        return
    connection.send(f"the GPU ({backend.name()})" if kind == "gpu" else f"the CPU, in process {os.getpid()}")
    with contextlib.suppress(EOFError, ConnectionError):
        while True:
            _answer(connection, kind)


def _answer(connection: Connection, kind: str) -> None:
    primes = connection.recv()
    gram = backend.Products(primes) if kind == "gpu" else None
    total, products_ = np.zeros(len(primes)), np.zeros((len(primes), len(primes)))
    while (values := connection.recv()) is not None:
        if gram is not None:
            gram.add(values)
        else:
            more, multiplied = products(Traces(primes, values), np.arange(len(values)))
            total += more
            products_ += multiplied
    connection.send(gram.result() if gram is not None else (total, products_))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
