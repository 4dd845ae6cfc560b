"""The Python client against a real server: typed messages, decoded frames, refusals that can be read."""

import socket

import numpy as np
import pytest

import murmuration as mm
from murmuration.errors import AccessError, MessageError
from streaming import messages
from streaming.client import Frame, connect
from streaming.samples import FROM_SERVER
from tests.conftest import Server

LEFT = [[-2.0, -2.0], [0.0, -2.0], [0.0, 2.0], [-2.0, 2.0]]


async def test_a_stroke_is_asked_and_answered(server: Server, cloud: mm.Cloud) -> None:
    async with connect(server.base, server.token, name="Ada") as client:
        welcome = await client.wait(messages.Welcome)
        assert (welcome.name, welcome.scope) == ("Ada", "editor")
        scene = await client.wait(messages.Scene)
        assert isinstance(scene.axes[0], messages.Axis)
        assert [each.count for each in scene.classes] == [one.stop - one.start for one in cloud.classes]
        points = await client.frame("points")
        assert points.batch["row"].to_numpy().dtype == np.uint32
        selected = await client.ask(messages.Stroke(0, LEFT, scene.model, "replace"))
        assert selected.count == len(cloud.lasso(cloud.model, LEFT))
        assert (await client.ask(messages.Clear(0))).count == 0


async def test_messages_and_frames_come_in_order(server: Server) -> None:
    numbers: list[int] = []
    async with connect(server.base, server.token) as client:
        async for heard in client:
            if isinstance(heard, Frame):
                numbers.append(heard.header.seq)
                if heard.header.extra.get("last") == "1":
                    break
    assert numbers == list(range(1, len(numbers) + 1))


async def test_a_refused_change_raises_the_reason_of_the_server(server: Server) -> None:
    async with connect(server.base, server.token) as client:
        with pytest.raises(MessageError, match="expected the name of a selection"):
            await client.ask(messages.Recall(0, "nothing of the kind", "add"))
        with pytest.raises(MessageError, match="expected each step of a recipe"):
            await client.ask(messages.Open(0, "[1]"))
    async with connect(server.base, server.viewer) as client:
        with pytest.raises(MessageError):
            await client.ask(messages.Clear(0))


async def test_a_wrong_token_and_a_missing_server_are_one_line(server: Server) -> None:
    with pytest.raises(AccessError, match="refused the connection"):
        async with connect(server.base, "0" * 30):
            pass
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(AccessError, match=f"expected a server at {address}"):
        async with connect(address, server.token):
            pass
    with pytest.raises(AccessError, match="expected an address such as"):
        async with connect("localhost:8765", server.token):
            pass


@pytest.mark.parametrize("message", FROM_SERVER, ids=lambda one: type(one).__name__)
def test_every_message_of_a_server_is_read_back(message: messages.ServerMessage) -> None:
    assert messages.heard(messages.dumps(message)) == message


def test_fields_of_a_newer_server_are_left_out() -> None:
    assert messages.heard('{"type": "recording", "on": true, "by": "Ada", "since": 3}') == messages.Recording(
        True, "Ada"
    )


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"type": "scene"}', '{"type": "ack", "seq": 1}', "3"])
def test_text_that_is_no_message_is_refused(text: str) -> None:
    with pytest.raises(MessageError, match="expected a message of murmuration"):
        messages.heard(text)
