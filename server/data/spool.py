"""Spool: bodies of downloads, written once to unnamed files and read by many requests in any range.

A body of any size costs no memory: a thread writes it to disk piece by piece, and each request reads behind the writer.
The file stays while there is room, so an interrupted download resumes, and a reader of Parquet may ask for the index
first. The files have no name, so they vanish with the process, however it ends.

Rejected: making the pieces anew for every range. It needs no disk, but the first byte of a range, and the length that
every range must state, then cost as much as the whole body.
"""

import asyncio
import contextlib
import os
import shutil
import tempfile
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import IO, TypeAlias, TypeVar

T = TypeVar("T")

Write: TypeAlias = Callable[[IO[bytes]], Iterator[float]]
"""Writes a body a piece at a time; yields the share that is written."""

MOST_BYTES = 16 << 30
"""Bytes of all bodies that are kept."""

MOST_BODIES = 64
"""Bodies that are kept."""

MOST_WRITING = 8
"""Bodies that are written at the same time."""

LEAST_FREE = 1 << 30
"""Bytes of the disk that are left free."""

READ = 256 << 10
"""Bytes that are read, and handed to the network, at a time."""

_FOLDER = os.environ.get("TMPDIR") or ("/var/tmp" if os.access("/var/tmp", os.W_OK) else None)
"""Where bodies lie: /var/tmp is on a disk where /tmp is memory."""


class NoRoomError(Exception):
    """A body cannot be kept now; the message is for the user."""


class TooLargeError(Exception):
    """A body can never be kept; the message is for the user."""


class Body:
    """One body: the bytes written, whether it is complete, or the error that ended it."""

    def __init__(self) -> None:
        # Not a context: it lives as long as a request may read it.
        self.file = tempfile.TemporaryFile(dir=_FOLDER)  # noqa: SIM115
        self.written = 0
        self.expected = 0
        self.whole = False
        self.error: Exception | None = None
        self.readers = 0
        self._grown = asyncio.Event()

    @property
    def size(self) -> int:
        """Bytes that it has, or is going to have."""
        return self.written if self.whole else max(self.written, self.expected)

    def grow(self, share: float) -> None:
        """A piece was written."""
        self.file.flush()
        self.written = self.file.tell()
        self.expected = int(self.written / max(share, 1e-9))
        self.whole = share == 1.0
        self.wake()

    def wake(self) -> None:
        """Wake the waiting readers."""
        self._grown.set()
        self._grown = asyncio.Event()

    async def reach(self, offset: int) -> None:
        """Wait until more than ``offset`` bytes are written, or all are. Raises the error of the writer."""
        while self.written <= offset and not self.whole:
            if self.error is not None:
                raise self.error
            await self._grown.wait()

    async def finished(self) -> None:
        """Wait until the body is complete. Raises the error of the writer."""
        while not self.whole:
            await self.reach(self.written)

    async def read(self, start: int, stop: int | None) -> AsyncIterator[bytes]:
        """The bytes from ``start`` to ``stop``, or to the end, as they are written."""
        while stop is None or start < stop:
            await self.reach(start)
            end = self.written if stop is None else min(stop, self.written)
            if start >= end:
                return
            data = os.pread(self.file.fileno(), min(READ, end - start), start)
            start += len(data)
            yield data


class Exports:
    """The bodies that are kept, the least recently read first, and the threads that write them."""

    def __init__(self) -> None:
        self._bodies: OrderedDict[str, Body] = OrderedDict()
        self._writing: set[asyncio.Task[None]] = set()
        # Two threads, so that a page of a table never waits behind a body of gigabytes.
        self._pages = ThreadPoolExecutor(1, thread_name_prefix="pages")
        self._long = ThreadPoolExecutor(1, thread_name_prefix="exports")

    async def call(self, work: Callable[[], T], quick: bool) -> T:
        """Do something in the thread for pages or in that for long bodies."""
        return await asyncio.get_running_loop().run_in_executor(self._pages if quick else self._long, work)

    @asynccontextmanager
    async def body(self, key: str, write: Callable[[], Write], quick: bool) -> AsyncIterator[Body]:
        """The body of a key, begun if it is not there, and kept at least as long as it is read.

        ``quick`` says that it is one piece. Raises NoRoomError when too many are written already.
        """
        body = self._bodies.get(key)
        if body is None:
            if len(self._writing) >= MOST_WRITING:
                raise NoRoomError(f"expected at most {MOST_WRITING} downloads to be prepared at once: try again soon")
            body = self._bodies[key] = Body()
            task = asyncio.create_task(self._fill(key, body, write(), quick))
            self._writing.add(task)
            task.add_done_callback(self._writing.discard)
        self._bodies.move_to_end(key)
        body.readers += 1
        try:
            yield body
        finally:
            body.readers -= 1
            if body.error is not None and not body.readers:
                body.file.close()

    async def close(self) -> None:
        """Stop writing and let everything go."""
        for task in list(self._writing):
            task.cancel()
        await asyncio.gather(*self._writing, return_exceptions=True)
        for pool in (self._pages, self._long):
            pool.shutdown(cancel_futures=True)
        for body in self._bodies.values():
            body.file.close()
        self._bodies.clear()

    async def _fill(self, key: str, body: Body, write: Write, quick: bool) -> None:
        pieces = write(body.file)
        try:
            while not body.whole:
                share = await self.call(lambda: next(pieces), quick)
                body.grow(share)
                self._make_room(body)
        except asyncio.CancelledError:
            body.error = NoRoomError("expected the download to be prepared, but the server ends")
            raise
        except OSError as error:
            body.error = NoRoomError(f"expected to keep the download on disk while it is read, got: {error.strerror}")
        except Exception as error:  # noqa: BLE001  any error is passed to the waiting readers
            body.error = error
        finally:
            if body.error is not None:
                self._bodies.pop(key, None)
                with contextlib.suppress(ValueError):  # a thread may still be in it
                    pieces.close()  # type: ignore[attr-defined]
                if not body.readers:
                    body.file.close()
            body.wake()

    def _make_room(self, body: Body) -> None:
        """Let old bodies go that nobody reads. Raises NoRoomError or TooLargeError when this one does not fit."""
        if body.size > MOST_BYTES:
            raise TooLargeError(f"expected a download of at most {MOST_BYTES >> 30} GiB, got one of about "
                                f"{body.size / 2**30:.0f} GiB: ask for parts with offset and limit, or for fewer "
                                "columns")  # fmt: skip
        idle = [key for key, each in self._bodies.items() if each.whole and not each.readers and each is not body]
        total = sum(each.size for each in self._bodies.values())
        while idle and (total > MOST_BYTES or len(self._bodies) > MOST_BODIES or self._short(body)):
            old = self._bodies.pop(idle.pop(0))
            total -= old.size
            old.file.close()
        if total > MOST_BYTES or self._short(body):
            raise NoRoomError("expected room on the disk for this download, and others take it now: try again later, "
                              "or ask for a part with offset and limit")  # fmt: skip

    @staticmethod
    def _short(body: Body) -> bool:
        return shutil.disk_usage(_FOLDER or tempfile.gettempdir()).free - (body.size - body.written) < LEAST_FREE
