"""Client: a Python program's connection to a server, with typed messages and decoded frames.

    async with connect("http://127.0.0.1:8765", token) as client:
        scene = await client.wait(messages.Scene)
        left = [[-1, -1], [0, -1], [0, 1], [-1, 1]]
        selected = await client.ask(messages.Stroke(0, left, scene.model, "replace"))
        print(selected.count, "curves selected")

docs/protocol.md describes the messages and frames. Frames are acknowledged as they are read, so a program that stops
reading is sent no more than the window, and nothing is lost.
"""

import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, TypeAlias, TypeVar
from urllib.parse import urlencode

import pyarrow as pa
import websockets

from murmuration.errors import AccessError, MessageError
from streaming import frames, messages
from streaming.messages import PROTOCOL, Clear, Open, Recall, Redo, Selected, Stroke, Undo

CLOSING = 1.0
"""Seconds for the closing handshake: a client that left frames unread never sees the server's."""

Selecting: TypeAlias = Stroke | Clear | Undo | Redo | Recall | Open
"""The messages that :class:`Selected` answers."""

Message = TypeVar("Message", bound=messages.ServerMessage)


@dataclass(frozen=True)
class Frame:
    """One binary message: its header and its record batch (:mod:`streaming.frames`)."""

    header: frames.Header
    batch: pa.RecordBatch


Heard: TypeAlias = messages.ServerMessage | Frame


class Client:
    """One connection. ``acknowledge`` False leaves the acknowledgement of frames to the program."""

    def __init__(self, socket: websockets.ClientConnection, acknowledge: bool = True) -> None:
        self._socket = socket
        self._acknowledge = acknowledge
        self._number = 0

    async def send(self, message: messages.ClientMessage) -> None:
        """Send one message. Raises websockets.ConnectionClosed once the connection has ended."""
        await self._socket.send(messages.dumps(message))

    async def send_raw(self, data: str | bytes) -> None:
        """Send any text or bytes: for programs that test a server."""
        await self._socket.send(data)

    async def next(self) -> Heard:
        """The next message or frame. Raises websockets.ConnectionClosed once the connection has ended."""
        data = await self._socket.recv()
        if isinstance(data, str):
            return messages.heard(data)
        frame = Frame(*frames.decode(data))
        if self._acknowledge:
            await self.send(messages.Ack(frame.header.seq))
        return frame

    async def __aiter__(self) -> AsyncIterator[Heard]:
        """Messages and frames in order, until the server closes the connection."""
        try:
            while True:
                yield await self.next()
        except websockets.ConnectionClosedOK:
            return

    async def wait(self, kind: type[Message], **fields: Any) -> Message:
        """The next message of a kind whose fields have these values; everything before it is passed over."""
        while True:
            heard = await self.next()
            if isinstance(heard, kind) and all(getattr(heard, name) == value for name, value in fields.items()):
                return heard

    async def frame(self, kind: frames.Kind, **extra: str) -> Frame:
        """The next frame of a kind with these metadata; everything before it is passed over."""
        while True:
            heard = await self.next()
            if isinstance(heard, Frame) and heard.header.kind == kind and extra.items() <= heard.header.extra.items():
                return heard

    async def ask(self, message: Selecting) -> Selected:
        """Change the selection and wait for the exact answer; the message's ``id`` is replaced by a fresh one.

        Raises MessageError with the server's reason when it refuses.
        """
        self._number += 1
        await self.send(replace(message, id=self._number))
        while True:
            heard = await self.next()
            if isinstance(heard, Selected) and heard.id == self._number:
                return heard
            if isinstance(heard, messages.Refused) and heard.id == self._number:
                raise MessageError(heard.message)


@asynccontextmanager
async def connect(
    address: str,
    token: str,
    *,
    acknowledge: bool = True,
    trust: ssl.SSLContext | None = None,
    through: int | None = None,
    **query: Any,
) -> AsyncIterator[Client]:
    """A connection to the server at ``address`` (http or https, below a path where it is served there).

    ``token`` is the long one, the editor's or the viewer's. ``trust`` verifies a certificate of the server's own.
    ``through`` is a port of this machine to connect to instead, as of a proxy. ``query`` goes into the address:
    ``pane`` 0 to 3 is the picture to look at, ``name`` the name that others see; ``member``, ``epoch`` and ``seq``
    resume a connection (docs/protocol.md).
    Raises AccessError when the server refuses the connection or cannot be reached.
    """
    if not re.match(r"https?://[^/\s]+", address):
        raise AccessError(f"expected an address such as http://127.0.0.1:8765, got {address[:80]!r}")
    url = f"ws{address.removeprefix('http').split('#')[0].rstrip('/')}/ws?{urlencode(query)}"
    port: dict[str, Any] = {} if through is None else {"host": "127.0.0.1", "port": through}
    try:
        socket = await websockets.connect(
            url,
            subprotocols=[websockets.Subprotocol(PROTOCOL)],
            compression=None,
            additional_headers={"Authorization": f"Bearer {token}"},
            max_size=frames.MAX_FRAME,
            ping_interval=None,
            close_timeout=CLOSING,
            ssl=trust,
            **port,
        )
    except websockets.InvalidStatus as error:
        words = (error.response.body or b"").decode(errors="replace").strip().splitlines()
        reason = words[0] if words else f"status {error.response.status_code}"
        raise AccessError(f"{address} refused the connection: {reason}") from None
    except (websockets.InvalidHandshake, OSError, EOFError) as error:
        raise AccessError(f"expected a server at {address}, got: {getattr(error, 'strerror', None) or error}") from None
    async with socket:
        yield Client(socket, acknowledge)
