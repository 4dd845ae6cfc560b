"""Access: every request is checked for Host, then Origin, then a secret, before any other work.

Host must be one of this server's addresses, whole (DNS rebinding reaches a loopback server under a foreign name).
Origin, which browsers send with every WebSocket and every cross-site request, must be absent or this server's, whole.

A secret is a token or a browser's key in ``Authorization: Bearer``, a key in ``Murmuration-Key``, or a ticket in the
query, for requests that cannot carry a header. Cookies are not read: a browser sends them to every port of a host. The
page has a header of its own because ``Authorization`` may belong to a proxy in front. The page's own files are the same
for every client and contain no data, so they are open. Every route that is not listed as open is closed.

The threat model, with a test for each line, is docs/security.md.
"""

import time
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.typedefs import Middleware
from yarl import URL

from server import metrics
from server.door.admission import Admission
from server.door.config import Config
from server.door.throttle import Throttle
from server.door.tickets import Tickets
from server.door.tokens import Grant
from streaming.messages import PROTOCOL

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]
"""A handler of requests."""

GRANT: web.RequestKey[Grant] = web.RequestKey("grant")
"""Of an admitted request: its scope and its browser; absent without a secret."""

KEY = "Murmuration-Key"
"""The header in which a page sends its browser's key."""

POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; connect-src 'self'; object-src 'none'; "
    "frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
)

HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "Server": "Murmuration Lab",
    "X-Content-Type-Options": "nosniff",
}
"""Sent with every response. No Strict-Transport-Security: with a self-signed certificate it would remove the browser's
own way past its warning, and it applies to every port of the host."""

UNKNOWN = "No access yet: enter the code that devshell printed, or a new one of `devshell vr link`"
"""The answer to a request without a valid secret."""


@dataclass(frozen=True)
class Door:
    """The state by which requests are admitted."""

    config: Config
    admission: Admission = field(default_factory=Admission)
    throttle: Throttle = field(default_factory=Throttle)
    tickets: Tickets = field(default_factory=Tickets)


DOOR: web.AppKey[Door] = web.AppKey("door", Door)


def add(app: web.Application, config: Config, opened: Collection[str]) -> None:
    """Check every request of an application and add the security headers to every response.

    ``opened`` are the exact paths that are answered without a secret. ``config.port`` is the one listened on.
    """
    door = app[DOOR] = Door(config)
    app.middlewares.append(_guard(door, frozenset(opened)))
    app.on_response_prepare.append(_harden(config))


def _guard(door: Door, opened: frozenset[str]) -> Middleware:
    hosts, origins = door.config.hosts(), door.config.origins()

    async def admitted(request: web.Request, handler: Answer) -> web.StreamResponse:
        refused = _foreign(request, hosts, origins)
        if refused is not None:
            return refused
        shown = _shown(request)
        grant = _grant(request, door, shown)
        if grant is not None:
            request[GRANT] = grant
            door.admission.gone(request.protocol)
        elif request.path not in opened:
            return unknown(request, bool(shown))
        return await handler(request)

    @web.middleware
    async def access(request: web.Request, handler: Answer) -> web.StreamResponse:
        response = await admitted(request, handler)
        if GRANT not in request:
            door.admission.answered(request.protocol)
        return response

    return access


def _harden(config: Config) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    ancestors = " ".join(("frame-ancestors 'self'", *config.framed))
    headers = HEADERS | {"Content-Security-Policy": POLICY.replace("frame-ancestors 'self'", ancestors)}

    async def harden(_request: web.Request, response: web.StreamResponse) -> None:
        response.headers.update(headers)

    return harden


def greeting(grant: Grant) -> dict[str, str]:
    """The protocol and the scope, for an admitted client."""
    return {"protocol": PROTOCOL, "scope": grant.scope}


def needs_editor(request: web.Request) -> web.Response | None:
    """The refusal of a request that changes what all members see, unless its scope is the editor's."""
    if GRANT in request and request[GRANT].scope == "editor":
        return None
    metrics.count_refusal("scope")
    return refuse(403, "Read-only access: this needs the editor's token, or a code for editing")


def unknown(request: web.Request, shown: bool) -> web.Response:
    """The refusal of a request without a valid secret; ``shown``: it had a wrong one, which counts."""
    metrics.count_refusal("token")
    wait = request.app[DOOR].throttle.wrong(request.remote or "", time.monotonic()) if shown else 0
    if wait:
        metrics.count_refusal("rate")
        return refuse(429, f"Too many wrong codes or tokens from this address: wait {wait} s, then enter a code that "
                      "`devshell vr link` prints", {"Retry-After": str(wait)})  # fmt: skip
    return refuse(401, UNKNOWN, {"WWW-Authenticate": 'Bearer realm="Murmuration Lab"'})


def refuse(status: int, reason: str, headers: dict[str, str] | None = None) -> web.Response:
    """A refusal: one line of text that no cache keeps."""
    return web.Response(status=status, text=reason + "\n", headers={"Cache-Control": "no-store", **(headers or {})})


def _foreign(request: web.Request, hosts: frozenset[str], ours: frozenset[str]) -> web.Response | None:
    host, origins = _host(request), request.headers.getall("Origin", [])
    if host not in hosts:
        metrics.count_refusal("host")
        # The valid names are not listed: a page that came here under a foreign name could read them.
        return refuse(403, f"expected Host to be an address of this server, got {host[:80]!r}: open the address that "
                      "devshell printed, or allow this one with --allow-host")  # fmt: skip
    foreign = [origin for origin in origins if origin not in ours]
    if foreign:
        metrics.count_refusal("origin")
        return refuse(403, f"expected a page of this server, got one of origin {foreign[0][:80]!r}")
    return None


def _host(request: web.Request) -> str:
    """The host that a request names. That of its request line, if there is one, counts (RFC 9112, section 3.2.2)."""
    scheme, named, rest = request.raw_path.partition("://")
    absolute = named and not scheme.startswith("/")
    return (rest.partition("/")[0] if absolute else request.headers.get("Host", "")).lower()


def _shown(request: web.Request) -> list[str]:
    """The tokens and keys in the headers of a request."""
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    secrets = [bearer if scheme.lower() == "bearer" else "", request.headers.get(KEY, "")]
    return [secret for secret in secrets if secret]


def _grant(request: web.Request, door: Door, shown: list[str]) -> Grant | None:
    config = door.config
    for secret in shown:
        if (grant := config.tokens.grant(secret) or config.browsers.grant(secret)) is not None:
            return grant
    if request.method not in ("GET", "HEAD") or "ticket" not in request.query:
        return None
    rest = URL.build(query=[(name, value) for name, value in request.query.items() if name != "ticket"])
    grant = door.tickets.spend(request.query["ticket"], request.path, str(rest), "Range" in request.headers)
    return grant if grant is not None and config.browsers.knows(grant) else None
