"""The data over HTTP: the table, traces, a selection or a projection, in every format, whole, in parts or in ranges.

An answer's ETag names its bytes: it is made from the data, not from the time of the request, so a download
that was cut by either side goes on with ``Range`` and ``If-Range``, also after the server was started again.
"""

import asyncio
import hashlib
import json
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import pyarrow as pa
from aiohttp import web

from murmuration.errors import MessageError
from murmuration.types import UInt32s
from server.data import datasets, download
from server.data.datasets import Rows
from server.data.download import Part
from server.data.listing import COLUMNS, LISTINGS
from server.data.spool import Body, Exports, NoRoomError, TooLargeError, Write
from server.live.session import Session

PATIENCE = 30.0
"""Seconds that a reader may take for one piece before it is cut off; it may come back for the rest."""

MOST_ROWS = 16
"""Descriptions of rows that are kept, for the next page of the same."""

MOST_ORDERS = 8
"""Sorted orders that are kept, 4 bytes a row each."""


class Data:
    """The downloads of a session, and the bodies made so far."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._exports = Exports()
        self._orders: OrderedDict[tuple[str, str, bool], UInt32s] = OrderedDict()
        self._rows: OrderedDict[tuple[object, ...], tuple[object, Rows]] = OrderedDict()

    async def close(self, _app: web.Application) -> None:
        """Stop writing bodies."""
        await self._exports.close()

    async def answer(self, what: str, kind: str, request: web.Request, asked: Mapping[str, Any]) -> web.StreamResponse:
        """A file of a kind: ``asked`` holds the checked parameters. Refusals are text of one line."""
        try:
            found = await self._find(what, asked)
            part = await self._part(found, kind, asked)
        except MessageError as error:
            return refused(404, str(error))
        tag = _tag(part, kind, asked)
        headers = {
            "Accept-Ranges": "bytes",
            "Cache-Control": "private, no-cache",
            "ETag": tag,
            "Content-Disposition": f'attachment; filename="{_name(part, kind)}"',
        }
        if _matches(request.headers.get("If-None-Match", ""), tag):
            return web.Response(status=304, headers=headers)
        quick = part.stop - part.start <= download.piece(part.rows.select(part.columns))
        try:
            async with self._exports.body(tag, lambda: _writer(kind, part), quick) as body:
                return await _send(request, body, tag, headers | {"Content-Type": download.media(kind)})
        except NoRoomError as error:
            return refused(503, str(error), {"Retry-After": "10"})
        except TooLargeError as error:
            return refused(400, str(error))

    async def _find(self, what: str, asked: Mapping[str, Any]) -> Rows:
        """The rows of a request, made once for each selection and each scene, since making them hashes their data."""
        session, table = self._session, self._session.compute.table
        everything = await self._made(("table",), table, lambda: datasets.of_table(table))
        if what == "selection":
            name = asked.get("name")
            chosen = session.selection if name is None else session.names.find(name)
            make = partial(datasets.of_selection, table, chosen, name, everything.digest)
            return await self._made((what, name), chosen, make)
        if what == "traces":
            traces, primes = session.compute.traces, asked.get("primes")
            make = partial(datasets.of_traces, table, traces, primes, everything.digest)
            return await self._made((what, primes), traces, make)
        if what == "projection":
            cloud = session.scene_data(asked["pane"]).cloud
            return await self._made((what, asked["pane"]), cloud, partial(datasets.of_projection, table, cloud))
        return everything

    async def _made(self, key: tuple[object, ...], of: object, make: Callable[[], Rows]) -> Rows:
        """The rows of a key, made anew when they were made of something else."""
        source, found = self._rows.pop(key, (None, None))
        if found is None or source is not of:
            found = await self._exports.call(make, quick=False)
        self._rows[key] = of, found
        while len(self._rows) > MOST_ROWS:
            self._rows.popitem(last=False)
        return found

    async def _part(self, found: Rows, kind: str, asked: Mapping[str, Any]) -> Part:
        columns = COLUMNS if kind in LISTINGS else asked.get("columns") or tuple(found.schema.names)
        found.select(columns)
        start = min(asked["offset"], found.length)
        stop = found.length if asked.get("limit") is None else min(start + asked["limit"], found.length)
        order = await self._order(found, asked["sort"], asked["descending"]) if asked.get("sort") else None
        return Part(found, tuple(columns), start, stop, order)

    async def _order(self, found: Rows, column: str, descending: bool) -> UInt32s:
        key = found.digest, found.known(column), descending
        if key not in self._orders:
            self._orders[key] = await self._exports.call(partial(found.order, column, descending), quick=False)
        self._orders.move_to_end(key)
        order = self._orders[key]
        while len(self._orders) > MOST_ORDERS:
            self._orders.popitem(last=False)
        return order


def refused(status: int, reason: str, headers: Mapping[str, str] | None = None) -> web.Response:
    """Words for a request that cannot be answered."""
    return web.Response(status=status, text=reason + "\n", headers={"Cache-Control": "no-store", **(headers or {})})


def _writer(kind: str, part: Part) -> Write:
    return partial(download.write, kind, part)


def _name(part: Part, kind: str) -> str:
    return f"{download.stem(part.rows.name, part.stop - part.start)}.{kind}"


def _tag(part: Part, kind: str, asked: Mapping[str, Any]) -> str:
    """A strong ETag: the same for the same bytes only. Arrow's writers may change with their version."""
    order = [asked["sort"], asked["descending"]] if asked.get("sort") else None
    about = [part.rows.digest, kind, part.columns, part.start, part.stop, order, pa.__version__]
    return f'"{hashlib.blake2b(json.dumps(about).encode(), digest_size=16).hexdigest()}"'


# ---- HTTP's ranges and conditions: RFC 9110, sections 13 and 14 ----------------------------------------------------


async def _send(request: web.Request, body: Body, tag: str, headers: dict[str, str]) -> web.StreamResponse:
    """The body, or the range of it that is asked for; as it is written, where the length need not be known before."""
    asked = request.headers.get("Range", "") if request.headers.get("If-Range", tag) == tag else ""
    if asked or request.method == "HEAD":
        await body.finished()
    else:
        await body.reach(0)
    span = _span(asked, body.written) if asked else None
    if span == (0, 0):
        headers = {"Content-Range": f"bytes */{body.written}", "Accept-Ranges": "bytes", "ETag": tag}
        return refused(416, f"expected a range within {body.written:,} bytes, got {asked[:60]!r}", headers)
    response = web.StreamResponse(status=206 if span else 200, headers=headers)
    if span:
        response.headers["Content-Range"] = f"bytes {span[0]}-{span[1] - 1}/{body.written}"
    start, stop = span or (0, body.written if body.whole else None)
    if stop is not None:
        response.content_length = stop - start
    await response.prepare(request)
    if request.method == "HEAD":
        return response
    try:
        async for data in body.read(start, stop):
            async with asyncio.timeout(PATIENCE):
                await response.write(data)
    except (NoRoomError, TooLargeError, TimeoutError, ConnectionError):
        # The head is sent: only an aborted connection tells the client that the rest will not come.
        if isinstance(request.transport, asyncio.WriteTransport):
            request.transport.abort()
    return response


def _span(asked: str, size: int) -> tuple[int, int] | None:
    """The first and last-plus-one byte of a range; (0, 0) beyond the end; None for other requests.

    A range of another unit, several ranges and a malformed one are answered with the whole body, as RFC 9110 allows.
    """
    match = re.fullmatch(r"bytes=(\d{0,18})-(\d{0,18})", asked.replace(" ", ""))
    if match is None or not (match[1] or match[2]) or (match[1] and match[2] and int(match[2]) < int(match[1])):
        return None
    if not match[1]:
        start, stop = max(0, size - int(match[2])), size
    else:
        start, stop = int(match[1]), min(int(match[2]) + 1, size) if match[2] else size
    return (start, stop) if start < stop else (0, 0)


def _matches(condition: str, tag: str) -> bool:
    return condition.strip() == "*" or tag in [each.strip().removeprefix("W/") for each in condition.split(",")]
