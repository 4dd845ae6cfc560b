"""HTTP for tests: requests with headers of one's own, and metrics as Prometheus reads them."""

import http.client
import json
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from server.door.tokens import Scope
from tests.conftest import PATIENCE, Server


def get(
    server: Server, path: str, method: str = "GET", body: str | None = None, **headers: str
) -> tuple[int, str, dict[str, str]]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    connection.request(method, path, body, {key.replace("_", "-"): value for key, value in headers.items()})
    response = connection.getresponse()
    text = response.read().decode(errors="replace")
    connection.close()
    return response.status, text, {key.lower(): value for key, value in response.getheaders()}


def post(server: Server, path: str, data: Any, **headers: str) -> tuple[int, str, dict[str, str]]:
    return get(server, path, "POST", json.dumps(data), **headers)


def code(server: Server, scope: Scope = "editor") -> str:
    """A new code."""
    return server.link(scope).rpartition("=")[2]


def enter(server: Server, code: Any, **headers: str) -> tuple[int, str, dict[str, str]]:
    """The answer to a code."""
    return post(server, "/enter", {"code": code}, **headers)


def key(server: Server, scope: Scope = "editor") -> dict[str, str]:
    """The header that shows a new browser's key."""
    return {"Murmuration-Key": json.loads(enter(server, code(server, scope))[1])["key"]}


def ticket(server: Server, path: str, shown: dict[str, str]) -> str:
    """A ticket for a path."""
    return str(json.loads(post(server, "/ticket", {"path": path}, **shown)[1])["ticket"])


def parsed(text: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Every sample by its name and labels."""
    families = text_string_to_metric_families(text)
    return {(s.name, frozenset(s.labels.items())): s.value for family in families for s in family.samples}


def sample(text: str, name: str, **labels: str) -> float:
    """One value; 0 for what was never counted."""
    return parsed(text).get((name, frozenset(labels.items())), 0.0)
