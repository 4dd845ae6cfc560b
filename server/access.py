"""Who may talk to the server: Host, then Origin, then the token, before any other work.

Host must be one of our own addresses, whole (DNS rebinding reaches a loopback server under a foreign name). Origin,
which browsers send with every WebSocket and every cross-site request, must be absent or one of ours, whole. The token
comes as ``?token=`` with the first page, which puts it into a cookie and out of the address; scripts may send it as
``Authorization: Bearer`` or go on with ``?token=``. Requests are not logged, so the token is in no log.
"""

import hmac
from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.typedefs import Middleware

from server.config import Config

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]
"""What answers a request."""

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; connect-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""Sent with every answer."""


def guard(config: Config) -> Middleware:
    """The middleware that lets in or refuses; ``config.port`` is the one listened on."""
    ours = hosts(config)

    @web.middleware
    async def access(request: web.Request, handler: Answer) -> web.StreamResponse:
        refused = _refusal(request, config, ours)
        if refused is not None:
            return refused
        if request.path == "/" and "token" in request.query:
            return _welcome(request, config)
        return await handler(request)

    return access


async def harden(_request: web.Request, response: web.StreamResponse) -> None:
    """Add the security headers to a response about to be sent."""
    response.headers.update(HEADERS)


def hosts(config: Config) -> set[str]:
    """The exact values of Host that are ours."""
    names = {config.host, "127.0.0.1", "localhost", "[::1]"}
    return {f"{name}:{config.port}" for name in names} | (names if config.port == 80 else set())


def _refusal(request: web.Request, config: Config, ours: set[str]) -> web.Response | None:
    host, origins = request.headers.get("Host", ""), request.headers.getall("Origin", [])
    if host not in ours:
        return _no(403, f"expected Host to be one of {', '.join(sorted(ours))}, got {host[:80]!r}")
    foreign = [origin for origin in origins if origin not in {f"http://{name}" for name in ours}]
    if foreign:
        return _no(403, f"expected a page of this server, got one of origin {foreign[0][:80]!r}")
    if not any(
        hmac.compare_digest(each.encode(errors="surrogateescape"), config.token.encode())
        for each in _shown(request, config.port)
    ):
        return _no(401, "expected the token of this server: open the full address that devshell printed")
    return None


def _shown(request: web.Request, port: int) -> list[str]:
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    return [
        bearer if scheme == "Bearer" else "",
        request.query.get("token", ""),
        request.cookies.get(_cookie(port), ""),
    ]


def _cookie(port: int) -> str:
    return f"murmuration-{port}"  # cookies know no ports: two servers on one host must not share a name


def _welcome(request: web.Request, config: Config) -> web.Response:
    response = web.Response(status=303, headers={"Location": "/", "Cache-Control": "no-store"})
    # Lax, not Strict: a link scanned from the terminal must arrive with its cookie. The Origin check guards the rest.
    response.set_cookie(
        _cookie(config.port), config.token, httponly=True, samesite="Lax", secure=request.secure, path="/"
    )
    return response


def _no(status: int, reason: str) -> web.Response:
    return web.Response(status=status, text=reason + "\n", headers={"Cache-Control": "no-store"})
