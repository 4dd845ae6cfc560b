"""What no decent client sends: bombs, fragments, single bytes, frames that never end. Others feel nothing."""

import asyncio
import contextlib
import re
import socket
from collections.abc import Iterator

import pytest

from tests.conftest import Server
from tests.faults.raw import BINARY, CUT, PING, TEXT, Raw, bomb, frame, memory
from tests.wire import connect

ASK = b'{"type":"describe","row":5}'
TOO_LARGE = (1009, "expected messages of at most 1,048,576 bytes")


@pytest.fixture
def raw(battered: Server) -> Iterator[Raw]:
    with Raw(battered) as one:
        yield one


async def alive(battered: Server) -> bool:
    """Whether a decent client is answered."""
    async with connect(battered) as wire:
        await wire.send("describe", row=7)
        return bool((await wire.text("card"))["row"] == 7)


def card(raw: Raw) -> int:
    """The row of the next card that comes."""
    data = b""
    while not (found := re.search(rb'"type":"card","row":(\d+)', data)):
        part = raw.socket.recv(1 << 16)
        assert part, "expected a card, and the connection was closed"
        data = data[-4096:] + part
    return int(found[1])


def test_compression_is_not_agreed_to(battered: Server) -> None:
    with Raw(battered, extensions="permessage-deflate; client_max_window_bits") as one:
        assert b"extensions" not in one.head.lower()


async def test_a_deflate_bomb_is_not_opened(battered: Server) -> None:
    """1 GiB of spaces in 1 MB: without the agreement its flag is an error, and it is never inflated."""
    before = memory(battered)
    data = frame(TEXT, await asyncio.to_thread(bomb, 1 << 30), compressed=True)
    with Raw(battered, extensions="permessage-deflate") as one:
        await asyncio.to_thread(one.provoke, data)
        code, _ = await asyncio.to_thread(one.closed)
    assert code in (1002, 1007, 1009, CUT[0])
    assert memory(battered) - before < 32 << 20
    assert await alive(battered)


async def test_a_message_in_single_bytes(raw: Raw) -> None:
    for byte in frame(TEXT, ASK):
        raw.send(bytes([byte]))
    assert await asyncio.to_thread(card, raw) == 5


async def test_a_message_in_a_thousand_fragments_with_pings_between(raw: Raw) -> None:
    text = ASK[:-1] + b" " * 972 + b"}"
    parts = [frame(0 if at else TEXT, text[at : at + 1], final=at == len(text) - 1) for at in range(len(text))]
    raw.send(b"".join(part + frame(PING, b"x") for part in parts))
    assert await asyncio.to_thread(card, raw) == 5


async def test_a_message_as_long_as_is_allowed(raw: Raw) -> None:
    raw.send(frame(TEXT, ASK.ljust(1 << 20)))
    assert await asyncio.to_thread(card, raw) == 5


@pytest.mark.parametrize(
    "data",
    [
        frame(TEXT, b"x" * ((1 << 20) + 1)),
        frame(TEXT, b"", claimed=1 << 40),
        frame(BINARY, b"", claimed=(1 << 63) - 1),
        b"".join(frame(0 if at else TEXT, b"x" * 65_536, final=False) for at in range(32)),
    ],
    ids=["a byte too long", "claims a terabyte", "claims everything", "fragments without end"],
)
async def test_what_is_too_large_closes_its_own_connection_with_words(battered: Server, raw: Raw, data: bytes) -> None:
    before = memory(battered)
    await asyncio.to_thread(raw.provoke, data)
    # Only a server that has read everything before it closes is sure to get its close frame through.
    assert await asyncio.to_thread(raw.closed) in ((TOO_LARGE,) if len(data) < 100 else (TOO_LARGE, CUT))
    assert memory(battered) - before < 32 << 20
    assert await alive(battered)


@pytest.mark.parametrize(
    "data",
    [b"\xf1\x80\x00\x00\x00\x00", b"\x83\x80\x00\x00\x00\x00", b"\x80\x80\x00\x00\x00\x00",
     frame(TEXT, b"\xff\xfe"), frame(PING, b"x" * 126)],
    ids=["reserved bits", "an unknown opcode", "a continuation of nothing", "no UTF-8", "a ping too long"],
)  # fmt: skip
async def test_what_is_no_websocket_closes_its_own_connection(battered: Server, raw: Raw, data: bytes) -> None:
    raw.provoke(data)
    code, _ = await asyncio.to_thread(raw.closed)
    assert code in (1002, 1007, CUT[0])
    assert await alive(battered)


async def test_an_unfinished_frame_holds_nobody_up(battered: Server, raw: Raw) -> None:
    raw.send(frame(TEXT, ASK)[:-3])
    assert await alive(battered)
    raw.send(ASK[-3:])
    assert await asyncio.to_thread(card, raw) == 5


async def test_twenty_thousand_questions_are_not_kept_in_memory(battered: Server, raw: Raw) -> None:
    before = memory(battered)
    sending = asyncio.create_task(asyncio.to_thread(raw.provoke, frame(TEXT, ASK) * 20_000))
    assert await alive(battered)  # while the questions come and no answer is read
    assert memory(battered) - before < 32 << 20
    with contextlib.suppress(OSError):
        raw.socket.shutdown(socket.SHUT_RDWR)  # ends the sending, also where the server's buffers are full
    await sending
    assert await alive(battered)


async def test_who_says_much_delays_nobody(battered: Server, raw: Raw) -> None:
    """Twenty thousand messages at once: what arrived of them, thousands, must not be done before others are heard."""
    here = '{{"type":"here","seq":{},"kind":"script","head":[0,0,0,0,0,0,1],"hands":[]}}'
    flood = b"".join(frame(TEXT, here.format(number).encode()) for number in range(1, 20_001)) + frame(TEXT, b"enough")

    def pour() -> None:
        """Until all messages are processed, or the server cuts a client that has answered no ping for ten seconds."""
        raw.provoke(flood)
        data = part = b" "
        with contextlib.suppress(ConnectionError):
            while part and b'"refused"' not in data:
                part = raw.socket.recv(1 << 16)
                data = data[-100:] + part

    async with connect(battered) as other:
        await other.quiet()
        pouring, answered = asyncio.create_task(asyncio.to_thread(pour)), 0
        while not pouring.done():
            await other.send("describe", row=answered)
            await other.text("card", row=answered)
            answered += 1
        await pouring
    print(f"{answered} answers meanwhile")
    assert answered > 100
