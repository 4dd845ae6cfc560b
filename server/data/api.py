"""The HTTP interface at work: requests under /api are checked by the table of routes, and answered."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from aiohttp import web

from murmuration.errors import MessageError
from server.data import apidata, apidoc
from server.data.apiroutes import DATA, DOCUMENT, ROUTES, Parameter
from server.live.session import Session

STYLE = "/api/style.css"
"""The path of the style sheet of the description; it contains no data, and is answered without a token."""

_STYLE = Path(__file__).with_name("api.css").read_bytes()


def add(app: web.Application, session: Session) -> None:
    """Answer everything under /api."""
    data = apidata.Data(session)
    app.on_cleanup.append(data.close)
    for (what, kind), route in DATA.items():
        app.router.add_get(route.path, partial(_data, data, what, kind, route.parameters))
    app.router.add_get(DOCUMENT.path, partial(_describe, apidoc.document(ROUTES)))
    app.router.add_get(STYLE, _style)


async def _data(
    data: apidata.Data, what: str, kind: str, parameters: Sequence[Parameter], request: web.Request
) -> web.StreamResponse:
    try:
        asked = read(parameters, request)
    except MessageError as error:
        return apidata.refused(400, str(error))
    return await data.answer(what, kind, request, asked)


def read(parameters: Sequence[Parameter], request: web.Request) -> dict[str, Any]:
    """The query of a request by name, defaults included. Raises MessageError for a parameter that is not allowed."""
    known = {each.name: each for each in parameters}
    asked: dict[str, Any] = {name: each.schema["default"] for name, each in known.items() if "default" in each.schema}
    for name, text in request.query.items():
        if name not in known:
            raise MessageError(f"expected the parameters {', '.join(known)}; got {name[:40]!r}")
        times = len(request.query.getall(name))
        if times > 1:
            raise MessageError(f"expected {name} once, got it {times} times")
        asked[name] = known[name].read(text)
    return asked


async def _describe(described: dict[str, Any], request: web.Request) -> web.Response:
    try:
        asked = read(DOCUMENT.parameters, request)
    except MessageError as error:
        return apidata.refused(400, str(error))
    headers = {"Cache-Control": "no-cache", "Vary": "Accept"}
    accepted = "html" if "text/html" in request.headers.get("Accept", "") else "json"
    if asked.get("as", accepted) == "html":
        return web.Response(text=apidoc.page(described), content_type="text/html", headers=headers)
    return web.json_response(described, headers=headers)


async def _style(_request: web.Request) -> web.Response:
    return web.Response(body=_STYLE, content_type="text/css", charset="utf-8", headers={"Cache-Control": "no-cache"})
