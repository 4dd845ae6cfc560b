"""The aiohttp application: the handler of each address."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import asdict
from functools import partial

from aiohttp import WSCloseCode, WSMsgType, web

from server import metrics
from server.compute.compute import Compute, SceneData
from server.data import api
from server.data.apiroutes import ANNOUNCED
from server.door import access, entering, health, page
from server.door.config import Config
from server.door.tokens import Grant
from server.live.session import Session
from server.people.connection import Connection
from server.people.subscriber import Arrival, Subscriber
from server.scene.pane import PANES
from session.restored import NEW, Restored
from streaming.messages import PROTOCOL
from streaming.strict import MAX_TEXT

SESSION = web.AppKey("session", Session)
SOCKETS: web.AppKey[dict[web.WebSocketResponse, tuple[asyncio.BaseTransport | None, Grant]]] = web.AppKey("sockets")

LINGER = 1.0
"""Seconds for which the rest of a message that is too large is read and discarded."""

FAREWELL = 1.0
"""Seconds for clients to receive the close frames when the server ends."""


def make(
    config: Config, compute: Compute, scene_data: SceneData, well: health.Health, restored: Restored = NEW
) -> web.Application:
    """An application that shows one data set, first ``picture``, that of ``restored``.

    Raises MurmurationError without a built client, and when the session's log cannot be written.
    """
    files = page.files(config.static)
    opened = (*files, *health.PATHS, *entering.OPEN, api.STYLE)
    app = web.Application(client_max_size=MAX_TEXT)
    access.add(app, config, opened)
    session = app[SESSION] = Session(compute, scene_data, well, restored)
    app[SOCKETS] = {}
    metrics.watch_queue(lambda: session.waiting)
    app.cleanup_ctx.append(_running)
    app.on_shutdown.append(_goodbye)
    app.router.add_get("/ws", _socket)
    app.router.add_get("/session", _alive)
    app.router.add_get("/metrics", _metrics)
    app.router.add_post("/state", _announce)
    entering.add(app, partial(_close_browsers, app))
    health.add(app, well, lambda: session.status.compute)
    api.add(app, session)
    for name, file in files.items():
        app.router.add_get(name, file)
    return app


# ---- HTTP beside the socket ----------------------------------------------------------------------------------------


async def _alive(request: web.Request) -> web.Response:
    """For a client whose socket was refused: browsers do not show the reason."""
    return web.json_response(access.greeting(request[access.GRANT]), headers={"Cache-Control": "no-store"})


async def _announce(request: web.Request) -> web.Response:
    """Announce a compute state to every client, or (auto) return to the measured one."""
    refused = access.needs_editor(request)
    if refused is not None:
        return refused
    try:
        compute = (await request.json())["compute"]
    except (ValueError, KeyError, TypeError, RecursionError):
        compute = None
    if compute not in ANNOUNCED:
        return web.Response(status=400, text=f'expected {{"compute": one of {", ".join(ANNOUNCED)}}} as JSON\n')
    request.app[SESSION].announce(None if compute == "auto" else compute)
    return web.json_response(asdict(request.app[SESSION].status), headers={"Cache-Control": "no-store"})


async def _metrics(_request: web.Request) -> web.Response:
    headers = {"Content-Type": metrics.CONTENT_TYPE, "Cache-Control": "no-store"}
    return web.Response(body=metrics.text(), headers=headers)


# ---- the socket ----------------------------------------------------------------------------------------------------


class _Socket(web.WebSocketResponse):
    """A WebSocket that says in words why it closes on a message that is too large."""

    async def close(self, *, code: int = WSCloseCode.OK, message: bytes = b"", drain: bool = True) -> bool:
        if code == WSCloseCode.MESSAGE_TOO_BIG:
            message = f"expected messages of at most {MAX_TEXT:,} bytes".encode()
            # Data that still arrive are discarded meanwhile: closing on unread data would reset the connection and
            # with it the words.
            await asyncio.sleep(LINGER)
        return await super().close(code=code, message=message, drain=drain)


async def _socket(request: web.Request) -> web.StreamResponse:
    offered = request.headers.get("Sec-WebSocket-Protocol", "")
    if PROTOCOL not in [each.strip() for each in offered.split(",")]:
        return web.Response(status=400, text=f"expected the WebSocket subprotocol {PROTOCOL}, got {offered[:80]!r}: "
                            "reload the page, or update the client\n")  # fmt: skip
    query = request.query
    pane = query.get("pane", "0")
    if pane not in map(str, range(PANES)):
        return web.Response(status=400, text=f"expected a pane from 0 to {PANES - 1}, got {pane[:80]!r}\n")
    limit = MAX_TEXT + 1  # aiohttp refuses a message of exactly the limit
    socket = _Socket(protocols=[PROTOCOL], max_msg_size=limit, compress=False, autoping=False)
    await socket.prepare(request)
    session, connection, grant = request.app[SESSION], Connection(socket, request.transport), request[access.GRANT]
    scope = grant.scope
    request.app[SOCKETS][socket] = request.transport, grant
    metrics.client_joined(scope)
    subscriber = None
    try:
        back = _whole(query.get("epoch", "")), _whole(query.get("seq", ""))
        arrival = Arrival(query.get("member", ""), *back, query.get("name", ""), int(pane))
        subscriber = await session.join(connection, scope, arrival)
        await _listen(socket, connection, session, subscriber)
    finally:
        await connection.end()
        if subscriber is not None:
            session.leave(subscriber)
        metrics.client_left(scope)
        request.app[SOCKETS].pop(socket, None)
    return socket


async def _listen(
    socket: web.WebSocketResponse, connection: Connection, session: Session, subscriber: Subscriber
) -> None:
    """Process the messages of a client until its connection ends or is replaced."""
    async for message in socket:
        connection.heard()
        if subscriber.member.connection is not connection:
            continue  # it is being closed, with words
        session.alive(subscriber)
        if message.type is WSMsgType.TEXT:
            await session.receive(subscriber, message.data)
        elif message.type is WSMsgType.BINARY:
            session.refuse(subscriber, "expected control messages as JSON text, got a binary message")
        elif message.type is WSMsgType.PING:
            with contextlib.suppress(ConnectionError):
                await socket.pong(message.data)
        await subscriber.member.outbox.room()
        await asyncio.sleep(0)  # clients in turn, one message each: a busy one delays no other


def _whole(text: str) -> int:
    """A number, or 0 where it is none: then nothing is resumed."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


async def _running(app: web.Application) -> AsyncIterator[None]:
    async with app[SESSION].running():
        yield


async def _goodbye(app: web.Application) -> None:
    """Tell every client that the server ends, so that it waits for the next; no client can delay the end."""
    await _close(app[SOCKETS].copy(), WSCloseCode.GOING_AWAY, b"the server was stopped")


async def _close_browsers(app: web.Application) -> None:
    """Close the sockets of browsers whose key no longer holds."""
    browsers = app[access.DOOR].config.browsers
    sockets = {socket: held for socket, held in app[SOCKETS].items() if not browsers.knows(held[1])}
    await _close(sockets, WSCloseCode.POLICY_VIOLATION, b"The access of this browser was revoked.")


async def _close(
    sockets: Mapping[web.WebSocketResponse, tuple[asyncio.BaseTransport | None, Grant]], code: WSCloseCode, why: bytes
) -> None:
    """Close sockets with a reason, and cut off those whose clients do not answer."""
    closing = (socket.close(code=code, message=why) for socket in sockets)
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(asyncio.gather(*closing, return_exceptions=True), FAREWELL)
    for transport, _ in sockets.values():
        if isinstance(transport, asyncio.WriteTransport):
            transport.abort()  # a client that reads nothing keeps close() waiting
