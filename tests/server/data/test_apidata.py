"""The data over HTTP, from a real server: pages, orders, ranges, refusals."""

import http.client
import io
import json
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest

import murmuration as mm
from tests.conftest import Server
from tests.wire import connect

LEFT = [[-2.0, -2.0], [0.0, -2.0], [0.0, 2.0], [-2.0, 2.0]]


class Answer(NamedTuple):
    status: int
    body: bytes
    headers: dict[str, str]

    @property
    def table(self) -> Any:
        kind = self.headers["content-type"]
        if "arrow" in kind:
            return pa.ipc.open_file(self.body).read_all()
        if "parquet" in kind:
            return pa.parquet.read_table(io.BytesIO(self.body))
        return pa.csv.read_csv(io.BytesIO(self.body))


def get(server: Server, path: str, method: str = "GET", **headers: str) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    connection.request(method, path, headers={"Authorization": f"Bearer {server.token}", **named})
    response = connection.getresponse()
    answer = Answer(response.status, response.read(), {key.lower(): value for key, value in response.getheaders()})
    connection.close()
    return answer


@pytest.mark.parametrize("kind", ["arrow", "parquet", "csv"])
def test_the_table_in_every_format(server: Server, table: mm.CurveTable, kind: str) -> None:
    answer = get(server, f"/api/table.{kind}")
    assert answer.status == 200
    assert answer.headers["content-disposition"] == f'attachment; filename="cremona-10000-38042.{kind}"'
    assert answer.table.column_names == ["row", *table.columns.column_names]
    assert answer.table["row"].to_pylist() == list(range(len(table)))
    assert answer.table.drop(["row"]).to_pydict() == table.columns.to_pydict()


def test_traces_have_a_column_for_each_prime(server: Server, table: mm.CurveTable, traces: mm.Traces) -> None:
    parquet, some = get(server, "/api/traces.parquet").table, get(server, "/api/traces.arrow?primes=90:110").table
    assert parquet.column_names == ["row", "label", *(f"a{p}" for p in traces.primes)]
    assert some.column_names == ["row", "label", "a97", "a101", "a103", "a107", "a109"]
    assert some["a97"].type == pa.int16()
    for name in some.column_names[2:]:
        column = traces.values[:, np.searchsorted(traces.primes, int(name[1:]))]
        np.testing.assert_array_equal(some[name], column)
        np.testing.assert_array_equal(parquet[name], column)
    one = get(server, "/api/traces.csv?offset=5&limit=1&columns=a3,label").table
    assert one.to_pylist() == [{"a3": int(traces.values[5, 1]), "label": table.columns["label"][5].as_py()}]


def test_a_projection_holds_the_drawn_points(server: Server, cloud: mm.Cloud, table: mm.CurveTable) -> None:
    found = get(server, "/api/projection.parquet").table
    assert found.column_names == ["row", "label", "rank", "pc1", "pc2", "pc3", "x", "y", "z", "class"]
    order = np.argsort(cloud.row)
    for axis, name in enumerate(("x", "y", "z", "class")):
        np.testing.assert_array_equal(found[name], cloud.position[order, axis])
    for axis, name in enumerate(("pc1", "pc2", "pc3")):
        expected = cloud.projection.coordinates[:, axis]
        np.testing.assert_allclose(found[name], expected, rtol=0, atol=1e-12)  # BLAS adds up by what is free just then
    assert found["rank"].to_pylist() == table.columns["rank"].to_pylist()
    about = json.loads(found.schema.metadata[b"murmuration"])
    np.testing.assert_array_equal(about["low"], cloud.low)


def test_pages_in_every_order_add_up_to_the_table(server: Server, table: mm.CurveTable) -> None:
    for column in ("conductor", "label", "rank", "row"):
        for descending in ("false", "true"):
            names = ",".join(dict.fromkeys(["row", column]))
            query = f"/api/table.arrow?columns={names}&sort={column}&descending={descending}"
            pages = [get(server, f"{query}&offset={start}&limit=9000").table for start in range(0, 45_000, 9000)]
            whole = pa.concat_tables(pages)
            assert whole["row"].to_pylist() == get(server, query).table["row"].to_pylist()
            values = whole[column].to_pylist()
            assert values == sorted(table.columns[column].to_pylist() if column != "row" else range(38_042),
                                    reverse=descending == "true")  # fmt: skip
            if column != "row":  # equal ones stay in the order of the rows
                pairs = list(zip(values, whole["row"].to_pylist(), strict=True))
                assert all(a[1] < b[1] for a, b in pairwise(pairs) if a[0] == b[0])


async def test_a_selection_and_its_pages(own_server: Server, table: mm.CurveTable) -> None:
    async with connect(own_server) as wire:
        scene = await wire.text("scene")
        empty = get(own_server, "/api/selection.arrow")
        await wire.send("stroke", id=1, polygon=LEFT, matrix=scene["model"], operation="replace")
        count = (await wire.text("selected", id=1))["count"]
        await wire.send("name", name="left / half")
        await wire.text("selections")
        whole = get(own_server, "/api/selection.arrow")
        page = get(own_server, f"/api/selection.arrow?name={quote('left / half')}&offset=10&limit=5&sort=conductor")
        await wire.send("clear", id=2)
        await wire.text("selected", id=2)
        cleared = get(own_server, "/api/selection.arrow")
    assert (empty.table.num_rows, whole.table.num_rows, cleared.table.num_rows) == (0, count, 0)
    assert cleared.headers["etag"] != whole.headers["etag"]
    rows = whole.table["row"].to_numpy()
    assert whole.table.drop(["row"]).equals(table.take(rows).cast(whole.table.drop(["row"]).schema))
    by_conductor = sorted(rows.tolist(), key=lambda row: (int(table.conductor[row]), row))
    assert page.table["row"].to_pylist() == by_conductor[10:15]
    assert page.headers["content-disposition"] == 'attachment; filename="left-half-5.arrow"'


def test_a_cut_download_goes_on(server: Server) -> None:
    whole = get(server, "/api/table.csv?limit=1000")
    tag, size = whole.headers["etag"], len(whole.body)
    assert get(server, "/api/table.csv?limit=1000", method="HEAD") == (
        200, b"", whole.headers | {"date": whole.headers["date"], "content-length": str(size)})  # fmt: skip
    for asked, start, stop in (("0-99", 0, 100), (f"{size - 5}-", size - 5, size), ("-7", size - 7, size),
                               (f"100-{size * 2}", 100, size)):  # fmt: skip
        part = get(server, "/api/table.csv?limit=1000", Range=f"bytes={asked}", If_Range=tag)
        assert (part.status, part.body) == (206, whole.body[start:stop])
        assert part.headers["content-range"] == f"bytes {start}-{stop - 1}/{size}"
    beyond = get(server, "/api/table.csv?limit=1000", Range=f"bytes={size}-")
    assert (beyond.status, beyond.headers["content-range"]) == (416, f"bytes */{size}")
    for headers in ({"If_Range": '"other"'}, {"Range": "bytes=5-2"}, {"Range": "bytes=0-1,5-6"}, {"Range": "x=0-1"}):
        assert get(server, "/api/table.csv?limit=1000", **{"Range": "bytes=0-9", **headers})[:2] == (200, whole.body)
    assert get(server, "/api/table.csv?limit=1000", If_None_Match=f'"x", W/{tag}')[:2] == (304, b"")
    assert get(server, "/api/table.csv?limit=999").headers["etag"] != tag


def test_a_cut_download_goes_on_with_another_server(server: Server, own_server: Server) -> None:
    """The ETag says what the bytes are, not who made them."""
    query = "/api/traces.arrow?primes=2:50"
    first, second = get(server, query), get(own_server, query)
    assert first.headers["etag"] == second.headers["etag"]
    assert first.body == second.body


def test_a_body_of_any_size_costs_the_memory_of_one_piece(own_server: Server) -> None:
    """Seen from outside: 130 MB of CSV and 78 MB of Arrow, and Parquet made of row groups of 32 MB."""
    process = Path("/proc") / str(own_server.process.pid)
    get(own_server, "/api/traces.csv?limit=10")
    (process / "clear_refs").write_text("5")  # the peak is counted from now on
    before = _peak(process)
    sizes = [len(get(own_server, f"/api/traces.{kind}").body) for kind in ("csv", "arrow", "parquet")]
    assert sum(sizes) > 240e6
    assert _peak(process) - before < 150e6


def _peak(process: Path) -> float:
    line = next(line for line in (process / "status").read_text().splitlines() if line.startswith("VmHWM:"))
    return float(line.split()[1]) * 1024


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("table.csv?limit=-1", 400, "expected limit to be a whole number of 0 or more, got '-1'"),
        ("table.csv?limit=1e3", 400, "whole number"),
        (
            "table.csv?limt=1",
            400,
            "expected the parameters offset, limit, sort, descending, ticket, columns; got 'limt'",
        ),
        ("table.csv?limit=1&limit=2", 400, "expected limit once, got it 2 times"),
        ("table.csv?descending=yes", 400, "expected descending to be true or false, got 'yes'"),
        ("table.csv?sort=colour", 404, "expected one of the columns row, class, label, conductor, rank, root_number"),
        ("table.csv?columns=row,colour", 404, "got 'colour'"),
        ("table.csv?columns=row,rank,row", 400, "names of columns, each once, as a,b,c, got 'row,rank,row'"),
        ("table.csv?columns=row,,rank", 400, "names of columns"),
        ("traces.csv?primes=7", 400, "a range as 2:100"),
        ("traces.csv?primes=7:5", 404, "a range with a prime up to 7919 in it, got 7:5"),
        ("traces.csv?primes=24:28", 404, "got 24:28"),
        ("traces.csv?primes=2:5&sort=a7", 404, "expected one of the columns row, label, a2, a3, a5; got 'a7'"),
        ("projection.csv?pane=4", 400, "expected pane to be a whole number from 0 to 3, got '4'"),
        ("projection.csv?pane=3", 404, "Pane 3 has no projection yet"),
        ("selection.csv?name=nobody", 404, "expected the name of a selection (none yet), got 'nobody'"),
        ("selection.gp?columns=row", 400, "got 'columns'"),
    ],
)
def test_impossible_requests_are_refused_in_one_line(server: Server, query: str, status: int, words: str) -> None:
    answer = get(server, f"/api/{query}")
    text = answer.body.decode()
    assert (answer.status, text.count("\n"), text[-1]) == (status, 1, "\n")
    assert words in text
