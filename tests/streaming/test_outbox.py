import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streaming import credit
from streaming.credit import FIRST
from streaming.outbox import MOST_TEXTS, Outbox


class Clock:
    """A clock that moves when told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def some(size: int = 10, clock: Clock | None = None) -> Outbox[str]:
    return Outbox(lambda key, seq: f"{seq}:{key}".encode().ljust(size, b"."), clock=clock or Clock())


async def taken(outbox: Outbox[str]) -> str | None:
    """What leaves next, or None when nothing may."""
    taking = asyncio.create_task(outbox.take())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    if not taking.done():
        taking.cancel()
        return None
    message = taking.result()
    return message if isinstance(message, str) else message.decode().rstrip(".")


async def test_texts_first_then_answers_then_the_earliest_deadline_then_age() -> None:
    outbox = some()
    outbox.frame("late", 2)
    outbox.frame("early", 1)
    outbox.frame("as late", 2)
    outbox.frame("answer", 9, answer=True)
    outbox.frame("sooner answer", 8, answer=True)
    outbox.text("t", "hello")
    wanted = ["hello", "1:sooner answer", "2:answer", "3:early", "4:late", "5:as late", None]
    assert [await taken(outbox) for _ in wanted] == wanted


async def test_the_newest_text_of_a_key_wins() -> None:
    outbox = some()
    outbox.text("state", "old")
    outbox.text("state", "new")
    assert [await taken(outbox) for _ in range(2)] == ["new", None]


async def test_a_text_may_be_made_when_it_leaves() -> None:
    outbox, now = some(), ["then"]
    outbox.text("k", lambda: now[0])
    now[0] = "now"
    assert await taken(outbox) == "now"
    assert await taken(outbox) is None


async def test_a_key_put_again_leaves_once_by_its_first_deadline() -> None:
    outbox = some()
    outbox.frame("mask", 1)
    outbox.frame("other", 2)
    for deadline in (3, 4, 5):  # as it would with a stroke that goes on and on
        outbox.frame("mask", deadline)
    assert [await taken(outbox) for _ in range(3)] == ["1:mask", "2:other", None]
    outbox.frame("a", 5)
    outbox.frame("b", 4)
    outbox.frame("a", 3)
    assert await taken(outbox) == "3:a"


async def test_a_frame_that_leaves_shows_the_newest_state() -> None:
    state = "old"
    outbox: Outbox[str] = Outbox(lambda key, seq: state.encode())
    outbox.frame("a", 0)
    state = "new"
    assert await taken(outbox) == "new"


async def test_lateness_is_the_time_since_the_deadline_and_never_negative() -> None:
    clock, sent = Clock(), list[tuple[str, int, float]]()
    outbox: Outbox[str] = Outbox(lambda key, seq: b"12345", lambda *each: sent.append(each), clock)
    outbox.frame("early", clock.now + 1)
    await taken(outbox)
    outbox.frame("late", clock.now + 1)
    clock.now += 3.5
    await taken(outbox)
    assert sent == [("early", 5, 0.0), ("late", 5, 2.5)]


async def test_frames_wait_for_credit_and_texts_do_not() -> None:
    outbox = some(size=FIRST // 2)
    for name in "abcd":
        outbox.frame(name, 0)
    assert [await taken(outbox) for _ in range(3)] == ["1:a", "2:b", None]
    outbox.text("t", "hello")
    assert await taken(outbox) == "hello"
    taking = asyncio.create_task(outbox.take())
    await asyncio.sleep(0)
    outbox.ack(2)  # wakes the writer
    assert isinstance(await asyncio.wait_for(taking, 1), bytes)


async def test_a_forgotten_frame_is_never_built() -> None:
    built: list[str] = []
    outbox: Outbox[str] = Outbox(lambda key, seq: built.append(key) or b"x")  # type: ignore[func-returns-value]
    outbox.frame("a", 0)
    outbox.frame("b", 0)
    outbox.forget(lambda key: key == "a")
    assert (await taken(outbox), await taken(outbox), built) == ("x", None, ["b"])
    outbox.frame("a", 0)
    outbox.forget()
    assert len(outbox) == 0


async def test_queued_keys_are_listed_in_the_order_of_leaving() -> None:
    outbox = some()
    for key, deadline in (("b2", 2), ("a", 0), ("b1", 1)):
        outbox.frame(key, deadline)
    assert outbox.waits(lambda key: key.startswith("b")) == ["b1", "b2"]


async def test_a_client_that_does_not_read_is_not_read_either() -> None:
    outbox = some()
    for k in range(MOST_TEXTS - 1):
        outbox.text(k, "x")
    await asyncio.wait_for(outbox.room(), 1)
    outbox.text("one more", "x")
    room = asyncio.create_task(outbox.room())
    await asyncio.sleep(0.01)
    assert not room.done()
    await taken(outbox)
    await asyncio.wait_for(room, 1)


async def test_texts_of_a_disconnected_client_are_dropped() -> None:
    outbox = some()
    for k in range(MOST_TEXTS):
        outbox.text(k, "x")
    room = asyncio.create_task(outbox.room())
    await asyncio.sleep(0)
    outbox.silence()
    await asyncio.wait_for(room, 1)
    assert await taken(outbox) is None


@pytest.mark.parametrize("acknowledge", [True, False])
@given(puts=st.lists(st.tuples(st.integers(0, 200), st.integers(1, 1 << 20)), max_size=60))
def test_every_key_leaves_once_and_never_more_than_the_limit_flies(
    acknowledge: bool, puts: list[tuple[int, int]]
) -> None:
    async def run() -> None:
        sizes = dict(puts)
        outbox: Outbox[int] = Outbox(lambda key, seq: bytes(sizes[key]))
        for key, _ in puts:
            outbox.frame(key, key)
        sent = 0
        while (message := await taken_bytes(outbox)) is not None:
            sent += 1
            assert len(message) > 0
            assert outbox.credit.bytes <= credit.LIMIT
            if acknowledge:
                outbox.ack(sent)
        assert sent == len(sizes) or not acknowledge

    asyncio.run(run())


async def taken_bytes(outbox: Outbox[int]) -> bytes | None:
    taking = asyncio.create_task(outbox.take())
    await asyncio.sleep(0)
    if taking.done():
        message = taking.result()
        assert isinstance(message, bytes)
        return message
    taking.cancel()
    return None
