import asyncio
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from murmuration.errors import MessageError
from streaming.outbox import MOST_TEXTS, Outbox


def frame(name: str, size: int = 10) -> Callable[[int], bytes]:
    return lambda seq: f"{seq}:{name}".encode().ljust(size, b".")


async def taken(outbox: Outbox) -> str | None:
    """What leaves next, or None when nothing may."""
    try:
        message = await asyncio.wait_for(outbox.take(), 0.02)
    except TimeoutError:
        return None
    return message if isinstance(message, str) else message.decode().rstrip(".")


async def test_texts_first_then_frames_by_priority_then_by_age() -> None:
    outbox = Outbox()
    outbox.frame("c", 2, frame("c"))
    outbox.frame("b", 1, frame("b"))
    outbox.frame("d", 2, frame("d"))
    outbox.text("t", "hello")
    assert [await taken(outbox) for _ in range(5)] == ["hello", "1:b", "2:c", "3:d", None]


async def test_the_newest_of_a_key_wins() -> None:
    outbox = Outbox()
    outbox.text("state", "old")
    outbox.text("state", "new")
    outbox.frame("mask", 0, frame("old"))
    outbox.frame("mask", 0, frame("new"))
    assert [await taken(outbox) for _ in range(3)] == ["new", "1:new", None]


async def test_frames_wait_for_credit_and_texts_do_not() -> None:
    outbox = Outbox(window=25)
    for name in "abcd":
        outbox.frame(name, 0, frame(name))
    assert [await taken(outbox) for _ in range(4)] == ["1:a", "2:b", "3:c", None]
    assert outbox.in_flight == 30
    outbox.text("t", "hello")
    assert await taken(outbox) == "hello"
    outbox.ack(2)
    assert await taken(outbox) == "4:d"
    outbox.ack(4)
    assert outbox.in_flight == 0


async def test_a_frame_larger_than_the_window_still_leaves() -> None:
    outbox = Outbox(window=5)
    outbox.frame("a", 0, frame("a", size=1000))
    assert await taken(outbox) == "1:a"


async def test_what_waits_is_encoded_only_when_it_leaves() -> None:
    outbox, built = Outbox(), []
    outbox.frame("a", 0, lambda seq: built.append(seq) or b"x")  # type: ignore[func-returns-value]
    outbox.forget_frames()
    assert await taken(outbox) is None
    assert built == []


@pytest.mark.parametrize("seq", [0, -1, 2])
async def test_an_ack_of_what_was_never_sent_is_refused(seq: int) -> None:
    outbox = Outbox()
    outbox.frame("a", 0, frame("a"))
    await taken(outbox)
    with pytest.raises(MessageError, match="between 1 and 1"):
        outbox.ack(seq)


async def test_a_client_that_does_not_read_is_not_read_either() -> None:
    outbox = Outbox()
    for k in range(MOST_TEXTS):
        outbox.text(k, "x")
    room = asyncio.create_task(outbox.room())
    await asyncio.sleep(0.01)
    assert not room.done()
    await taken(outbox)
    await asyncio.wait_for(room, 1)


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 3), st.integers(1, 40)), max_size=30), st.integers(1, 60)
)
def test_every_key_leaves_once_and_the_window_holds(puts: list[tuple[str, int, int]], window: int) -> None:
    async def run() -> None:
        outbox = Outbox(window)
        for key, priority, size in puts:
            outbox.frame(key, priority, lambda seq, size=size: bytes(size))  # type: ignore[misc]
        largest, keys, sent = max([size for _, _, size in puts], default=0), {key for key, _, _ in puts}, 0
        while sent < len(keys):
            await asyncio.wait_for(outbox.take(), 1)
            sent += 1
            assert outbox.in_flight < window + largest
            outbox.ack(sent)
        assert outbox.in_flight == 0

    asyncio.run(run())
