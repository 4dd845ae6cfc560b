"""Access: every request is checked by Host, Origin and token, in this order, before any other work.

Host must be one of our own addresses, whole (DNS rebinding reaches a loopback server under a foreign name). Origin,
which browsers send with every WebSocket and every cross-site request, must be absent or one of ours, whole.

The token stands in the fragment of the printed address, which browsers send to no server: not to this
one, not in Referer, not into a log. The page is the same for all and holds no data, so it needs no token; its script
posts the token to ``/enter`` and gets a cookie that no script can read. Other clients send
``Authorization: Bearer``. No token is read from a query, which would end in logs and histories. Every path that is not
listed as open requires a token.
"""

import json
import time
from collections.abc import Awaitable, Callable, Collection

from aiohttp import web
from aiohttp.typedefs import Middleware

from server import metrics
from server.door.admission import Admission
from server.door.config import Config
from server.door.throttle import Throttle
from server.door.tokens import Scope
from streaming.messages import PROTOCOL

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]
"""A handler of requests."""

SCOPE: web.RequestKey[Scope] = web.RequestKey("scope")
"""The scope of an admitted request; absent without a token."""

ADMISSION: web.AppKey[Admission] = web.AppKey("admission", Admission)
"""The connections of an application that have shown no token."""

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; connect-src 'self'; "
    "object-src 'none'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "Server": "Murmuration Lab",
    "X-Content-Type-Options": "nosniff",
}
"""Sent with every answer. No Strict-Transport-Security: with a self-signed certificate it would take away
the browser's own way past its warning, and it would hold for whatever else this host serves."""

UNKNOWN = "expected the token of this server: open the full address that devshell printed"
"""The answer to a request without the token."""

REMEMBERED = 30 * 24 * 3600
"""Seconds that a browser keeps the cookie: a headset should not have to be shown the address every morning."""


def guard(config: Config, opened: Collection[str]) -> Middleware:
    """The middleware that admits or refuses; ``config.port`` is the port of the server.

    ``opened`` are the exact paths that are answered without a token. Sets ``request[SCOPE]`` for a right one.
    """
    hosts, origins, throttle, enter = config.hosts(), config.origins(), Throttle(), frozenset(opened)

    @web.middleware
    async def access(request: web.Request, handler: Answer) -> web.StreamResponse:
        response = await admitted(request, handler)
        if SCOPE not in request and ADMISSION in request.app:
            request.app[ADMISSION].answered(request.protocol)
        return response

    async def admitted(request: web.Request, handler: Answer) -> web.StreamResponse:
        refused = _foreign(request, hosts, origins)
        if refused is not None:
            return refused
        if request.path == "/enter" and request.method == "POST":
            return await _enter(request, config, throttle)
        shown = _shown(request, config.port)
        scope: Scope | None = next(filter(None, map(config.tokens.scope, shown)), None)
        if scope is not None:
            request[SCOPE] = scope
            if ADMISSION in request.app:
                request.app[ADMISSION].gone(request.protocol)
        elif request.path not in enter:
            return _unknown(request, shown, throttle)
        return await handler(request)

    return access


async def harden(_request: web.Request, response: web.StreamResponse) -> None:
    """Add the security headers to a response about to be sent."""
    response.headers.update(HEADERS)


def needs_editor(request: web.Request) -> web.Response | None:
    """The refusal of a request that changes the session, unless its token is the editor's."""
    if request.get(SCOPE) == "editor":
        return None
    metrics.count_refusal("scope")
    return _no(403, "This address is for looking only: open the editor's address to make changes.")


def _foreign(request: web.Request, hosts: frozenset[str], ours: frozenset[str]) -> web.Response | None:
    host, origins = _host(request), request.headers.getall("Origin", [])
    if host not in hosts:
        metrics.count_refusal("host")
        # The allowed names are not listed: a page under a foreign name could read them.
        return _no(403, f"expected Host to be an address of this server, got {host[:80]!r}: open the address that "
                   "devshell printed, or let it know this one with --allow-host")  # fmt: skip
    foreign = [origin for origin in origins if origin not in ours]
    if foreign:
        metrics.count_refusal("origin")
        return _no(403, f"expected a page of this server, got one of origin {foreign[0][:80]!r}")
    return None


def _host(request: web.Request) -> str:
    """The host that a request names. That of its request line, if there is one, counts (RFC 9112, section 3.2.2)."""
    scheme, named, rest = request.raw_path.partition("://")
    absolute = named and not scheme.startswith("/")
    return (rest.partition("/")[0] if absolute else request.headers.get("Host", "")).lower()


def _shown(request: web.Request, port: int) -> list[str]:
    """The tokens of a request."""
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    tokens = [bearer if scheme.lower() == "bearer" else "", request.cookies.get(_cookie(port), "")]
    return [token for token in tokens if token]


def _unknown(request: web.Request, shown: list[str], throttle: Throttle) -> web.Response:
    metrics.count_refusal("token")
    wait = throttle.wrong(request.remote or "", time.monotonic()) if shown else 0
    if wait:
        metrics.count_refusal("rate")
        reason = f"Too many wrong tokens: wait {wait} s, then open the full address that devshell printed."
        return _no(429, reason, {"Retry-After": str(wait)})
    return _no(401, UNKNOWN, {"WWW-Authenticate": 'Bearer realm="Murmuration Lab"'})


async def _enter(request: web.Request, config: Config, throttle: Throttle) -> web.Response:
    """Exchange a token for a cookie."""
    try:
        token = json.loads(await request.read())["token"]
    except (ValueError, KeyError, TypeError, RecursionError):
        token = None
    if not isinstance(token, str):
        return _no(400, 'expected {"token": "..."} as JSON')
    scope = config.tokens.scope(token)
    if scope is None:
        return _unknown(request, [token], throttle)
    response = web.json_response(greeting(scope), headers={"Cache-Control": "no-store"})
    # Strict: only the page's own requests carry it, since opening the page needs none.
    response.set_cookie(
        _cookie(config.port), token, max_age=REMEMBERED, httponly=True, samesite="Strict", secure=_secure(request)
    )
    return response


def greeting(scope: Scope) -> dict[str, str]:
    """The answer to an admitted client."""
    return {"protocol": PROTOCOL, "scope": scope}


def _secure(request: web.Request) -> bool:
    """Whether the browser used https, if only to a reverse proxy."""
    return request.secure or request.headers.get("Origin", "").startswith("https://")


def _cookie(port: int) -> str:
    return f"murmuration-{port}"  # cookies know no ports: two servers on one host must not share a name


def _no(status: int, reason: str, headers: dict[str, str] | None = None) -> web.Response:
    return web.Response(status=status, text=reason + "\n", headers={"Cache-Control": "no-store", **(headers or {})})
