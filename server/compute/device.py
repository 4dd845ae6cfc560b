"""Device: the GPU, in a child process that may die.

A fatal CUDA error ends its process, so the server never uses the GPU itself: a child does. It receives a computation
and its parts as an Arrow stream and answers with the result (:mod:`murmuration.computation.stream`). When it dies, the
caller computes on the CPU at once, every client is told, and another child is started, with a growing delay if children
die soon after their start.

The child holds no data, so there is nothing to restore, and only complete answers are used. It is a plain subprocess
with a socket: multiprocessing would import the command line in it, and fork a GPU's context.

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
from collections.abc import Callable, Iterator
from typing import IO, Literal, cast

import numpy as np
import pyarrow as pa

from murmuration.computation import Arrays, Fold, Parameters, batches_of, begin, stream
from murmuration.traces import TraceParts, backend
from murmuration.types import Floats, Int64s
from streaming.messages import State

Kind = Literal["gpu", "process"]

FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0
"""Seconds until a child that died is started again: doubled each time it dies within LONGEST_WAIT."""


class DeviceLostError(Exception):
    """There is no child now, or it died before its answer was complete. The caller computes on the CPU."""


class Device:
    """The child, as the server sees it."""

    def __init__(self, kind: Kind) -> None:
        self._kind = kind
        self._child: asyncio.subprocess.Process | None = None
        self._pipe: IO[bytes] | None = None
        self._asking = threading.Lock()

    async def run(self, tell: Callable[[State], None]) -> None:
        """Keep a child alive until cancelled, or until it reports that this machine has no GPU.

        ``tell`` is called whenever another device computes.
        """
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
        """The result of :func:`murmuration.projection.products`, from the child, in this thread; the same numbers.

        Raises DeviceLostError as :meth:`fold`.
        """
        found = self.fold("gram", {"primes": len(traces.primes)}, batches_of(traces, rows))
        return found["total"].astype(np.float64), found["gram"].astype(np.float64)

    def fold(self, name: str, parameters: Parameters, parts: Iterator[pa.RecordBatch]) -> Arrays:
        """Run a computation over some parts, at least one, in the child; called in a thread.

        Raises DeviceLostError if there is no child, or it dies meanwhile.
        """
        pipe = self._pipe
        if pipe is None:
            raise DeviceLostError
        with self._asking:
            try:
                stream.ask(pipe, name, parameters, parts)
                return stream.arrays_of(pipe)
            except BaseException as error:
                _shut(pipe)  # half a request may have been sent: the child ends, and another one is started
                if isinstance(error, (OSError, EOFError, ValueError, pa.ArrowException)):
                    raise DeviceLostError from error
                raise

    async def _begin(self) -> str | None:
        """Start a child; the name of its device, "" if this machine has no GPU, None if it died at once."""
        ours, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-m", "server.compute.device", self._kind, str(theirs.fileno())]
            # A session of its own: Ctrl-C is for the server, which lets the child go.
            self._child = await asyncio.create_subprocess_exec(
                *command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, start_new_session=True
            )
        pipe = _file(ours)
        line = await asyncio.to_thread(pipe.readline)
        if not line.endswith(b"\n"):
            _shut(pipe)
            return None
        self._pipe = pipe
        return line.decode().strip()

    async def _died(self) -> None:
        assert self._child is not None
        await self._child.wait()

    async def _end(self) -> None:
        """End the child. A caller that waits for it gets DeviceLostError."""
        pipe, self._pipe = self._pipe, None
        if self._child is not None:
            with contextlib.suppress(ProcessLookupError):
                self._child.kill()
            await self._child.wait()
        if pipe is not None:
            await asyncio.to_thread(self._close, pipe)

    def _close(self, pipe: IO[bytes]) -> None:
        with self._asking:  # after the thread that uses it has seen the end
            _shut(pipe)


def _file(end: socket.socket) -> IO[bytes]:
    """A socket as a file to read and write."""
    with end:
        return cast(IO[bytes], end.makefile("rwb"))


def _shut(pipe: IO[bytes]) -> None:
    with contextlib.suppress(OSError):  # of bytes that can no longer be written
        pipe.close()


# ---- the child -------------------------------------------------------------------------------------------------------


def main(kind: str, descriptor: int) -> None:
    """Answer until the server is gone."""
    pipe = _file(socket.socket(fileno=descriptor))
    gpu = kind == "gpu"
    if gpu and not backend.available():
        name = ""
    else:
        name = f"the GPU ({backend.name()})" if gpu else f"the CPU, in process {os.getpid()}"
    pipe.write(f"{name}\n".encode())
    pipe.flush()
    if not name:
        return

    def started(name: str, parameters: Parameters) -> Fold:
        return begin(name, parameters, gpu)

    with contextlib.suppress(EOFError, ConnectionError):
        while stream.answer(pipe, pipe, started):
            pass


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
