"""People in one session, over real sockets: presence, positions, and the rights of a viewer."""

import asyncio
import base64
import contextlib
import json
import os
import time
from typing import Any

import pytest

from streaming.messages import PROTOCOL
from tests.conftest import Server
from tests.wire import Wire, connect

HEAD = [0.5, 1.6, 0.0, 0.0, 0.0, 0.0, 1.0]


async def here(wire: Wire, seq: int, x: float = 0.5, kind: str = "vr") -> None:
    await wire.send("here", seq=seq, kind=kind, head=[x, *HEAD[1:]], hands=[HEAD])


async def place(wire: Wire) -> dict[str, Any]:
    """Wait until one other moved."""
    (item,) = (await wire.text("moved"))["items"]
    return dict(item)


async def people(wire: Wire, *names: str) -> dict[str, dict[str, Any]]:
    """Wait until exactly these are there."""
    while True:
        items = (await wire.text("people"))["items"]
        if sorted(each["name"] for each in items) == sorted(names):
            return {each["name"]: each for each in items}


async def test_welcome_comes_first_and_names_every_person(server: Server) -> None:
    async with connect(server, name="Ada") as ada:
        welcome = await ada.text("welcome")
        assert ada.texts[0] is welcome
        assert (welcome["name"], welcome["scope"], welcome["resumed"]) == ("Ada", "editor", False)
        async with connect(server, viewer=True) as guest:
            other = await guest.text("welcome")
            assert (other["name"], other["scope"]) == (f"Guest {other['id']}", "viewer")
            assert other["colour"] != welcome["colour"]
            both = await people(ada, "Ada", other["name"])
            assert both["Ada"] == {
                "id": welcome["id"], "name": "Ada", "colour": welcome["colour"], "kind": "browser"}  # fmt: skip
            await guest.send("introduce", name="Grace")  # a viewer, too
            await people(ada, "Ada", "Grace")
            await guest.send("introduce", name="x" * 41)
            assert "1 to 40 printable" in (await guest.text("refused", to="introduce"))["message"]
        await people(ada, "Ada")


async def test_others_see_one_move_and_an_older_place_never_wins(server: Server) -> None:
    async with connect(server, name="Ada") as ada, connect(server, name="Bo") as bo:
        welcome = await ada.text("welcome")
        await bo.quiet()
        await here(ada, 5)
        moved = await bo.text("moved")
        assert moved["items"] == [{"id": welcome["id"], "seq": 5, "head": HEAD, "hands": [HEAD]}]
        assert next(each for each in bo.texts[-2]["items"] if each["name"] == "Ada")["kind"] == "vr"
        await here(ada, 4, x=9.0)
        await here(ada, 6, x=0.25)
        assert (await place(bo))["head"][0] == 0.25
        for bad in (HEAD[:6], [*HEAD, 1.0]):
            await ada.send("here", seq=7, kind="vr", head=bad, hands=[])
            assert "poses of 7 numbers" in (await ada.text("refused", to="here"))["message"]
        assert not [text for text in ada.texts if text["type"] == "moved"]  # nobody is told that they alone moved
        async with connect(server) as late:
            assert (await place(late))["seq"] == 6
        # Over a reconnect, too: the same one, and what is older than before the break is not believed.
    async with connect(server, name="Bo") as bo:
        await bo.quiet()
        async with connect(server, member=welcome["member"]) as ada:
            back = await ada.text("welcome")
            assert (back["id"], back["name"], back["colour"]) == (welcome["id"], "Ada", welcome["colour"])
            await here(ada, 6, x=9.0)
            await here(ada, 7, x=0.75)
            assert (await place(bo))["head"][0] == 0.75


async def test_at_most_twenty_places_a_second_and_the_newest_at_last(server: Server) -> None:
    async with connect(server) as ada, connect(server) as bo:
        await bo.quiet()
        began = time.monotonic()
        for seq in range(1, 201):
            await here(ada, seq, x=seq / 100)
            await asyncio.sleep(0.002)
        while (await place(bo))["seq"] < 200:
            pass
        spent = time.monotonic() - began
        got = [each["seq"] for text in bo.texts if text["type"] == "moved" for each in text["items"]]
        assert got == sorted(set(got))
        assert len(got) <= 20 * spent + 2


async def test_many_joins_are_batched_and_every_client_gets_the_whole_list(server: Server) -> None:
    """Forty move, one of whom reads nothing meanwhile: each time everybody gets one message, not one for each."""

    async def walk(wire: Wire) -> None:
        for seq in range(1, 41):
            await here(wire, seq, x=seq / 40)
            await asyncio.sleep(0.05)

    def known(wire: Wire) -> dict[int, int]:
        return {each["id"]: each["seq"] for text in wire.texts if text["type"] == "moved" for each in text["items"]}

    async with contextlib.AsyncExitStack() as stack:
        wires = [await stack.enter_async_context(connect(server)) for _ in range(40)]
        ids = {(await wire.text("welcome"))["id"] for wire in wires}
        await asyncio.gather(*(wire.quiet() for wire in wires))
        began = time.monotonic()
        walking = asyncio.gather(*map(walk, wires))
        while not walking.done():
            await asyncio.gather(*(wire.quiet(0.05) for wire in wires[1:]))
        await walking
        told = [sum(text["type"] == "moved" for text in wire.texts) for wire in wires[1:]]
        assert max(told) <= 10 * (time.monotonic() - began) + 2
        await asyncio.gather(*(wire.quiet() for wire in wires))
        assert [{each: known(wire).get(each) for each in ids} for wire in wires] == 40 * [dict.fromkeys(ids, 40)]


async def test_a_late_client_is_told_of_no_person_that_left(server: Server) -> None:
    def told(wire: Wire) -> set[int]:
        return {each["id"] for text in wire.texts if text["type"] == "moved" for each in text["items"]}

    async with connect(server) as bo:
        async with connect(server) as ada, connect(server) as early:
            ids = [(await wire.text("welcome"))["id"] for wire in (ada, bo)]
            for wire in (ada, bo):
                await here(wire, 1, x=1)
            await early.quiet()
            async with connect(server) as late:
                await late.quiet()
                assert told(late) == set(ids)
        await bo.quiet()
        async with connect(server) as latest:
            await latest.quiet()
            assert told(latest) == {ids[1]}


async def test_three_members_agree(quick_server: Server) -> None:
    stroke = {"polygon": [[-2, -2], [0, -2], [0, 2], [-2, 2]], "operation": "replace"}
    async with connect(quick_server) as one, connect(quick_server) as two, connect(quick_server) as three:
        scene = await one.text("scene")
        wires = (one, two, three)
        for wire in wires:
            await wire.quiet()
        for id, wire in enumerate(wires, 1):
            await wire.send("stroke", id=id, matrix=scene["model"], **stroke)
        for id, wire in enumerate(wires, 1):
            await wire.text("selected", id=id)
        await one.send("name", name="ours")
        for wire in wires:
            await wire.quiet()
        last = [[text for text in wire.texts if text["type"] == "selected"][-1] for wire in wires]
        assert len({(each["version"], each["count"], each["undo"]) for each in last}) == 1
        assert last[0]["undo"] == "name ours"
        versions = [[text["version"] for text in wire.texts if text["type"] == "selected"] for wire in wires]
        assert all(each == sorted(each) for each in versions)


@pytest.mark.slow
async def test_a_half_open_connection_is_hidden_and_reaped(server: Server) -> None:
    """Somebody who says nothing, not even a pong, is shown no more after 10 s and cut off within 15."""
    async with connect(server, name="Ada") as ada:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        key = base64.b64encode(os.urandom(16)).decode()
        writer.write(
            f"GET /ws?name=Ghost HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nAuthorization: Bearer {server.token}\r\n"
            f"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"
            f"Sec-WebSocket-Protocol: {PROTOCOL}\r\n\r\n".encode()
        )
        began = time.monotonic()
        gone: list[float] = []

        async def read() -> None:
            while await reader.read(1 << 16):
                pass
            gone.append(time.monotonic() - began)

        reading = asyncio.create_task(read())
        await people(ada, "Ada", "Ghost")
        while "Ghost" in json.dumps(ada.texts[-1]) or ada.texts[-1]["type"] != "people":
            await ada.quiet(0.2)
        hidden = time.monotonic() - began
        assert 9 < hidden < 12
        await asyncio.wait([reading], timeout=10)
        assert gone
        assert 9 < gone[0] < 15
        writer.close()
