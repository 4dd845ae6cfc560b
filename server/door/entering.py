"""Entering: the routes by which codes, keys and tickets are handed out and withdrawn."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, get_args

from aiohttp import web

from murmuration.errors import AccessError
from server.door import codes
from server.door.access import DOOR, GRANT, greeting, needs_editor, refuse, unknown
from server.door.throttle import DELAY
from server.door.tokens import Scope
from server.runner import HEAD

OPEN = ("/enter",)
"""Paths that are answered without a secret."""

_FRESH = {"Cache-Control": "no-store"}


def add(app: web.Application, revoked: Callable[[], Awaitable[None]]) -> None:
    """Answer every route; ``revoked`` is called after all browsers were revoked."""

    async def revoke(request: web.Request) -> web.Response:
        """Forget all browsers and close their connections."""
        refused = needs_editor(request)
        if refused is not None:
            return refused
        try:
            count = await asyncio.to_thread(request.app[DOOR].config.browsers.revoke)
        except AccessError as error:
            return refuse(500, str(error))
        await revoked()
        return web.json_response({"browsers": count}, headers=_FRESH)

    app.router.add_post("/enter", enter)
    app.router.add_post("/ticket", _ticket)
    app.router.add_post("/link", _link)
    app.router.add_post("/revoke", revoke)


async def enter(request: web.Request) -> web.Response:
    """Exchange a code for a key."""
    try:
        async with asyncio.timeout(HEAD):
            typed = (await _sent(request)).get("code")
    except TimeoutError:
        return refuse(408, f"expected the code within {HEAD:.0f} s")
    if not isinstance(typed, str):
        return refuse(400, 'expected {"code": "..."} as JSON')
    door = request.app[DOOR]
    if door.throttle.late(request.remote or "", time.monotonic()):
        door.admission.answered(request.protocol)  # among guesses, not among half-open connections
        await asyncio.sleep(DELAY)
        if request.transport is None:
            return refuse(408, "The connection was closed before the code was read")
    config = door.config
    scope = config.codes.scope(typed)
    if scope is None:
        return unknown(request, shown=True)
    try:
        key = await asyncio.to_thread(config.browsers.add, scope)
    except AccessError as error:
        return refuse(500, str(error))
    grant = config.browsers.grant(key)
    if grant is None:
        return unknown(request, shown=False)  # revoked at this very moment
    return web.json_response({**greeting(grant), "key": key}, headers=_FRESH)


async def _ticket(request: web.Request) -> web.Response:
    """A ticket for one path."""
    path = (await _sent(request)).get("path")
    try:
        text = request.app[DOOR].tickets.new(path if isinstance(path, str) else "", request[GRANT])
    except ValueError:
        return refuse(400, 'expected {"path": "/ws"} or a path below /api as JSON')
    return web.json_response({"ticket": text}, headers=_FRESH)


async def _link(request: web.Request) -> web.Response:
    """A new code."""
    refused = needs_editor(request)
    if refused is not None:
        return refused
    sent = await _sent(request)
    scope: Any = sent.get("scope")
    seconds: Any = sent.get("seconds")
    number = isinstance(seconds, int | float) and not isinstance(seconds, bool)
    if scope not in get_args(Scope) or not (number and 1 <= seconds <= codes.LONGEST and seconds % 1 == 0):
        return refuse(400, f'expected {{"scope": "editor" or "viewer", "seconds": 1 to {codes.LONGEST}}} as JSON')
    config = request.app[DOOR].config
    code = config.codes.new(scope, seconds)
    said = {"code": code, "scope": scope, "seconds": int(seconds), "address": config.address(code)}
    return web.json_response(said, headers=_FRESH)


async def _sent(request: web.Request) -> Mapping[str, Any]:
    """The JSON object of a request's body; empty for anything else."""
    try:
        sent = json.loads(await request.read())
    except (ValueError, RecursionError):
        return {}
    return sent if isinstance(sent, dict) else {}
