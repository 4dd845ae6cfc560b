"""Bodies written once and read by many: behind the writer, in parts, with a bound on what is kept."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from typing import IO

import pytest

from server.data import spool
from server.data.spool import Exports, NoRoomError, TooLargeError, Write


@pytest.fixture
async def exports() -> AsyncIterator[Exports]:
    one = Exports()
    yield one
    await one.close()


def pieces(*parts: bytes, after: threading.Event | None = None) -> Write:
    """Writes parts; the second waits for an event."""

    def write(file: IO[bytes]) -> Iterator[float]:
        for number, part in enumerate(parts, 1):
            if number == 2 and after is not None:
                after.wait(10)
            file.write(part)
            yield number / len(parts)

    return write


async def whole(exports: Exports, key: str, write: Write) -> bytes:
    async with exports.body(key, lambda: write, quick=True) as body:
        return b"".join([each async for each in body.read(0, None)])


async def test_a_reader_follows_the_writer(exports: Exports) -> None:
    go = threading.Event()
    async with exports.body("a", lambda: pieces(b"one", b"two", after=go), quick=False) as body:
        reading = body.read(0, None)
        assert await anext(reading) == b"one"
        assert not body.whole
        go.set()
        assert [each async for each in reading] == [b"two"]
        assert body.whole
        assert b"".join([each async for each in body.read(2, 5)]) == b"etw"


async def test_a_body_is_written_once(exports: Exports) -> None:
    assert await whole(exports, "a", pieces(b"one")) == b"one"
    assert await whole(exports, "a", pieces(b"other")) == b"one"


async def test_long_bodies_do_not_hold_up_pages(exports: Exports) -> None:
    go = threading.Event()
    async with exports.body("long", lambda: pieces(b"", b"", after=go), quick=False) as body:
        assert await whole(exports, "page", pieces(b"page")) == b"page"
        assert not body.whole
        go.set()
        await body.finished()


async def test_an_error_of_the_writer_reaches_all_readers(exports: Exports) -> None:
    def broken(file: IO[bytes]) -> Iterator[float]:
        file.write(b"x")
        yield 0.5
        raise OSError(28, "No space left on device")

    async def ask() -> None:
        async with exports.body("a", lambda: broken, quick=True) as body:
            await body.finished()

    for found in await asyncio.gather(ask(), ask(), return_exceptions=True):
        assert isinstance(found, NoRoomError)
        assert "No space left on device" in str(found)
    assert await whole(exports, "a", pieces(b"again")) == b"again"


async def test_old_bodies_make_room(exports: Exports, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "MOST_BYTES", 100)
    async with exports.body("read", lambda: pieces(b"r" * 40), quick=True) as body:
        await body.finished()
        for key in "abc":
            await whole(exports, key, pieces(b"x" * 40))
        assert await whole(exports, "read", pieces(b"other")) == b"r" * 40  # kept, since it is being read
        assert await whole(exports, "c", pieces(b"other")) == b"x" * 40
        assert await whole(exports, "a", pieces(b"a new one")) == b"a new one"
        with pytest.raises(NoRoomError, match="others take it now"):
            await whole(exports, "d", pieces(*[b"x" * 10] * 9))
        with pytest.raises(TooLargeError, match="ask for parts with offset and limit"):
            await whole(exports, "e", pieces(*[b"x" * 20] * 9))


async def test_the_disk_is_left_to_others(exports: Exports, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "LEAST_FREE", 1 << 60)
    with pytest.raises(NoRoomError, match="room on the disk"):
        await whole(exports, "a", pieces(b"x", b"y"))


async def test_no_more_than_a_few_are_written_at_once(exports: Exports, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "MOST_WRITING", 1)
    go = threading.Event()
    async with exports.body("a", lambda: pieces(b"", b"", after=go), quick=False):
        with pytest.raises(NoRoomError, match="at most 1 downloads"):
            await whole(exports, "b", pieces(b"x"))
        go.set()


async def test_the_end_does_not_wait_for_readers() -> None:
    one, go = Exports(), threading.Event()
    async with one.body("a", lambda: pieces(b"x", b"y", after=go), quick=False) as body:
        await body.reach(0)
        closing = asyncio.create_task(one.close())
        with pytest.raises(NoRoomError, match="the server ends"):
            await body.finished()
        go.set()
        await closing
