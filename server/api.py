"""The HTTP interface: one table of what there is, from which requests are routed, checked and documented."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from aiohttp import web

from murmuration.errors import MessageError
from server import apidata, download
from server.listing import LISTINGS
from server.session import Session


@dataclass(frozen=True)
class Parameter:
    """One parameter of a query: its JSON schema, from which a text is checked and read, and what it is for."""

    name: str
    schema: Mapping[str, Any]
    about: str

    def read(self, text: str) -> Any:
        """A text as the value it stands for. Raises MessageError for one that the schema does not allow."""
        kind = self.schema["type"]
        if kind == "boolean" and text in ("true", "false"):
            return text == "true"
        if kind == "integer" and re.fullmatch(r"\d{1,15}", text) and int(text) <= self.schema["maximum"]:
            return int(text)
        if kind == "string" and re.fullmatch(self.schema.get("pattern", ".*"), text, re.DOTALL):
            return text
        got = text if len(text) <= 60 else text[:57] + "..."
        raise MessageError(f"expected {self.name} to be {self.schema['description']}, got {got!r}")


_WHOLE = {"type": "integer", "minimum": 0, "maximum": 10**12, "description": "a whole number of 0 or more"}
_NAMES = {"type": "string", "pattern": r"^\w{1,20}(,\w{1,20}){0,20000}$", "description": "names of columns, a,b,c"}
_PRIMES = {"type": "string", "pattern": r"^[0-9]{1,9}:[0-9]{1,9}$", "description": "a range of primes, 2:100"}

PART = (
    Parameter("offset", _WHOLE | {"default": 0}, "Rows to skip."),
    Parameter("limit", _WHOLE, "Rows to give at most; all without it."),
    Parameter("sort", {"type": "string", "pattern": r"^\w{1,20}$", "description": "the name of a column"},
              "The column to sort by; unknown values come last, equal ones by row."),
    Parameter("descending", {"type": "boolean", "default": False, "description": "true or false"},
              "Whether the largest come first."),
)  # fmt: skip
COLUMNS = Parameter("columns", _NAMES, "The columns to give, in this order; all without it.")
NAME = Parameter("name", {"type": "string", "minLength": 1, "description": "a name"},
                 "A named selection; the current one without it.")  # fmt: skip
PRIMES = Parameter("primes", _PRIMES, "The least and the greatest prime to give, both included.")

WHAT = {"table": (), "traces": (PRIMES,), "selection": (NAME,), "projection": ()}
"""What can be downloaded, with the parameters of its own."""


def add(app: web.Application, session: Session) -> None:
    """Answer everything under /api."""
    data = apidata.Data(session)
    app.on_cleanup.append(data.close)
    for what, own in WHAT.items():
        for kind in download.TABLES:
            app.router.add_get(f"/api/{what}.{kind}", partial(_data, data, what, kind, (*PART, *own, COLUMNS)))
    for kind in LISTINGS:
        app.router.add_get(f"/api/selection.{kind}", partial(_data, data, "selection", kind, (*PART, NAME)))


async def _data(
    data: apidata.Data, what: str, kind: str, parameters: tuple[Parameter, ...], request: web.Request
) -> web.StreamResponse:
    try:
        asked = read(parameters, request)
    except MessageError as error:
        return apidata.refused(400, str(error))
    return await data.answer(what, kind, request, asked)


def read(parameters: tuple[Parameter, ...], request: web.Request) -> dict[str, Any]:
    """The query of a request by name, defaults included. Raises MessageError for what is not allowed there."""
    known = {each.name: each for each in parameters}
    asked: dict[str, Any] = {name: each.schema["default"] for name, each in known.items() if "default" in each.schema}
    for name, text in request.query.items():
        if name not in known:
            raise MessageError(
                f"expected the parameters {', '.join(each.name for each in parameters)}; got {name[:40]!r}"
            )
        if request.query.getall(name) != [text]:
            raise MessageError(f"expected {name} once, got it {len(request.query.getall(name))} times")
        asked[name] = known[name].read(text)
    if "columns" in asked:
        asked["columns"] = names = tuple(asked["columns"].split(","))
        (name, times), *_ = Counter(names).most_common(1)
        if times > 1:
            raise MessageError(f"expected each column once, got {name!r} {times} times")
    if "primes" in asked:
        low, high = map(int, asked["primes"].split(":"))
        if low > high:
            raise MessageError(f"expected primes to be a range such as 2:100, got {asked['primes']!r}")
        asked["primes"] = low, high
    return asked
