"""The HTTP interface is what it says: schemathesis asks a real server all that its description allows or forbids."""

import json
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import murmuration as mm
from murmuration.errors import MessageError
from server import app
from server.compute.compute import Compute
from server.data.apiroutes import COLUMNS, DESCENDING, LIMIT, ROUTES, Parameter, Route
from server.door import health, page
from server.door.config import Config
from session.view import View
from tests.conftest import Server, start, stop
from tests.web import get


@pytest.fixture(scope="module")
def small() -> Iterator[Server]:
    one = start("--conductor", "7500:7600", "--primes", "10")
    yield one
    stop(one)


def test_every_route_is_described(table: mm.CurveTable, tmp_path: Path) -> None:
    part = table.part(0, 200)
    compute = Compute(part, mm.trace(part, 10))
    config = Config()
    made = app.make(config, compute, compute.scene_data_now(View("pc1,pc2,pc3", "rank", (11, 10_000))), health.Health())
    compute.close()
    known = {"/ws", "/api/style.css", *page.files(config.static)}
    routed = {(route.method.lower(), route.resource.canonical) for route in made.router.routes() if route.resource}
    described = {(route.method, route.path) for route in ROUTES}
    assert {each for each in routed if each[1] not in known and each[0] != "head"} == described


def schemathesis(server: Server, folder: Path, *options: str) -> str:
    token, given = f"Authorization: Bearer {server.token}", ("--seed", "1", "--no-color", "--max-examples", "5")
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{server.base}/api", "--header", token, *given]
    done = subprocess.run([*command, *options], cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_schemathesis_finds_nothing(small: Server, tmp_path: Path) -> None:
    # Wrong tokens are tried on their own: every one of them makes the next refusal a 429, and rightly.
    found = schemathesis(
        small, tmp_path, "--checks", "all", "--exclude-checks", "ignored_auth", "--exclude-path", "/enter"
    )
    assert f"{len(ROUTES) - 1} selected / {len(ROUTES)} total" in found
    assert "No issues found" in found
    checks = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
    schemathesis(small, tmp_path, "--checks", checks, "--include-path", "/enter")


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.path)
def test_only_open_routes_answer_without_a_token(small: Server, route: Route) -> None:
    status, text, _ = get(small, route.path, route.method.upper(), body="{}" if route.body else None)
    assert (status == 401) is not route.open
    assert text.count("\n") == (0 if status == 200 else 1)


def test_the_description_for_programs_and_for_people(small: Server) -> None:
    status, text, headers = get(small, "/api", **small.bearer)
    described = json.loads(text)
    assert (status, headers["content-type"], described["openapi"]) == (200, "application/json; charset=utf-8", "3.1.1")
    parameters = {each["name"]: each for each in described["paths"]["/api/traces.arrow"]["get"]["parameters"]}
    assert list(parameters) == ["offset", "limit", "sort", "descending", "ticket", "columns", "primes"]
    status, text, headers = get(small, "/api", Accept="text/html,*/*;q=0.8", **small.bearer)
    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
    seen = _Page()
    seen.feed(text)
    assert "script" not in seen.tags
    assert "style" not in {name for _, names in seen.attributes for name in names}
    assert {route.path[1:] for route in ROUTES if route.method == "get"} <= set(seen.links)  # relative
    status, _, headers = get(small, f"/{seen.links[0]}")
    assert (status, headers["content-type"]) == (200, "text/css; charset=utf-8")
    assert get(small, "/api?as=json", Accept="text/html", **small.bearer)[1] == json.dumps(described)
    assert get(small, "/api?as=xml", **small.bearer)[:2] == (400, "expected as to be json or html, got 'xml'\n")


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.attributes: list[tuple[str, list[str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.append((tag, [name for name, _ in attrs]))
        self.links += [value for name, value in attrs if name == "href" and value]


@pytest.mark.parametrize(
    ("parameter", "text", "value"),
    [
        (LIMIT, "0", 0), (LIMIT, "1000000000000", 10**12), (LIMIT, "1000000000001", None), (LIMIT, "-1", None),
        (LIMIT, "\u0661", None), (LIMIT, "", None), (LIMIT, "1.0", None), (LIMIT, "9" * 5000, None),
        (DESCENDING, "true", True), (DESCENDING, "false", False), (DESCENDING, "True", None), (DESCENDING, "1", None),
        (COLUMNS, "row,label", ("row", "label")), (COLUMNS, "row,row", None), (COLUMNS, "row,", None),
        (COLUMNS, "a b", None), (COLUMNS, "row\n", None),
    ],
)  # fmt: skip
def test_parameters_are_read_by_their_schemas(parameter: Parameter, text: str, value: Any) -> None:
    if value is None:
        with pytest.raises(MessageError, match=f"^expected {parameter.name} to be .*, got "):
            parameter.read(text)
    else:
        assert parameter.read(text) == value
