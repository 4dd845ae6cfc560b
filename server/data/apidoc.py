"""The HTTP interface described: as an OpenAPI 3.1 document for programs, as a page for people.

Both are made from the table in :mod:`server.data.apiroutes`. The page has no script, as the server's policy demands.
"""

from collections.abc import Iterable, Mapping
from html import escape
from http import HTTPStatus
from typing import Any

from server.data.apiroutes import TEXT, Answer, Parameter, Route
from streaming.messages import PROTOCOL

COMMON = (
    Answer(401, "The token is missing or wrong.", TEXT, {"WWW-Authenticate": "Bearer"}),
    Answer(403, "Host or Origin is foreign, or the token is a viewer's and the editor's is needed.", TEXT, {}),
    Answer(429, "Too many wrong codes, keys or tokens came from this address.", TEXT, {"Retry-After": "Seconds."}),
    Answer(503, "The data are still being read.", TEXT, {"Retry-After": "Seconds."}),
)
"""Answers of every route, before any other work."""

ABOUT = f"""Curves, traces, selections and projections of a running Murmuration Lab, beside its socket /ws ({PROTOCOL}).

Scripts send a token, which `devshell vr token` prints: `Authorization: Bearer TOKEN`. Browsers exchange a code for a
key at POST /enter and send it as `Murmuration-Key: KEY`; where no header can be sent, POST /ticket gives a ticket for
the query of one address. Every refusal is one line of text: the expected value, the actual one, and the remedy. Files
come whole, in parts (offset, limit), or in ranges of bytes (`Range`, with `If-Range` and the `ETag`): a download that
was cut goes on, also after the server was started again. HEAD answers wherever GET does.
"""


_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Murmuration Lab: the HTTP interface</title>
<link rel="stylesheet" href="api/style.css">
</head>
<body>
<main>
<h1>The HTTP interface</h1>
{about}
<p>For programs: <a href="api?as=json">this description as OpenAPI 3.1</a>.</p>
{sections}
</main>
</body>
</html>
"""


def document(routes: Iterable[Route]) -> dict[str, Any]:
    """The OpenAPI document of some routes."""
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method] = _operation(route)
    return {
        "openapi": "3.1.1",
        "info": {"title": "Murmuration Lab", "version": PROTOCOL.rpartition(".v")[2], "description": ABOUT},
        "servers": [{"url": "./"}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "responses": {HTTPStatus(each.status).phrase.replace(" ", ""): _answer(each) for each in COMMON},
        },
        "security": [{"token": []}],
    }


def page(described: Mapping[str, Any]) -> str:
    """The document as HTML that needs nothing else but a style sheet."""
    sections = [
        f'<section><h2 id="{escape(path)}"><b>{escape(method.upper())}</b> {_link(path, method)}</h2>'
        f"<p>{escape(operation['summary'])}. {escape(operation['description'])}</p>"
        f"{_parameters(operation.get('parameters', []))}{_answers(operation['responses'])}</section>"
        for path, operations in described["paths"].items()
        for method, operation in operations.items()
    ]
    about = "".join(f"<p>{escape(each)}</p>" for each in described["info"]["description"].strip().split("\n\n"))
    return _PAGE.format(about=about, sections="".join(sections))


def _operation(route: Route) -> dict[str, Any]:
    own = {str(each.status): _answer(each) for each in route.answers}
    common = [each for each in COMMON if not route.open or each.status == 403 or route.body]
    state = {
        str(each.status): {"$ref": f"#/components/responses/{HTTPStatus(each.status).phrase.replace(' ', '')}"}
        for each in common
    }
    made: dict[str, Any] = {
        "summary": route.summary,
        "description": route.about,
        "operationId": route.method + route.path.replace("/", "-").replace(".", "-"),
        "responses": own | state,
    }
    if route.parameters:
        made["parameters"] = [_parameter(each) for each in route.parameters]
    if route.body is not None:
        made["requestBody"] = {"required": True, "content": {"application/json": {"schema": route.body}}}
    if route.open:
        made["security"] = []
    return made


def _parameter(one: Parameter) -> dict[str, Any]:
    made = {"name": one.name, "in": "query", "description": one.about, "schema": one.schema}
    return made | {"style": "form", "explode": False} if one.schema["type"] == "array" else made


def _answer(one: Answer) -> dict[str, Any]:
    made: dict[str, Any] = {"description": one.about}
    if one.content:
        made["content"] = {media: {"schema": schema} if schema else {} for media, schema in one.content.items()}
    if one.headers:
        made["headers"] = {
            name: {"description": about, "schema": {"type": "string"}} for name, about in one.headers.items()
        }
    return made


def _link(path: str, method: str) -> str:
    return f'<a href="{escape(path[1:])}">{escape(path)}</a>' if method == "get" else escape(path)


def _parameters(parameters: Iterable[Mapping[str, Any]]) -> str:
    rows = "".join(
        f"<dt><code>{escape(each['name'])}</code></dt><dd>{escape(each['description'])}{_default(each['schema'])}</dd>"
        for each in parameters
    )
    return f"<dl>{rows}</dl>" if rows else ""


def _default(schema: Mapping[str, Any]) -> str:
    return f" Default: {str(schema['default']).lower()}." if "default" in schema else ""


def _answers(responses: Mapping[str, Mapping[str, Any]]) -> str:
    rows = "".join(
        f"<li><code>{status}</code> {escape(answer['description'])} {escape(', '.join(answer.get('content', {})))}</li>"
        for status, answer in responses.items()
        if "description" in answer
    )
    return f"<ul>{rows}</ul>"
